// SPDX-License-Identifier: Apache-2.0
#include "sql/scan.hpp"

#include <algorithm>
#include <optional>

namespace headgate::sql {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

bool has_at(std::string_view text, std::size_t place, char byte) {
    return place < text.size() && text[place] == byte;
}

bool is_line_end(char byte) {
    return byte == '\n' || byte == '\r';
}

bool is_word_character(char byte, const LexicalRules& rules) {
    return is_letter(byte) || is_digit(byte) || rules.more_word_characters.contains(byte);
}

std::size_t skip_alphanumeric(std::string_view text, std::size_t place) {
    const auto is_ascii = [](char byte) { return static_cast<unsigned char>(byte) < 0x80; };
    while (place < text.size() && is_ascii(text[place]) && (is_digit(text[place]) || is_letter(text[place]))) ++place;
    return place;
}

std::size_t skip_to_line_end(std::string_view text, std::size_t place) {
    while (place < text.size() && !is_line_end(text[place])) ++place;
    return place;
}

// Where the string goes on after a closing quote: behind the next quote, if only white space with a line end, and
// comments, stand between. The part behind it has backslash escapes as the part before it has.
std::optional<std::size_t> find_continuation(std::string_view text, std::size_t place) {
    bool has_line_end = false;
    for (; place < text.size(); ++place) {
        if (has_at(text, place, '-') && has_at(text, place + 1, '-')) place = skip_to_line_end(text, place);
        if (place == text.size() || !is_space(text[place])) break;
        has_line_end = has_line_end || is_line_end(text[place]);
    }
    if (has_line_end && has_at(text, place, '\'')) return place + 1;
    return std::nullopt;
}

// $a::b(c): what follows the name of a variable of SQLite's Tcl interface. The parentheses hold anything but space;
// where they are not closed SQLite refuses all of it.
std::size_t skip_call(std::string_view text, std::size_t place) {
    std::size_t close = place + 1;
    while (close < text.size() && text[close] != ')' && !is_space(text[close])) ++close;
    return has_at(text, close, ')') ? close + 1 : close;
}

std::size_t scan_named_parameter(std::string_view text, const LexicalRules& rules) {
    std::size_t place = 1;
    while (place < text.size()) {
        if (is_word_character(text[place], rules)) {
            ++place;
        } else if (rules.call_parameters && text.substr(place).starts_with("::")) {
            place += 2;
        } else {
            break;
        }
    }
    if (place == 1) return 0;
    return rules.call_parameters && has_at(text, place, '(') ? skip_call(text, place) : place;
}

}  // namespace

bool is_space(char byte) {
    return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

bool is_digit(char byte) {
    return byte >= '0' && byte <= '9';
}

bool is_letter(char byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte == '_' ||
           static_cast<unsigned char>(byte) >= 0x80;
}

bool starts_with_byte_order_mark(std::string_view text) {
    return text.starts_with(byte_order_mark);
}

std::size_t scan_space(std::string_view text) {
    std::size_t place = starts_with_byte_order_mark(text) ? byte_order_mark.size() : 0;
    while (place < text.size() && is_space(text[place])) ++place;
    return place;
}

std::size_t scan_line_comment(std::string_view text, const LexicalRules& rules) {
    return rules.carriage_return_ends_line ? skip_to_line_end(text, 0) : scan_line(text);
}

Extent scan_block_comment(std::string_view text, const LexicalRules& rules) {
    std::size_t depth = 1;
    std::size_t place = 2;
    while (place < text.size() && depth > 0) {
        if (text[place] == '*' && has_at(text, place + 1, '/')) {
            --depth;
            place += 2;
        } else if (rules.nested_comments && text[place] == '/' && has_at(text, place + 1, '*')) {
            ++depth;
            place += 2;
        } else {
            ++place;
        }
    }
    return {place, depth > 0 ? Unterminated::block_comment : Unterminated::nothing};
}

std::size_t scan_word(std::string_view text, const LexicalRules& rules) {
    std::size_t place = 1;
    while (place < text.size() && is_word_character(text[place], rules)) ++place;
    return place;
}

// Letters right behind digits are no number anywhere; they stay in the token, the database refuses them.
std::size_t scan_number(std::string_view text) {
    const bool has_base = text[0] == '0' && text.size() > 1 && std::string_view("xXoObB").contains(text[1]);
    std::size_t place = skip_alphanumeric(text, 0);
    if (has_base) return place;
    if (has_at(text, place, '.') && !has_at(text, place + 1, '.')) place = skip_alphanumeric(text, place + 1);
    const bool has_exponent = place > 0 && (text[place - 1] == 'e' || text[place - 1] == 'E');
    if (has_exponent && (has_at(text, place, '+') || has_at(text, place, '-')) && place + 1 < text.size() &&
        is_digit(text[place + 1])) {
        place = skip_alphanumeric(text, place + 1);
    }
    return place;
}

std::size_t scan_parameter(std::string_view text, const LexicalRules& rules) {
    if (rules.named_parameter.contains(text[0])) return scan_named_parameter(text, rules);
    if (!rules.numbered_parameter.contains(text[0])) return 0;
    std::size_t place = 1;
    while (place < text.size() && is_digit(text[place])) ++place;
    return place == 1 && text[0] == '$' ? 0 : place;
}

Extent scan_quoted(std::string_view text, char close, Unterminated kind) {
    std::size_t place = text.find(close, 1);
    while (place != std::string_view::npos) {
        if (!has_at(text, place + 1, close)) return {place + 1};
        place = text.find(close, place + 2);
    }
    return {text.size(), kind};
}

Extent scan_undoubled(std::string_view text, char close, Unterminated kind) {
    const std::size_t place = text.find(close, 1);
    return place == std::string_view::npos ? Extent{text.size(), kind} : Extent{place + 1};
}

Extent scan_escape_string(std::string_view text) {
    std::size_t place = 1;
    while (place < text.size()) {
        if (text[place] == '\\') {
            place += 2;
        } else if (text[place] != '\'') {
            ++place;
        } else if (has_at(text, place + 1, '\'')) {
            place += 2;
        } else if (const auto next_part = find_continuation(text, place + 1)) {
            place = *next_part;
        } else {
            return {place + 1};
        }
    }
    return {text.size(), Unterminated::string};
}

Extent scan_dollar_string(std::string_view text) {
    std::size_t place = 1;
    while (place < text.size() && (is_letter(text[place]) || (place > 1 && is_digit(text[place])))) ++place;
    if (!has_at(text, place, '$')) return {};
    const std::string_view tag = text.substr(0, place + 1);
    const std::size_t close = text.find(tag, tag.size());
    if (close == std::string_view::npos) return {text.size(), Unterminated::dollar_string};
    return {close + tag.size()};
}

std::size_t scan_line(std::string_view text) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return text.size();
    return end > 0 && text[end - 1] == '\r' ? end - 1 : end;
}

Extent scan_copy_data(std::string_view text) {
    std::size_t line = 0;
    while (line < text.size()) {
        const std::size_t end = text.find('\n', line);
        const std::size_t next = end == std::string_view::npos ? text.size() : end + 1;
        const std::string_view content = text.substr(line, next - line);
        if (content == "\\.\n" || content == "\\.\r\n" || content == "\\." || content == "\\.\r") return {next};
        line = next;
    }
    return {text.size(), Unterminated::copy_data};
}

std::string_view copy_rows(const Token& copy_data) {
    if (copy_data.unterminated != Unterminated::nothing) return copy_data.text;
    return copy_data.text.substr(0, copy_data.text.rfind("\\."));
}

}  // namespace headgate::sql
