// SPDX-License-Identifier: Apache-2.0
#include "revision/file_template.hpp"

#include <format>
#include <optional>

#include "base/error.hpp"

namespace headgate::revision {

namespace {

struct Token {
    std::string_view name;
    bool is_padded = false;  // ".2d"
    std::size_t size = 0;
};

// "%(name)s", "%(name)d" or "%(name).2d" at the beginning of `text`.
std::optional<Token> find_token(std::string_view text) {
    const auto close = text.find(')');
    if (!text.starts_with("%(") || close == std::string_view::npos) return {};
    const auto name = text.substr(2, close - 2);
    const auto format = text.substr(close + 1);
    if (format.starts_with(".2d")) return Token{name, true, close + 4};
    if (format.starts_with('d') || format.starts_with('s')) return Token{name, false, close + 2};
    return {};
}

std::optional<long long> number_of(std::string_view name, std::chrono::sys_seconds time) {
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(time - day);
    if (name == "year") return static_cast<int>(date.year());
    if (name == "month") return static_cast<unsigned>(date.month());
    if (name == "day") return static_cast<unsigned>(date.day());
    if (name == "hour") return clock.hours().count();
    if (name == "minute") return clock.minutes().count();
    if (name == "second") return clock.seconds().count();
    if (name == "epoch") return time.time_since_epoch().count();
    return {};
}

std::optional<std::string> render(const Token& token, const FileNameParts& parts) {
    if (token.name == "rev") return parts.id;
    if (token.name == "slug") return parts.slug;
    const auto number = number_of(token.name, parts.time);
    if (!number) return {};
    return token.is_padded ? std::format("{:02}", *number) : std::to_string(*number);
}

}  // namespace

std::string fill_file_template(std::string_view text, const FileNameParts& parts) {
    std::string name;
    while (!text.empty()) {
        const auto token = find_token(text);
        const auto value = token ? render(*token, parts) : std::nullopt;
        if (text.front() == '%' && !value) {
            throw base::Error(base::ErrorKind::usage, std::format("\"{}\" in the file template is no token", text))
                .with_hint(
                    "%(rev)s, %(slug)s, %(epoch)s, %(year)d, %(month).2d, %(day).2d, %(hour).2d, %(minute).2d, "
                    "%(second).2d");
        }
        name += value ? *value : std::string(1, text.front());
        text.remove_prefix(token ? token->size : 1);
    }
    return name;
}

}  // namespace headgate::revision
