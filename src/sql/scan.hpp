// SPDX-License-Identifier: Apache-2.0
// How far one token goes: each function gets the text from the token's first byte on. All of them look at each byte
// a bounded number of times, whatever the text.
#pragma once

#include <cstddef>
#include <string_view>

#include "sql/lexical_rules.hpp"
#include "sql/token.hpp"

namespace headgate::sql {

bool is_space(char byte);
bool is_digit(char byte);
bool is_letter(char byte);  // non-ASCII bytes and "_" included
bool starts_with_byte_order_mark(std::string_view text);

std::size_t scan_space(std::string_view text);
std::size_t scan_line_comment(std::string_view text, const LexicalRules& rules);
Extent scan_block_comment(std::string_view text, const LexicalRules& rules);
std::size_t scan_word(std::string_view text, const LexicalRules& rules);
std::size_t scan_number(std::string_view text);
// 0 where no parameter starts here.
std::size_t scan_parameter(std::string_view text, const LexicalRules& rules);

// 'a''b' and the like: a doubled `close` goes on.
Extent scan_quoted(std::string_view text, char close, Unterminated kind);
// [a], which a first "]" ends.
Extent scan_undoubled(std::string_view text, char close, Unterminated kind);
// 'a\'b' of E'…', with the strings on the following lines that continue it.
Extent scan_escape_string(std::string_view text);
// Size 0 where no dollar quote starts here.
Extent scan_dollar_string(std::string_view text);

std::size_t scan_line(std::string_view text);  // up to, not including, the line end
Extent scan_copy_data(std::string_view text);
// The data of a copy_data token, without the line that ends it.
std::string_view copy_rows(const Token& copy_data);

}  // namespace headgate::sql
