// SPDX-License-Identifier: Apache-2.0
// A token of SQL text: what it is, where it is, and whether the text ended before it did.
#pragma once

#include <cstddef>
#include <string_view>

namespace headgate::sql {

enum class TokenKind {
    space,              // white space, a byte order mark at the start of the text included
    line_comment,       // "-- …" up to, not including, the line end
    block_comment,      // nested where the dialect nests
    word,               // keyword or bare identifier, non-ASCII letters included
    quoted_identifier,  // "a", `a` or [a]; U&"a" too
    string,             // 'a', E'a', U&'a', B'1', X'1F', N'a', $tag$a$tag$; E'a' with the strings that continue it
    number,
    parameter,  // $1, ?1, :name, @name
    semicolon,
    symbol,          // one operator or punctuation character
    backslash_line,  // psql's "\restrict key": from the backslash to the end of the line
    copy_data,       // the lines after COPY … FROM STDIN; up to and including the "\." line
    end,             // nothing is left; empty text
};

// Something that was opened and not closed before the text ended. COPY … FROM STDIN without any data at all makes the
// token `end` unterminated.
enum class Unterminated { nothing, string, quoted_identifier, block_comment, dollar_string, copy_data };

struct Token {
    TokenKind kind = TokenKind::end;
    std::string_view text;
    std::size_t offset = 0;  // bytes from the start of the text
    std::size_t line = 1;    // of the token's first byte, counting from 1
    Unterminated unterminated = Unterminated::nothing;
};

// How far a token goes.
struct Extent {
    std::size_t size = 0;
    Unterminated unterminated = Unterminated::nothing;
};

// White space and comments: what a database does not see.
inline bool is_blank(TokenKind kind) {
    return kind == TokenKind::space || kind == TokenKind::line_comment || kind == TokenKind::block_comment;
}

// `lower` is in lower case.
bool is_word(const Token& token, std::string_view lower);
bool is_symbol(const Token& token, char symbol);

}  // namespace headgate::sql
