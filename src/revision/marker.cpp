// SPDX-License-Identifier: Apache-2.0
#include "revision/marker.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <format>
#include <optional>

#include "base/text.hpp"

namespace headgate::revision {

namespace {

constexpr std::array<std::string_view, 4> markers = {"headgate:revision", "headgate:upgrade", "headgate:downgrade",
                                                     "headgate:todo"};
constexpr std::array<std::string_view, 5> dialect_names = {"postgresql", "postgres", "sqlite", "sqlserver", "mssql"};
constexpr const char* all_markers =
    "the markers are -- headgate:revision, -- headgate:upgrade and -- headgate:downgrade; begin any other comment with "
    "another word";

enum class Extent { start, whole };

struct ForeignMarker {
    std::string_view words;
    std::string_view tool;
    Extent extent = Extent::start;
};

constexpr std::array<ForeignMarker, 11> foreign_markers = {{
    {"migrate:up", "dbmate"},
    {"migrate:down", "dbmate"},
    {"+goose", "goose"},
    {"+migrate", "sql-migrate"},
    {"+micrate", "micrate"},
    {"liquibase formatted sql", "Liquibase"},
    {"create above / drop below", "tern"},
    {"rambler up", "rambler", Extent::whole},
    {"rambler down", "rambler", Extent::whole},
    {"up migration", "node-pg-migrate", Extent::whole},
    {"down migration", "node-pg-migrate", Extent::whole},
}};

bool is_blank(char character) {
    return character == ' ' || character == '\t' || character == '\r';
}

bool starts_with_ignoring_case(std::string_view text, std::string_view start) {
    return text.size() >= start.size() && base::equals_ignoring_case(text.substr(0, start.size()), start);
}

// Dashes too: "--- headgate:upgrade" is a mistake, and tern's marker begins with four of them.
std::string_view skip_dashes(std::string_view text) {
    const std::size_t start = text.find_first_not_of("- \t");
    return start == std::string_view::npos ? std::string_view{} : text.substr(start);
}

std::string_view first_word(std::string_view text) {
    return text.substr(0, std::min(text.find_first_of(" \t\r,"), text.size()));
}

Comment make_fault(std::string message, std::string hint) {
    return {.kind = CommentKind::fault, .message = std::move(message), .hint = std::move(hint)};
}

const ForeignMarker* find_foreign(std::string_view text) {
    for (const ForeignMarker& marker : foreign_markers) {
        if (!starts_with_ignoring_case(text, marker.words)) continue;
        const std::string_view rest = text.substr(marker.words.size());
        if (rest.empty() || (marker.extent == Extent::start && is_blank(rest.front()))) return &marker;
    }
    return nullptr;
}

Comment foreign_fault(std::string_view text, const ForeignMarker& marker) {
    return make_fault(std::format("\"{}\" is a marker of {}, not of headgate", text.substr(0, 60), marker.tool),
                      "write -- headgate:upgrade and -- headgate:downgrade instead");
}

// "headgate : upgrade" and "headgate upgrade" are compared without their spaces.
std::string without_blanks(std::string_view text) {
    std::string joined;
    for (const char character : text.substr(0, 40)) {
        if (!is_blank(character)) joined += character;
    }
    return base::to_lower(joined);
}

Comment mistyped_fault(std::string_view text) {
    std::optional<std::string> nearest = base::find_nearest(base::to_lower(first_word(text)), markers);
    if (!nearest) nearest = base::find_nearest(without_blanks(text), markers);
    return make_fault(
        std::format("\"{}\" is no marker of headgate", text.substr(0, 60)),
        nearest ? std::format("did you mean -- {}? If it is only a comment, begin it with another word", *nearest)
                : all_markers);
}

Comment unknown_dialect_fault(std::string_view name) {
    const std::optional<std::string> nearest = base::find_nearest(base::to_lower(name), dialect_names);
    return make_fault(
        std::format("\"{}\" is no dialect", name.substr(0, 60)),
        nearest ? std::format("did you mean {}?", *nearest) : "a section names postgresql, sqlite, sqlserver or none");
}

Comment parse_section(Direction direction, std::string_view names) {
    Comment section{.kind = CommentKind::section, .direction = direction, .dialects = {}, .message = {}, .hint = {}};
    while (true) {
        const std::size_t start = names.find_first_not_of(" \t\r,");
        if (start == std::string_view::npos) return section;
        names.remove_prefix(start);
        const std::string_view name = first_word(names);
        const std::optional<base::DialectId> dialect = base::find_dialect(name);
        if (!dialect) return unknown_dialect_fault(name);
        if (std::ranges::find(section.dialects, *dialect) == section.dialects.end())
            section.dialects.push_back(*dialect);
        names.remove_prefix(name.size());
    }
}

// `text` is what follows "--" and white space.
Comment parse_marker(std::string_view text) {
    const std::string_view word = first_word(text);
    const std::string_view rest = text.substr(word.size());
    if (word == markers[1]) return parse_section(Direction::upgrade, rest);
    if (word == markers[2]) return parse_section(Direction::downgrade, rest);
    if (word == markers[0] && base::trim(rest).empty()) {
        return {.kind = CommentKind::header, .dialects = {}, .message = {}, .hint = {}};
    }
    if (word == markers[3]) {
        return {.kind = CommentKind::todo, .dialects = {}, .message = std::string(base::trim(rest)), .hint = {}};
    }
    return mistyped_fault(text);
}

// "hedgate:downgrade" does not begin with headgate, and is as dangerous.
bool looks_like_marker(std::string_view text) {
    if (starts_with_ignoring_case(text, "headgate")) return true;
    const std::string_view word = first_word(text);
    return word.contains(':') && word.size() < 40 && base::find_nearest(base::to_lower(word), markers).has_value();
}

Comment classify_line_comment(std::string_view after_dashes) {
    const std::string_view text = base::trim(after_dashes);
    if (text.starts_with("headgate")) return parse_marker(text);
    const std::string_view inner = skip_dashes(text);
    if (looks_like_marker(inner)) return mistyped_fault(inner);
    if (const ForeignMarker* foreign = find_foreign(base::trim(inner.substr(0, inner.find_last_not_of("- \t") + 1)))) {
        return foreign_fault(inner, *foreign);
    }
    return {};
}

Comment classify_block_comment(std::string_view inside) {
    const std::string_view text = base::trim(inside.substr(std::min(inside.find_first_not_of('*'), inside.size())));
    if (!starts_with_ignoring_case(text, "headgate")) return {};
    return make_fault("a marker of headgate cannot be a block comment",
                      "write it as a line of its own that begins with --");
}

}  // namespace

Comment classify_comment(const sql::Token& token) {
    if (token.kind == sql::TokenKind::line_comment) return classify_line_comment(token.text.substr(2));
    if (token.kind == sql::TokenKind::block_comment) return classify_block_comment(token.text.substr(2));
    return {};
}

}  // namespace headgate::revision
