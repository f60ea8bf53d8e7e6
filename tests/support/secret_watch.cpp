// SPDX-License-Identifier: Apache-2.0
#include "support/secret_watch.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <format>
#include <random>
#include <set>

#include <fcntl.h>
#include <unistd.h>

#include "support/postgres_server.hpp"

namespace headgate::support {
namespace {

constexpr std::size_t shortest = 8;

// Its line is written when the process ends; one write of few bytes is never mixed with another process's.
class Searches {
public:
    ~Searches() {
        if (count_ == 0) return;
        const char* other = std::getenv("HEADGATE_TEST_SEARCHES");
        const int fd = ::open(other != nullptr ? other : HEADGATE_TEST_SEARCHES_FILE,
                              O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
        if (fd < 0) return;
        // A destructor must not throw: no allocation.
        std::array<char, 80> line{};
        const auto size = std::snprintf(line.data(), line.size(), "%zu %zu %zu\n", count_, forms_.size(), hits_);
        [[maybe_unused]] const auto written = ::write(fd, line.data(), static_cast<std::size_t>(size));
        ::close(fd);
    }

    void add(std::string_view secret) {
        for (const auto& form : {std::string(secret), percent_encode(secret), escape(secret)}) forms_.insert(form);
    }

    std::vector<std::string> find_in(std::string_view text) {
        ++count_;
        std::vector<std::string> found;
        for (const auto& form : forms_)
            if (text.contains(form)) found.push_back(form.substr(0, 3) + "…");
        hits_ += found.size();
        return found;
    }

private:
    static std::string escape(std::string_view secret) {
        std::string escaped;
        for (const char c : secret) {
            if (c == '"' || c == '\\') escaped += '\\';
            escaped += c;
        }
        return escaped;
    }

    std::set<std::string> forms_;
    std::size_t count_ = 0;
    std::size_t hits_ = 0;
};

Searches& searches() {
    static Searches all;
    return all;
}

std::string decode(std::string_view text) {
    std::string decoded;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool is_escape =
            text[i] == '%' && i + 2 < text.size() && std::isxdigit(text[i + 1]) != 0 && std::isxdigit(text[i + 2]) != 0;
        if (is_escape) {
            decoded += static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16));
            i += 2;
        } else {
            decoded += text[i];
        }
    }
    return decoded;
}

// Between the first ':' after "://" and the last '@'.
void note_password_of_url(std::string_view text) {
    const auto start = text.find("://");
    const auto at = text.rfind('@');
    if (start == text.npos || at == text.npos || at < start) return;
    const auto login = text.substr(start + 3, at - start - 3);
    const auto colon = login.find(':');
    if (colon == login.npos) return;
    note_secret(login.substr(colon + 1));
    note_secret(decode(login.substr(colon + 1)));
}

// "password=…" up to a blank or a semicolon, in any case.
void note_password_keyword(std::string_view text) {
    std::string lower(text);
    std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    constexpr std::string_view key = "password=";
    const auto start = lower.find(key);
    if (start == lower.npos) return;
    auto value = text.substr(start + key.size());
    value = value.substr(0, value.find_first_of(" ;"));
    while (!value.empty() && (value.front() == '"' || value.front() == '\'')) value.remove_prefix(1);
    while (!value.empty() && (value.back() == '"' || value.back() == '\'')) value.remove_suffix(1);
    note_secret(value);
}

}  // namespace

std::string make_password() {
    static std::mt19937_64 random{std::random_device{}()};
    const auto password = std::format("hg%{:016x}@:/?#;'\"{:08x}", random(), random() & 0xFFFFFFFFU);
    note_secret(password);
    return password;
}

void note_secret(std::string_view secret) {
    if (secret.size() >= shortest) searches().add(secret);
}

void note_secrets_of(const std::map<std::string, std::string>& environment) {
    for (const auto& [name, value] : environment) {
        if (name == "PGPASSWORD" || name == "IDENTITY_HEADER") note_secret(value);
        note_password_of_url(value);
        if (name != "HEADGATE_PASSWORD_COMMAND") note_password_keyword(value);
    }
}

std::vector<std::string> find_secrets(std::string_view text) {
    return searches().find_in(text);
}

}  // namespace headgate::support
