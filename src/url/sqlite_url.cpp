// SPDX-License-Identifier: Apache-2.0
#include "url/sqlite_url.hpp"

#include <algorithm>
#include <array>
#include <format>
#include <optional>
#include <string>
#include <utility>

#include "base/text.hpp"
#include "url/authority.hpp"
#include "url/fault.hpp"
#include "url/percent.hpp"

namespace headgate::url {

namespace {

constexpr std::string_view forms =
    "write sqlite:///relative/path.db, sqlite:////absolute/path.db, or sqlite:// for a database in memory";

// "Uniform Resource Identifiers" of SQLite.
constexpr auto sqlite_names = std::to_array<std::string_view>({"cache", "immutable", "mode", "nolock", "psow", "vfs"});

bool is_true(std::string_view text) {
    return text == "1" || base::equals_ignoring_case(text, "true") || base::equals_ignoring_case(text, "yes") ||
           base::equals_ignoring_case(text, "on");
}

void check_choice(std::string_view name, std::string_view value, std::string_view choices) {
    if (!std::ranges::contains(base::split_at(choices, ' '), value))
        throw fault(std::format("has a {} that SQLite does not know", name), std::format("it is one of {}", choices));
}

// The file of "file:…". SQLite allows no host but localhost, and ignores what follows '#'.
std::filesystem::path parse_file_uri(std::string_view uri) {
    uri.remove_prefix(std::string_view("file:").size());
    uri = uri.substr(0, uri.find('#'));
    if (uri.starts_with("//")) {
        const auto slash = uri.find('/', 2);
        const auto host = uri.substr(2, slash == uri.npos ? uri.npos : slash - 2);
        if (!host.empty() && host != "localhost") throw fault("has a file: URI with a host", std::string(forms));
        uri = slash == uri.npos ? std::string_view() : uri.substr(slash);
    }
    auto path = decode_percent(uri);
    return path == ":memory:" ? std::filesystem::path() : std::filesystem::path(std::move(path));
}

std::filesystem::path parse_path(std::string_view text, bool is_uri) {
    if (text.starts_with("file:")) {
        if (!is_uri)
            throw fault("has a file: URI without uri=true", "add &uri=true (?uri=true), as SQLAlchemy wants it");
        return parse_file_uri(text);
    }
    // SQLAlchemy leaves percent signs in the path alone, and so must we: both have to open the same file.
    return text == ":memory:" ? std::filesystem::path() : std::filesystem::path(text);
}

// Can stand in a URL as it is, and is read as the same path again.
bool is_plain(std::string_view path) {
    const auto is_special = [](char byte) {
        return static_cast<unsigned char>(byte) < 0x20 || byte == 0x7F || byte == '?';
    };
    return std::ranges::none_of(path, is_special) && !path.ends_with(' ') && !path.starts_with("file:");
}

bool add_parameter(DatabaseUrl& url, const std::string& name, const std::string& value) {
    if (name == "uri") return is_true(value);
    if (name == "mode") check_choice(name, value, "ro rw rwc memory");
    if (name == "cache") check_choice(name, value, "shared private");
    if (std::ranges::contains(sqlite_names, name))
        url.parameters.insert_or_assign(name, value);
    else
        url.notes.push_back(std::format("the parameter {} was left out: SQLite does not know it", quotable_name(name)));
    return false;
}

}  // namespace

DatabaseUrl parse_sqlite_url(std::string_view rest) {
    const auto mark = std::min(rest.find('?'), rest.size());
    const auto before = rest.substr(0, mark);
    if (!before.empty() && !before.starts_with('/'))
        throw fault("has a host, but SQLite is a file", std::string(forms));
    DatabaseUrl url;
    bool is_uri = false;
    for (const auto& [name, value] : parse_query(rest.substr(std::min(mark + 1, rest.size())), Plus::is_space))
        if (add_parameter(url, name, value)) is_uri = true;
    url.path = parse_path(before.substr(before.empty() ? 0 : 1), is_uri);
    return url;
}

std::string render_sqlite_url(const DatabaseUrl& url) {
    const auto path = url.path.string();
    if (url.parameters.empty() && is_plain(path)) return path.empty() ? "sqlite://" : "sqlite:///" + path;
    const std::string_view host = path.starts_with("//") ? "//" : "";  // else the path would begin with one
    auto text = std::format("sqlite:///file:{}{}?", host, path.empty() ? ":memory:" : encode_percent(path, "/"));
    for (const auto& [name, value] : url.parameters) text += std::format("{}={}&", name, encode_percent(value));
    return text + "uri=true";
}

}  // namespace headgate::url
