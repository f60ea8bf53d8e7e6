// SPDX-License-Identifier: Apache-2.0
#include "apply/client_text.hpp"

#include <cstddef>

#include "sql/lexer.hpp"

namespace headgate::apply {

namespace {

using sql::Token;
using sql::TokenKind;

// psql's manual, "SQL Interpolation": :name, :'name', :"name" and :{?name}, but not ::name.
std::string keep_from_psql(std::string_view text) {
    std::string kept;
    sql::Lexer lexer(text, base::DialectId::postgresql);
    bool follows_colon = false;
    for (Token token = lexer.next(); token.kind != TokenKind::end; token = lexer.next()) {
        const bool is_colon = is_symbol(token, ':');
        const bool is_more = token.kind != TokenKind::symbol || is_symbol(token, '{');
        if (follows_colon && is_more && !is_blank(token.kind)) kept += ' ';
        follows_colon = is_colon && !follows_colon;
        kept += token.text;
    }
    return kept;
}

bool begins_line(std::string_view text, std::size_t offset) {
    const auto before = text.substr(0, offset).find_last_not_of(" \t\r");
    return before != std::string_view::npos && text[before] == '\n';
}

// To the shell a comment is as good as nothing.
bool ends_line(std::string_view text, std::size_t offset) {
    const auto after = text.find_first_not_of(" \t\r", offset);
    if (after == std::string_view::npos || text[after] == '\n') return true;
    const auto rest = text.substr(after);
    return rest.starts_with("--") || rest.starts_with("/*");
}

// "Command Line Shell For SQLite", line_is_command_terminator() in its source: as in Oracle and SQL Server.
std::string keep_from_sqlite3(std::string_view text) {
    std::string kept;
    sql::Lexer lexer(text, base::DialectId::sqlite);
    for (Token token = lexer.next(); token.kind != TokenKind::end; token = lexer.next()) {
        const bool is_terminator = is_symbol(token, '/') || is_word(token, "go");
        const bool is_alone = begins_line(text, token.offset) && ends_line(text, token.offset + token.text.size());
        if (is_terminator && is_alone) kept += "/**/";
        kept += token.text;
    }
    return kept;
}

}  // namespace

std::string keep_from_client(std::string_view text, base::DialectId dialect) {
    return dialect == base::DialectId::postgresql ? keep_from_psql(text) : keep_from_sqlite3(text);
}

}  // namespace headgate::apply
