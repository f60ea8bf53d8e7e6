// SPDX-License-Identifier: Apache-2.0
#include "sql/copy_watch.hpp"

namespace headgate::sql {

void CopyWatch::see(const Token& token) {
    if (waits_for_line_end()) {
        if (token.kind == TokenKind::space && token.text.back() == '\n') place_ = Place::data;
        return;
    }
    if (is_blank(token.kind) || token.kind == TokenKind::backslash_line) return;
    if (token.kind == TokenKind::copy_data) {
        place_ = Place::statement_start;
    } else if (token.kind == TokenKind::symbol) {
        see_symbol(token.text.front());
    } else if (open_parentheses_ > 0) {
        return;  // a query or a column list, and a semicolon there ends nothing
    } else if (token.kind == TokenKind::semicolon) {
        place_ = place_ == Place::from_stdin ? Place::ended : Place::statement_start;
    } else {
        place_ = after_word(token);
    }
}

// COPY [BINARY] table [(columns)] FROM STDIN …; the server takes FROM STDOUT for the same.
CopyWatch::Place CopyWatch::after_word(const Token& token) const {
    switch (place_) {
        case Place::statement_start:
            return is_word(token, "copy") ? Place::copy : Place::elsewhere;
        case Place::copy:
            if (is_word(token, "from")) return Place::from;
            return is_word(token, "to") ? Place::elsewhere : Place::copy;
        case Place::from:
            return is_word(token, "stdin") || is_word(token, "stdout") ? Place::from_stdin : Place::elsewhere;
        case Place::elsewhere:
        case Place::from_stdin:
        case Place::ended:
        case Place::data:
            break;
    }
    return place_;
}

void CopyWatch::see_symbol(char symbol) {
    if (place_ == Place::statement_start || place_ == Place::from) place_ = Place::elsewhere;
    if (symbol == '(') ++open_parentheses_;
    if (symbol == ')' && open_parentheses_ > 0) --open_parentheses_;
}

}  // namespace headgate::sql
