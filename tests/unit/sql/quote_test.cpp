// SPDX-License-Identifier: Apache-2.0
#include "sql/quote.hpp"

#include <string>

#include <catch2/catch_test_macros.hpp>

#include "base/error.hpp"
#include "sql/lexer.hpp"

namespace headgate::sql {
namespace {

bool is_one_token(const std::string& text, TokenKind kind, base::DialectId dialect) {
    const Token token = Lexer(text, dialect).next();
    return token.kind == kind && token.text == text && token.unterminated == Unterminated::nothing;
}

}  // namespace

TEST_CASE("identifiers and literals double their quotes", "[quote]") {
    CHECK(quote_identifier("a") == "\"a\"");
    CHECK(quote_identifier("a\"; DROP") == "\"a\"\"; DROP\"");
    CHECK(quote_literal("it's") == "'it''s'");
    CHECK(quote_literal("") == "''");
}

TEST_CASE("a quoted text is one token, whatever it holds", "[quote]") {
    for (const std::string text : {"", "'", "''", "\"", "\\", "\\'", "$", "$headgate", "$headgate$", "x$headgate",
                                   "$headgate1_", "$headgate$headgate1_$", "--", "/*", ";\n"}) {
        INFO(text);
        for (const auto dialect : {base::DialectId::postgresql, base::DialectId::sqlite}) {
            CHECK(is_one_token(quote_identifier(text), TokenKind::quoted_identifier, dialect));
            CHECK(is_one_token(quote_literal(text), TokenKind::string, dialect));
        }
        CHECK(is_one_token(quote_dollar(text), TokenKind::string, base::DialectId::postgresql));
    }
}

TEST_CASE("a NUL byte is never quoted", "[quote]") {
    const std::string text("a\0b", 3);
    CHECK_THROWS_AS(quote_identifier(text), base::Error);
    CHECK_THROWS_AS(quote_literal(text), base::Error);
    CHECK_THROWS_AS(quote_dollar(text), base::Error);
}

}  // namespace headgate::sql
