// SPDX-License-Identifier: Apache-2.0
#include "sql/statement_reader.hpp"

#include "base/text.hpp"

namespace headgate::sql {

void StatementReader::advance() {
    do {
        token_ = lexer_.next();
    } while (is_blank(token_.kind));
}

bool StatementReader::take(std::string_view word) {
    if (!is_word(token_, word)) return false;
    advance();
    return true;
}

bool StatementReader::take_symbol(char symbol) {
    if (!is_symbol(token_, symbol)) return false;
    advance();
    return true;
}

bool StatementReader::skip_past(std::string_view word) {
    while (!is_end()) {
        if (take(word)) return true;
        advance();
    }
    return false;
}

std::vector<StatementReader::Option> StatementReader::take_options() {
    std::vector<Option> options;
    if (!take_symbol('(')) return options;
    while (!is_end() && !take_symbol(')')) {
        options.push_back(take_option());
        take_symbol(',');
    }
    return options;
}

StatementReader::Option StatementReader::take_option() {
    Option option{.name = setting_text(token_).value_or("")};
    advance();
    while (!is_end() && !is_symbol(token_, ',') && !is_symbol(token_, ')')) {
        const std::string value = setting_text(token_).value_or(std::string(token_.text));
        if (value == "false" || value == "off" || value == "no" || value == "0") option.is_on = false;
        advance();
    }
    return option;
}

std::optional<std::string> setting_text(const Token& token) {
    if (token.kind == TokenKind::word || token.kind == TokenKind::number) return base::to_lower(token.text);
    const bool is_quoted = token.kind == TokenKind::string || token.kind == TokenKind::quoted_identifier;
    const char quote = is_quoted ? token.text.front() : '\0';
    if ((quote != '\'' && quote != '"') || token.text.size() < 2) return std::nullopt;
    return base::to_lower(token.text.substr(1, token.text.size() - 2));
}

}  // namespace headgate::sql
