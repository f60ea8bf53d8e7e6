// SPDX-License-Identifier: Apache-2.0
#include "revision/sections.hpp"

#include <algorithm>
#include <array>
#include <format>
#include <utility>

#include "revision/marker.hpp"
#include "sql/lexer.hpp"

namespace headgate::revision {

namespace {

using base::DialectId;

bool names_dialect(const MarkedSection& section, DialectId dialect) {
    return std::ranges::find(section.dialects, dialect) != section.dialects.end();
}

bool is_alone_on_line(std::string_view text, std::size_t offset) {
    const std::size_t before = text.substr(0, offset).find_last_not_of(" \t");
    return before == std::string_view::npos || text[before] == '\n' || text[before] == '\r';
}

std::size_t after_line_end(std::string_view text, std::size_t offset) {
    if (offset < text.size() && text[offset] == '\r') ++offset;
    if (offset < text.size() && text[offset] == '\n') ++offset;
    return offset;
}

std::string_view describe(sql::Unterminated unterminated) {
    switch (unterminated) {
        case sql::Unterminated::string:
            return "a string that begins here is never closed";
        case sql::Unterminated::quoted_identifier:
            return "a quoted identifier that begins here is never closed";
        case sql::Unterminated::block_comment:
            return "a comment that begins here is never closed";
        case sql::Unterminated::dollar_string:
            return "a dollar-quoted string that begins here is never closed";
        case sql::Unterminated::copy_data:
            return "COPY data that begins here is never ended";
        case sql::Unterminated::nothing:
            break;
    }
    return "";
}

std::string_view closing_hint(sql::Unterminated unterminated) {
    return unterminated == sql::Unterminated::copy_data
               ? "end the data with a line that holds only \\."
               : "close it; everything below, other sections included, is swallowed by it";
}

// The dialects that some marker of `direction` seems to name. Found by lines, before the lexer runs: it decides by
// which dialect's rules a section that names none has to be lexed, no more than that.
std::vector<DialectId> find_named_dialects(std::string_view text, Direction direction) {
    std::vector<DialectId> named;
    for (std::size_t at = text.find("headgate:"); at != std::string_view::npos; at = text.find("headgate:", at + 1)) {
        const std::string_view before = text.substr(0, text.substr(0, at).find_last_not_of(" \t") + 1);
        if (!before.ends_with("--") || !is_alone_on_line(text, before.size() - 2)) continue;
        const std::size_t start = before.size() - 2;
        const std::string_view line = text.substr(start, std::min(text.find('\n', start), text.size()) - start);
        const Comment comment = classify_comment({.kind = sql::TokenKind::line_comment, .text = line});
        if (comment.kind != CommentKind::section || comment.direction != direction) continue;
        named.insert(named.end(), comment.dialects.begin(), comment.dialects.end());
    }
    return named;
}

class SectionFinder {
public:
    SectionFinder(std::string_view text, const std::string& file, DialectId dialect)
        : text_(text), file_(file), dialect_(dialect), rules_(dialect) {}

    SectionList run(std::size_t offset, std::size_t line) {
        offset_ = offset;
        line_ = line;
        while (lex_to_marker()) {
        }
        return std::move(list_);
    }

private:
    bool lex_to_marker();
    void check_closed(const sql::Token& token);
    void check_place(const sql::Token& token);
    void add_todo(const sql::Token& token, const Comment& comment);
    bool open_section(const sql::Token& token, Comment comment);
    void check_duplicate(const MarkedSection& section);
    DialectId rules_of(const MarkedSection& section);
    const std::vector<DialectId>& named_dialects(Direction direction);
    void add(std::size_t line, std::string message, std::string hint) {
        list_.problems.push_back({{file_, line, 0}, std::move(message), std::move(hint)});
    }

    std::string_view text_;
    const std::string& file_;
    DialectId dialect_;  // in use
    DialectId rules_;    // by which the current section is lexed
    std::size_t offset_ = 0;
    std::size_t line_ = 1;
    bool has_strays_ = false;
    std::array<std::optional<std::vector<DialectId>>, 2> named_;  // by direction, once asked for
    SectionList list_;
};

// False at the end of the text. Each section gets a lexer of its own, because each has the rules of its own dialect:
// by PostgreSQL's rules, a section for SQLite could swallow the next marker.
bool SectionFinder::lex_to_marker() {
    sql::Lexer lexer(text_.substr(offset_), rules_);
    const std::size_t start = offset_;
    const std::size_t first_line = line_;
    while (true) {
        sql::Token token = lexer.next();
        token.offset += start;
        token.line += first_line - 1;
        if (!list_.sections.empty()) list_.sections.back().size = token.offset - list_.sections.back().offset;
        if (token.kind == sql::TokenKind::end) {
            check_closed(token);
            return false;
        }
        const Comment comment = classify_comment(token);
        if (comment.kind == CommentKind::todo) {
            add_todo(token, comment);
        } else if (comment.kind != CommentKind::ordinary && open_section(token, comment)) {
            return true;
        }
        check_closed(token);
        check_place(token);
    }
}

void SectionFinder::check_closed(const sql::Token& token) {
    if (token.unterminated == sql::Unterminated::nothing) return;
    if (!list_.sections.empty()) list_.sections.back().is_closed = false;
    add(token.line, std::string(describe(token.unterminated)), std::string(closing_hint(token.unterminated)));
}

void SectionFinder::check_place(const sql::Token& token) {
    if (sql::is_blank(token.kind) || !list_.sections.empty() || has_strays_) return;
    has_strays_ = true;
    add(token.line, "there is SQL between the header and the first section",
        "put it below a line that says -- headgate:upgrade");
}

// Above the first section it counts for all of them.
void SectionFinder::add_todo(const sql::Token& token, const Comment& comment) {
    base::Problem todo{{file_, token.line, 0},
                       "the revision is not finished: " + (comment.message.empty() ? "a todo" : comment.message),
                       "write the SQL that is missing here, then take the line -- headgate:todo out"};
    auto& list = list_.sections.empty() ? list_.problems : list_.sections.back().todos;
    list.push_back(std::move(todo));
}

// False where the comment is a fault that does not begin anything.
bool SectionFinder::open_section(const sql::Token& token, Comment comment) {
    if (comment.kind == CommentKind::fault) {
        add(token.line, std::move(comment.message), std::move(comment.hint));
        if (token.kind == sql::TokenKind::block_comment) return false;
    } else if (comment.kind == CommentKind::header) {
        add(token.line, "the file has a second header",
            "a file holds one revision; move the other to a file of its own");
    } else if (!is_alone_on_line(text_, token.offset)) {
        add(token.line, "a marker of headgate stands behind something else in its line", "give it a line of its own");
    }
    offset_ = after_line_end(text_, token.offset + token.text.size());
    line_ = token.line + (offset_ > token.offset + token.text.size() ? 1 : 0);
    MarkedSection section{.direction = {},
                          .dialects = std::move(comment.dialects),
                          .marker_line = token.line,
                          .offset = offset_,
                          .size = 0,
                          .line = line_};
    if (comment.kind == CommentKind::section) section.direction = comment.direction;
    check_duplicate(section);
    rules_ = rules_of(section);
    list_.sections.push_back(std::move(section));
    return true;
}

void SectionFinder::check_duplicate(const MarkedSection& section) {
    for (const MarkedSection& other : list_.sections) {
        if (!section.direction || other.direction != section.direction) continue;
        const auto shared =
            std::ranges::find_if(section.dialects, [&](DialectId id) { return names_dialect(other, id); });
        if (shared == section.dialects.end() && !(section.dialects.empty() && other.dialects.empty())) continue;
        const std::string whose =
            shared == section.dialects.end() ? "" : std::format(" for {}", base::name_of(*shared));
        add(section.marker_line, std::format("the file has a second {} section{}", name_of(*section.direction), whose),
            std::format("the first is in line {}; keep one", other.marker_line));
    }
}

const std::vector<DialectId>& SectionFinder::named_dialects(Direction direction) {
    auto& named = named_[direction == Direction::upgrade ? 0 : 1];
    if (!named) named = find_named_dialects(text_, direction);
    return *named;
}

// A section that names no dialect is for those that no other section names.
DialectId SectionFinder::rules_of(const MarkedSection& section) {
    if (!section.direction || names_dialect(section, dialect_)) return dialect_;
    if (!section.dialects.empty()) return section.dialects.front();
    const std::vector<DialectId>& named = named_dialects(*section.direction);
    constexpr std::array all = {DialectId::postgresql, DialectId::sqlite, DialectId::sqlserver};
    const auto is_free = [&](DialectId id) { return std::ranges::find(named, id) == named.end(); };
    if (is_free(dialect_)) return dialect_;
    const auto other = std::ranges::find_if(all, is_free);
    return other == all.end() ? dialect_ : *other;
}

}  // namespace

const MarkedSection* SectionList::find(Direction direction, DialectId dialect) const {
    const MarkedSection* found = nullptr;
    for (const MarkedSection& section : sections) {
        if (section.direction != direction) continue;
        if (names_dialect(section, dialect)) return &section;
        if (section.dialects.empty() && found == nullptr) found = &section;
    }
    return found;
}

bool SectionList::has_mistyped_marker() const {
    return std::ranges::any_of(sections, [](const MarkedSection& section) { return !section.direction; });
}

SectionList find_sections(std::string_view text, std::size_t offset, std::size_t line, const std::string& file,
                          DialectId dialect) {
    return SectionFinder(text, file, dialect).run(offset, line);
}

}  // namespace headgate::revision
