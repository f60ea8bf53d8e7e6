// SPDX-License-Identifier: Apache-2.0
#include "sql/lexer.hpp"

#include <algorithm>

#include "sql/scan.hpp"

namespace headgate::sql {
namespace {

char byte_at(std::string_view text, std::size_t place) {
    return place < text.size() ? text[place] : '\0';
}

// E, U& and the like make a string of the quote behind them only where they are a word of their own; the caller stands
// at a word's start.
std::size_t quote_after_prefix(std::string_view text, const LexicalRules& rules) {
    const char next = byte_at(text, 1);
    switch (text[0]) {
        case 'e':
        case 'E':
        case 'b':
        case 'B':
            return rules.escape_strings && next == '\'' ? 1 : 0;
        case 'x':
        case 'X':
            return rules.letter_blobs && next == '\'' ? 1 : 0;
        case 'n':
        case 'N':
            return rules.national_strings && next == '\'' ? 1 : 0;
        case 'u':
        case 'U': {
            const char quote = byte_at(text, 2);
            return rules.escape_strings && next == '&' && (quote == '\'' || quote == '"') ? 2 : 0;
        }
        default:
            return 0;
    }
}

bool may_span_lines(TokenKind kind) {
    return kind == TokenKind::space || kind == TokenKind::block_comment || kind == TokenKind::string ||
           kind == TokenKind::quoted_identifier || kind == TokenKind::copy_data;
}

}  // namespace

Lexer::Lexer(std::string_view text, base::DialectId dialect) : text_(text), rules_(&lexical_rules(dialect)) {}

Token Lexer::next() {
    if (offset_ == text_.size()) {
        return take(TokenKind::end, {0, copy_.wants_data() ? Unterminated::copy_data : Unterminated::nothing});
    }
    TokenKind kind = TokenKind::copy_data;
    const Extent extent = copy_.is_at_data() ? scan_copy_data(rest()) : measure(kind);
    const Token token = take(kind, extent);
    if (rules_->psql_input) copy_.see(token);
    return token;
}

Extent Lexer::measure(TokenKind& kind) const {
    const char first = text_[offset_];
    const bool is_mark =
        first == '\xEF' && (offset_ == 0 || rules_->byte_order_mark_anywhere) && starts_with_byte_order_mark(rest());
    if (is_space(first) || is_mark) {
        kind = TokenKind::space;
        return measure_space();
    }
    if (is_letter(first) || rules_->more_letters.contains(first)) return measure_word(kind);
    if (is_digit(first) || (first == '.' && is_digit(byte_at(text_, offset_ + 1)))) {
        kind = TokenKind::number;
        return {scan_number(rest())};
    }
    return measure_punctuation(kind);
}

// COPY data starts at a line end, so the space token ends there.
Extent Lexer::measure_space() const {
    const std::size_t size = scan_space(rest());
    if (!copy_.waits_for_line_end()) return {size};
    const std::size_t line_end = rest().substr(0, size).find('\n');
    return {line_end == std::string_view::npos ? size : line_end + 1};
}

Extent Lexer::measure_word(TokenKind& kind) const {
    const std::size_t quote = quote_after_prefix(rest(), *rules_);
    if (quote == 0) {
        kind = TokenKind::word;
        return {scan_word(rest(), *rules_)};
    }
    const std::string_view quoted = rest().substr(quote);
    const bool is_name = quoted[0] == '"';
    const bool has_escapes = text_[offset_] == 'e' || text_[offset_] == 'E';
    kind = is_name ? TokenKind::quoted_identifier : TokenKind::string;
    Extent extent =
        has_escapes ? scan_escape_string(quoted)
                    : scan_quoted(quoted, quoted[0], is_name ? Unterminated::quoted_identifier : Unterminated::string);
    extent.size += quote;
    return extent;
}

// Size 0 where no comment starts here.
Extent Lexer::measure_comment(TokenKind& kind) const {
    const std::string_view text = rest();
    if (text.starts_with("--")) {
        kind = TokenKind::line_comment;
        return {scan_line_comment(text, *rules_)};
    }
    kind = TokenKind::block_comment;
    return text.starts_with("/*") ? scan_block_comment(text, *rules_) : Extent{};
}

// Size 0 where nothing quoted starts here.
Extent Lexer::measure_quoted(TokenKind& kind) const {
    const std::string_view text = rest();
    const char first = text[0];
    kind = TokenKind::string;
    if (first == '\'') return scan_quoted(text, '\'', Unterminated::string);
    if (first == '$' && rules_->dollar_quotes) return scan_dollar_string(text);
    kind = TokenKind::quoted_identifier;
    if (first == '"' || (first == '`' && rules_->backticks)) {
        return scan_quoted(text, first, Unterminated::quoted_identifier);
    }
    if (first != '[' || !rules_->brackets) return {};
    return rules_->doubled_brackets ? scan_quoted(text, ']', Unterminated::quoted_identifier)
                                    : scan_undoubled(text, ']', Unterminated::quoted_identifier);
}

Extent Lexer::measure_punctuation(TokenKind& kind) const {
    if (const Extent comment = measure_comment(kind); comment.size > 0) return comment;
    if (const Extent quoted = measure_quoted(kind); quoted.size > 0) return quoted;
    const char first = text_[offset_];
    if (first == '\\' && rules_->psql_input) {
        kind = TokenKind::backslash_line;
        return {scan_line(rest())};
    }
    kind = TokenKind::parameter;
    if (const std::size_t size = scan_parameter(rest(), *rules_); size > 0) return {size};
    kind = first == ';' ? TokenKind::semicolon : TokenKind::symbol;
    return {1};
}

Token Lexer::take(TokenKind kind, Extent extent) {
    const Token token{.kind = kind,
                      .text = text_.substr(offset_, extent.size),
                      .offset = offset_,
                      .line = line_,
                      .unterminated = extent.unterminated};
    offset_ += extent.size;
    if (may_span_lines(kind)) line_ += static_cast<std::size_t>(std::ranges::count(token.text, '\n'));
    return token;
}

}  // namespace headgate::sql
