// SPDX-License-Identifier: Apache-2.0
// Cuts SQL text into tokens by the rules of a dialect. It loses nothing: the tokens' texts, joined, are the input.
// Every caller that must not be fooled by literals and comments (splitter, checksums, revision markers) uses it.
//
// COPY data and psql's backslash lines belong to PostgreSQL only. A lexer holds views into the caller's text,
// which must outlive it and its tokens.
#pragma once

#include <cstddef>
#include <string_view>

#include "base/dialect_id.hpp"

namespace headgate::sql {

enum class TokenKind {
    space,              // white space, a byte order mark at the start of the text included
    line_comment,       // "-- …" up to, not including, the line end
    block_comment,      // nested where the dialect nests
    word,               // keyword or bare identifier, non-ASCII letters included
    quoted_identifier,  // "a", `a` or [a]; U&"a" too
    string,             // 'a', E'a', U&'a', B'1', X'1F', N'a', $tag$a$tag$
    number,
    parameter,          // $1, ?1, :name, @name
    semicolon,
    symbol,             // one operator or punctuation character
    backslash_line,     // psql's "\restrict key": from the backslash to the end of the line
    copy_data,          // the lines after COPY … FROM STDIN; up to and including the "\." line
    end,                // nothing is left; empty text
};

// Something that was opened and not closed before the text ended.
enum class Unterminated { nothing, string, quoted_identifier, block_comment, dollar_string, copy_data };

struct Token {
    TokenKind kind = TokenKind::end;
    std::string_view text;
    std::size_t offset = 0;  // bytes from the start of the text
    std::size_t line = 1;    // of the token's first byte, counting from 1
    Unterminated unterminated = Unterminated::nothing;
};

class Lexer {
public:
    Lexer(std::string_view text, base::DialectId dialect);
    Token next();

private:
    Token take(TokenKind kind, std::size_t size, Unterminated unterminated = Unterminated::nothing);

    std::string_view text_;
    base::DialectId dialect_;
    std::size_t offset_ = 0;
    std::size_t line_ = 1;
    // Where the lexer is inside COPY … FROM STDIN; decides whether a line end starts data.
    enum class Copy { no, statement_start, copy, from, from_stdin, data_after_line_end } copy_ = Copy::no;
};

}  // namespace headgate::sql
