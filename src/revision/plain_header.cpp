// SPDX-License-Identifier: Apache-2.0
#include "revision/plain_header.hpp"

#include <algorithm>
#include <utility>

namespace headgate::revision {

namespace {

constexpr std::string_view blanks = " \t";

void skip_blanks(std::string_view& text) {
    text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
}

bool is_control(char byte) {
    const auto code = static_cast<unsigned char>(byte);
    return (code < 0x20 && byte != '\t') || code == 0x7f;
}

// Nothing more in the line but a comment.
bool is_rest_blank(std::string_view rest) {
    skip_blanks(rest);
    return rest.empty() || (rest.front() == '#' && std::ranges::none_of(rest, is_control));
}

bool is_bare_key(char byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
           byte == '_' || byte == '-';
}

// "0000-00-00T00:00:00Z", a digit for each 0.
bool has_shape(std::string_view text, std::string_view shape) {
    return text.size() == shape.size() && std::ranges::equal(text, shape, [](char byte, char wanted) {
               return wanted == '0' ? byte >= '0' && byte <= '9' : byte == wanted;
           });
}

// The dates that need no calendar; the others are left to the TOML library.
bool is_plain_date_time(std::string_view text) {
    if (!has_shape(text, "0000-00-00T00:00:00Z")) return false;
    const std::string_view month = text.substr(5, 2);
    const std::string_view day = text.substr(8, 2);
    return month >= "01" && month <= "12" && day >= "01" && day <= (month == "02" ? "28" : "30") &&
           text.substr(11, 2) <= "23" && text.substr(14, 2) <= "59" && text.substr(17, 2) <= "59";
}

using PlainValue = decltype(toml::Entry::value);

std::optional<PlainValue> take_string(std::string_view& line) {
    const std::size_t close = line.find('"', 1);
    if (close == std::string_view::npos) return {};
    const std::string_view text = line.substr(1, close - 1);
    if (text.contains('\\') || std::ranges::any_of(text, is_control)) return {};
    line.remove_prefix(close + 1);
    return PlainValue(std::string(text));
}

std::optional<PlainValue> take_value(std::string_view& line) {
    if (line.starts_with('"')) return take_string(line);
    const std::string_view word = line.substr(0, std::min(line.find_first_of(" \t#"), line.size()));
    line.remove_prefix(word.size());
    if (word == "true" || word == "false") return PlainValue(word == "true");
    if (is_plain_date_time(word)) return PlainValue(toml::DateTime{std::string(word)});
    return {};
}

// "key = value", a comment behind it or not.
std::optional<toml::Entry> parse_line(std::string_view line, std::size_t number) {
    const std::string_view whole = line;
    skip_blanks(line);
    toml::Entry entry;
    const auto key_end = std::ranges::find_if_not(line, is_bare_key);
    entry.key.assign(line.begin(), key_end);
    line.remove_prefix(entry.key.size());
    skip_blanks(line);
    if (entry.key.empty() || !line.starts_with('=')) return {};
    line.remove_prefix(1);
    skip_blanks(line);
    entry.spot = {.file = {}, .line = number, .column = whole.size() - line.size() + 1};
    std::optional<PlainValue> value = take_value(line);
    if (!value || !is_rest_blank(line)) return {};
    entry.value = std::move(*value);
    return entry;
}

}  // namespace

std::optional<toml::Document> parse_plain_header(std::string_view text, std::size_t first_line) {
    toml::Document document;
    for (std::size_t number = first_line; !text.empty(); ++number) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        if (end < text.size() && line.ends_with('\r')) line.remove_suffix(1);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (is_rest_blank(line)) continue;
        std::optional<toml::Entry> entry = parse_line(line, number);
        if (!entry || document.find(entry->key) != nullptr) return {};
        document.entries.push_back(std::move(*entry));
    }
    return document;
}

}  // namespace headgate::revision
