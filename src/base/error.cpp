// SPDX-License-Identifier: Apache-2.0
#include "base/error.hpp"

#include <algorithm>
#include <format>
#include <utility>

namespace headgate::base {

namespace {

bool is_continuation_byte(char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0) == 0x80;
}

std::size_t count_characters(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(text, [](char byte) { return !is_continuation_byte(byte); }));
}

std::size_t line_start_before(std::string_view text, std::size_t offset) {
    const auto newline = text.substr(0, offset).rfind('\n');
    return newline == std::string_view::npos ? 0 : newline + 1;
}

// A line can be megabytes long (a bulk INSERT): what is shown is cut to this many bytes on each side of the caret.
constexpr std::size_t shown_around_caret = 100;

std::size_t character_boundary_at_or_before(std::string_view text, std::size_t offset) {
    while (offset > 0 && offset < text.size() && is_continuation_byte(text[offset])) --offset;
    return offset;
}

}  // namespace

std::string render_spot(const SourceSpot& spot) {
    if (spot.line == 0) return spot.file;
    if (spot.column == 0) return std::format("{}:{}", spot.file, spot.line);
    return std::format("{}:{}:{}", spot.file, spot.line, spot.column);
}

Error::Error(ErrorKind error_kind, std::string error_message) : kind(error_kind), message(std::move(error_message)) {}

Error&& Error::at(SourceSpot where) && {
    spot = std::move(where);
    return std::move(*this);
}

Error&& Error::with_code(std::string sqlstate) && {
    code = std::move(sqlstate);
    return std::move(*this);
}

Error&& Error::with_detail(std::string text) && {
    detail = std::move(text);
    return std::move(*this);
}

Error&& Error::with_hint(std::string text) && {
    hint = std::move(text);
    return std::move(*this);
}

Error&& Error::with_excerpt(std::string line_and_caret) && {
    excerpt = std::move(line_and_caret);
    return std::move(*this);
}

Error&& Error::with_problems(std::vector<Problem> faults) && {
    problems = std::move(faults);
    return std::move(*this);
}

Error&& Error::with_signal(int number) && {
    signal = number;
    return std::move(*this);
}

Error&& Error::with_applied(std::vector<std::string> revisions) && {
    applied = std::move(revisions);
    return std::move(*this);
}

std::string render_excerpt(std::string_view text, std::size_t offset) {
    offset = std::min(offset, text.size());
    const auto start = line_start_before(text, offset);
    const auto newline = text.find('\n', offset);
    auto line = text.substr(start, newline == std::string_view::npos ? newline : newline - start);
    if (line.ends_with('\r')) line.remove_suffix(1);

    const auto caret = std::min(offset - start, line.size());
    const auto first =
        caret > shown_around_caret ? character_boundary_at_or_before(line, caret - shown_around_caret) : 0;
    const auto last = character_boundary_at_or_before(line, std::min(line.size(), caret + shown_around_caret));
    std::string shown{line.substr(first, last - first)};
    std::string indent{line.substr(first, caret - first)};

    // Tabs stay tabs in both lines, so that the caret stands under its place however wide a tab is.
    const auto width = count_characters(indent);
    std::string pad;
    pad.reserve(width);
    for (const char byte : indent) {
        if (!is_continuation_byte(byte)) pad += byte == '\t' ? '\t' : ' ';
    }
    const std::string_view before = first > 0 ? "…" : "";
    const std::string_view after = last < line.size() ? "…" : "";
    return std::format("{}{}{}\n{}{}^", before, shown, after, first > 0 ? " " : "", pad);
}

SourceSpot locate(std::string_view file, std::string_view text, std::size_t offset, std::size_t first_line) {
    offset = std::min(offset, text.size());
    const auto before = text.substr(0, offset);
    const auto lines = static_cast<std::size_t>(std::ranges::count(before, '\n'));
    const auto column = count_characters(before.substr(line_start_before(text, offset))) + 1;
    return {std::string(file), first_line + lines, column};
}

}  // namespace headgate::base
