// SPDX-License-Identifier: Apache-2.0
// Any text is a URL or an Error(bad_configuration). A password that is known never comes out again but by reveal().
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "url/database_url.hpp"
#include "url/percent.hpp"

namespace {

using headgate::base::Error;
using headgate::base::ErrorKind;
using headgate::url::DatabaseUrl;

// Marks at both ends of every password: what leaks a piece of it leaks one of them.
constexpr std::string_view first_mark = "Zq7vK";
constexpr std::string_view last_mark = "Xj3wP";

void check(bool condition) {
    if (!condition) std::abort();
}

std::string everything_said(const Error& error) {
    std::string text = error.message + error.detail + error.hint + error.excerpt + error.code + error.spot.file;
    for (const auto& problem : error.problems) text += problem.message + problem.hint;
    return text;
}

std::string everything_shown(const DatabaseUrl& url) {
    auto text = url.render_redacted();
    for (const auto& note : url.notes) text += note;
    return text;
}

void check_silence(const std::string& text) {
    check(!text.contains(first_mark) && !text.contains(last_mark));
}

std::optional<DatabaseUrl> parse(const std::string& text) {
    try {
        return headgate::url::parse_database_url(text);
    } catch (const Error& error) {
        check(error.kind == ErrorKind::bad_configuration);
        return std::nullopt;
    }
}

// Whatever is read can be rendered, and what is rendered can be read.
void try_any_text(const std::string& text) {
    if (const auto url = parse(text)) {
        const auto again = parse(url->render_redacted());
        check(again.has_value() && again->render_redacted() == url->render_redacted());
    }
}

void try_hidden(const std::string& text) {
    try {
        check_silence(everything_shown(headgate::url::parse_database_url(text)));
    } catch (const Error& error) {
        check_silence(everything_said(error));
    }
}

// Escaped, a password is read back as it was, whatever it holds.
void try_escaped(const std::string& password) {
    if (password.contains('\0')) return;
    const auto text = "postgresql://user:" + headgate::url::encode_percent(password) + "@host:1/db?sslmode=require";
    const auto url = parse(text);
    check(url && url->password.reveal() == password && url->hosts.front().host == "host");
    check_silence(everything_shown(*url));
}

void try_unescaped(const std::string& password) {
    try_hidden("postgresql://user:" + password + "@host:1/db?sslmode=require&application_name=x");
    try_hidden("postgresql+asyncpg://user:" + password + "@h1,h2:x/db");
    try_hidden("mssql+pyodbc://user:" + password + "@host/db");
    try_hidden("mysql://user:" + password + "@host/db");
}

std::string without(std::string text, char byte) {
    std::erase(text, byte);
    return text;
}

void try_quoted(const std::string& password) {
    std::string quoted;
    for (const char byte : password) {
        if (byte == '\'' || byte == '\\') quoted += '\\';
        quoted += byte;
    }
    try_hidden("host=h password='" + quoted + "' dbname=d");
    // White space ends an unquoted value: what follows "password=a " is no password to anybody.
    if (password.find_first_of(" \t\r\n\f\v") == std::string::npos)
        try_hidden("host=h password=" + password + " dbname=d");
    // So does ";", and "name=" begins the next: where both are in it there are two readings.
    try_hidden("Server=h;Password=" + without(password, ';') + ";Database=d");
    try_hidden("Server=h;Password=" + without(password, '=') + ";Database=d");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(data, data + size);
    try_any_text(text);
    try_any_text("postgresql://" + text);
    try_any_text("sqlite:///" + text);
    const auto password = std::string(first_mark) + text + std::string(last_mark);
    try_escaped(password);
    // "?name=" in a password is where a text can have two readings, so never both of them.
    try_unescaped(without(password, '?'));
    try_unescaped(without(password, '='));
    try_quoted(password);
    return 0;
}
