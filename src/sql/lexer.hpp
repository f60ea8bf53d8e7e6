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
#include "sql/copy_watch.hpp"
#include "sql/lexical_rules.hpp"
#include "sql/token.hpp"

namespace headgate::sql {

class Lexer {
public:
    Lexer(std::string_view text, base::DialectId dialect);
    // The next token; of kind `end` when nothing is left, then and ever after.
    Token next();
    // COPY … FROM STDIN; was the last statement, and its line has not ended: the data comes after that.
    bool waits_for_copy_data() const { return copy_.waits_for_line_end(); }

private:
    std::string_view rest() const { return text_.substr(offset_); }
    Extent measure(TokenKind& kind) const;
    Extent measure_word(TokenKind& kind) const;
    Extent measure_comment(TokenKind& kind) const;
    Extent measure_quoted(TokenKind& kind) const;
    Extent measure_punctuation(TokenKind& kind) const;
    Extent measure_space() const;
    Token take(TokenKind kind, Extent extent);

    std::string_view text_;
    const LexicalRules* rules_;
    CopyWatch copy_;
    std::size_t offset_ = 0;
    std::size_t line_ = 1;
};

}  // namespace headgate::sql
