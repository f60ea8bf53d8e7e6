// SPDX-License-Identifier: Apache-2.0
// Finds the header in a file and takes its TOML out of the comments.
#include <algorithm>
#include <format>

#include "base/text.hpp"
#include "revision/header.hpp"
#include "revision/marker.hpp"
#include "sql/lexer.hpp"

namespace headgate::revision {

const char* const header_example =
    "begin the file with\n"
    "-- headgate:revision\n"
    "-- revision = \"9f3c1a7be204\"\n"
    "-- down_revision = \"1975ea83b712\"\n"
    "-- message = \"what it does\"\n"
    "\n"
    "-- headgate:upgrade";

namespace {

bool is_comment(sql::TokenKind kind) {
    return kind == sql::TokenKind::line_comment || kind == sql::TokenKind::block_comment;
}

// How many bytes stand before the TOML of a comment line; none for a line that is no comment.
std::optional<std::size_t> measure_comment_start(std::string_view line) {
    const std::size_t start = line.find_first_not_of(" \t");
    if (start == std::string_view::npos || !line.substr(start).starts_with("--")) return {};
    const std::size_t after = start + 2;
    return after < line.size() && line[after] == ' ' ? after + 1 : after;
}

bool is_marker_line(std::string_view after_dashes) {
    return base::trim(after_dashes).starts_with("headgate");
}

// A marker ends the header too: nobody should have to leave a blank line before it.
HeaderText take_toml(std::string_view text, std::size_t offset, std::size_t line_number) {
    HeaderText header{.first_line = line_number, .cut = {}, .end_offset = offset, .end_line = line_number};
    while (header.end_offset < text.size()) {
        const std::string_view rest = text.substr(header.end_offset);
        const std::string_view line = rest.substr(0, rest.find('\n'));
        const std::optional<std::size_t> cut = measure_comment_start(line);
        if (!cut || is_marker_line(line.substr(*cut))) break;
        header.cut.push_back(*cut);
        header.toml.append(line.substr(*cut)).append("\n");
        header.end_offset += std::min(line.size() + 1, rest.size());
        ++header.end_line;
    }
    return header;
}

void add_missing_header(const std::string& file, std::size_t line, std::vector<base::Problem>& problems) {
    problems.push_back({{file, line, 0}, "the file has no headgate header", header_example});
}

}  // namespace

std::optional<HeaderText> find_header(std::string_view text, const std::string& file, base::DialectId dialect,
                                      std::vector<base::Problem>& problems) {
    sql::Lexer lexer(text, dialect);
    for (sql::Token token = lexer.next();; token = lexer.next()) {
        if (token.kind == sql::TokenKind::space) continue;
        if (token.unterminated == sql::Unterminated::block_comment) {
            problems.push_back({{file, token.line, 0}, "a comment that begins here is never closed", "close it"});
            return {};
        }
        if (!is_comment(token.kind)) {
            add_missing_header(file, token.kind == sql::TokenKind::end ? 1 : token.line, problems);
            return {};
        }
        Comment comment = classify_comment(token);
        if (comment.kind == CommentKind::ordinary) continue;
        if (comment.kind == CommentKind::header) {
            const std::size_t line_end = std::min(text.find('\n', token.offset), text.size() - 1);
            return take_toml(text, line_end + 1, token.line + 1);
        }
        if (comment.kind == CommentKind::fault) {
            problems.push_back({{file, token.line, 0}, std::move(comment.message), std::move(comment.hint)});
        } else {
            add_missing_header(file, token.line, problems);
        }
        return {};
    }
}

}  // namespace headgate::revision
