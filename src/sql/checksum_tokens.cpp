// SPDX-License-Identifier: Apache-2.0
#include "sql/checksum_tokens.hpp"

#include <string>
#include <utility>

#include "base/text.hpp"
#include "sql/lexer.hpp"
#include "sql/scan.hpp"

namespace headgate::sql {
namespace {

void add_part(base::Sha256& hash, char kind, std::string_view text) {
    std::string head(1, kind);
    head += std::to_string(text.size());
    head += ':';
    hash.add(head);
    hash.add(text);
}

std::string with_plain_line_ends(std::string_view text) {
    std::string plain;
    plain.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\r' || i + 1 == text.size() || text[i + 1] != '\n') plain += text[i];
    }
    return plain;
}

bool is_operator_character(char byte) {
    return std::string_view("+-*/<>=~!@#%^&|`?").contains(byte);
}

class TokenHasher {
public:
    TokenHasher(base::DialectId dialect, base::Sha256& hash) : dialect_(dialect), hash_(hash) {}

    void see(const Token& token);

private:
    void see_symbol(const Token& token);
    void end_operator();
    void add(char kind, std::string_view text);

    base::DialectId dialect_;
    base::Sha256& hash_;
    std::string_view operator_;  // adjacent operator characters, not added yet
    bool owes_semicolon_ = false;
    bool has_statement_ = false;
};

void TokenHasher::see(const Token& token) {
    if (token.kind == TokenKind::symbol) return see_symbol(token);
    end_operator();
    switch (token.kind) {
        case TokenKind::space:
        case TokenKind::line_comment:
        case TokenKind::block_comment:
        case TokenKind::end:
            return;
        case TokenKind::semicolon:
            owes_semicolon_ = has_statement_;
            return;
        case TokenKind::word:
            return add('w', base::to_lower(token.text));
        case TokenKind::number:
            return add('n', base::to_lower(token.text));
        case TokenKind::copy_data:
            return add('d', with_plain_line_ends(copy_rows(token)));
        case TokenKind::backslash_line:
            return add('b', base::trim(token.text));
        case TokenKind::quoted_identifier:
            return add('q', token.text);
        case TokenKind::string:
            return add('s', token.text);
        case TokenKind::parameter:
            return add('p', token.text);
        case TokenKind::symbol:
            return;
    }
}

// "a @- b" and "a @ - b" are two things in PostgreSQL, where operators can be made; in the other dialects the parts of
// an operator never stand on their own.
void TokenHasher::see_symbol(const Token& token) {
    const bool can_join = dialect_ == base::DialectId::postgresql && is_operator_character(token.text.front());
    if (can_join && !operator_.empty()) {
        operator_ = {operator_.data(), operator_.size() + 1};
        return;
    }
    end_operator();
    if (can_join) {
        operator_ = token.text;
    } else {
        add('o', token.text);
    }
}

// An operator may end in "+" or "-" only where it holds a character that standard SQL's operators do not: "a<-1" is
// "a < -1". https://www.postgresql.org/docs/17/sql-syntax-lexical.html#SQL-SYNTAX-OPERATORS
void TokenHasher::end_operator() {
    if (operator_.empty()) return;
    std::string_view name = std::exchange(operator_, {});
    std::size_t size = name.size();
    if (name.find_first_of("~!@#%^&|`?") == std::string_view::npos) {
        while (size > 1 && (name[size - 1] == '+' || name[size - 1] == '-')) --size;
    }
    add('o', name.substr(0, size));
    for (; size < name.size(); ++size) add('o', name.substr(size, 1));
}

void TokenHasher::add(char kind, std::string_view text) {
    if (owes_semicolon_) add_part(hash_, ';', "");
    owes_semicolon_ = false;
    has_statement_ = true;
    add_part(hash_, kind, text);
}

}  // namespace

void hash_tokens(std::string_view text, base::DialectId dialect, base::Sha256& hash) {
    Lexer lexer(text, dialect);
    TokenHasher hasher(dialect, hash);
    Token token;
    do {
        token = lexer.next();
        hasher.see(token);
    } while (token.kind != TokenKind::end);
}

}  // namespace headgate::sql
