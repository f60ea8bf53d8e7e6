// SPDX-License-Identifier: Apache-2.0
#include "sql/token.hpp"

#include "base/text.hpp"

namespace headgate::sql {

bool is_word(const Token& token, std::string_view lower) {
    return token.kind == TokenKind::word && base::equals_ignoring_case(token.text, lower);
}

bool is_symbol(const Token& token, char symbol) {
    return token.kind == TokenKind::symbol && token.text.front() == symbol;
}

}  // namespace headgate::sql
