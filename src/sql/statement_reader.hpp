// SPDX-License-Identifier: Apache-2.0
// Reads one statement word by word, past white space and comments, as far as somebody asks.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/dialect_id.hpp"
#include "sql/lexer.hpp"

namespace headgate::sql {

class StatementReader {
public:
    // One of "(name, name = value, name value)"; a value that is not a plain no counts as yes.
    struct Option {
        std::string name;
        bool is_on = true;
    };

    StatementReader(std::string_view statement, base::DialectId dialect) : lexer_(statement, dialect) { advance(); }

    const Token& token() const { return token_; }
    bool is_end() const { return token_.kind == TokenKind::end; }
    void advance();
    // Goes past the token where it is that word or symbol, and says whether it was.
    bool take(std::string_view word);
    bool take_symbol(char symbol);
    // Goes on until behind the next such word. False: there is none.
    bool skip_past(std::string_view word);
    // The parenthesised list that begins here; empty where none does.
    std::vector<Option> take_options();

private:
    Option take_option();

    Lexer lexer_;
    Token token_;
};

// What a word, a quoted identifier or a plain string says, in lower case; nothing for other tokens.
std::optional<std::string> setting_text(const Token& token);

}  // namespace headgate::sql
