// SPDX-License-Identifier: Apache-2.0
#include "apply/author_text.hpp"

#include <algorithm>
#include <string_view>

#include "apply/client_text.hpp"

namespace headgate::apply {

namespace {

using sql::Statement;
using sql::StatementKind;

// A last comment may end in a semicolon, too: only the splitter knows.
bool lacks_semicolon(std::string_view piece, base::DialectId dialect) {
    return sql::split(std::string(piece) + "\n;", dialect).statements.size() == 1;
}

std::string closed_data(std::string piece) {
    const auto end = piece.find_last_not_of(" \t\r\n");
    const bool is_closed = end != std::string::npos && std::string_view(piece).substr(0, end + 1).ends_with("\n\\.");
    if (is_closed) return piece;
    if (!piece.ends_with('\n')) piece += '\n';
    return piece + "\\.\n";
}

std::string render_piece(const sql::Script& script, const Statement& statement, base::DialectId dialect) {
    std::string piece = script.text.substr(statement.offset, statement.size);
    if (statement.kind == StatementKind::copy_from_stdin) return closed_data(std::move(piece));
    if (lacks_semicolon(piece, dialect))
        piece.insert(statement.body_offset + statement.body_size - statement.offset, ";");
    return piece;
}

// psql 17 takes a semicolon alone, behind COPY data, for the end of the file.
std::string render_empty(const sql::Script& script, const Statement& statement, base::DialectId dialect) {
    std::string piece = script.text.substr(statement.offset, statement.size);
    if (!lacks_semicolon(piece, dialect)) piece.pop_back();
    return piece;
}

bool is_run(const sql::Script& script, const Statement& statement) {
    return std::ranges::contains(script.statements, statement.offset, &Statement::offset);
}

std::string without_blank_ends(std::string_view text) {
    const auto end = text.find_last_not_of(" \t\r\n");
    if (end == std::string_view::npos) return "";
    const auto first = text.find_first_not_of(" \t\r\n");
    const auto line = text.find_last_of('\n', first);
    const auto begin = line == std::string_view::npos ? 0 : line + 1;
    return std::string(text.substr(begin, end + 1 - begin)) + "\n";
}

}  // namespace

std::string render_author_text(const sql::Script& script, base::DialectId dialect) {
    std::string text;
    for (const auto& statement : sql::split(script.text, dialect).statements) {
        if (is_run(script, statement)) {
            text += render_piece(script, statement, dialect);
        } else if (statement.kind == StatementKind::empty) {
            text += render_empty(script, statement, dialect);
        } else {
            text += script.text.substr(statement.offset, statement.body_offset - statement.offset);
        }
    }
    return keep_from_client(without_blank_ends(text), dialect);
}

std::string render_author_statement(const sql::Script& script, std::size_t index, base::DialectId dialect) {
    return keep_from_client(without_blank_ends(render_piece(script, script.statements[index], dialect)), dialect);
}

}  // namespace headgate::apply
