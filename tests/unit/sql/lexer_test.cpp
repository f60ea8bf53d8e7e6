// SPDX-License-Identifier: Apache-2.0
#include "sql/lexer.hpp"

#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>

namespace headgate::sql {
namespace {

using base::DialectId;

std::vector<Token> lex(std::string_view text, DialectId dialect) {
    std::vector<Token> tokens;
    Lexer lexer(text, dialect);
    for (Token token = lexer.next(); token.kind != TokenKind::end; token = lexer.next()) tokens.push_back(token);
    return tokens;
}

// The tokens' texts without white space and comments, joined by '|'.
std::string parts(std::string_view text, DialectId dialect) {
    std::string joined;
    for (const Token& token : lex(text, dialect)) {
        if (is_blank(token.kind)) continue;
        if (!joined.empty()) joined += '|';
        joined += token.text;
    }
    return joined;
}

TokenKind kind_of(std::string_view text, DialectId dialect) {
    const std::vector<Token> tokens = lex(text, dialect);
    REQUIRE(tokens.size() == 1);
    CHECK(tokens[0].text == text);
    return tokens[0].kind;
}

Unterminated open_at_end(std::string_view text, DialectId dialect) {
    Lexer lexer(text, dialect);
    for (;;) {
        const Token token = lexer.next();
        if (token.unterminated != Unterminated::nothing || token.kind == TokenKind::end) return token.unterminated;
    }
}

}  // namespace

TEST_CASE("each kind of token is told from the others", "[lexer]") {
    const auto pg = DialectId::postgresql;
    CHECK(kind_of(" \t\n\r\f\v", pg) == TokenKind::space);
    CHECK(kind_of("-- a", pg) == TokenKind::line_comment);
    CHECK(kind_of("/* /* */ */", pg) == TokenKind::block_comment);
    CHECK(kind_of("größe_1$", pg) == TokenKind::word);
    CHECK(kind_of("\"a\"\"b\"", pg) == TokenKind::quoted_identifier);
    CHECK(kind_of("U&\"a\"", pg) == TokenKind::quoted_identifier);
    for (const std::string_view text :
         {"'a''b'", "E'\\''", "u&'a'", "B'1'", "x'1F'", "n'a'", "$$a$$", "$t$$$ $T$ $t$"}) {
        CHECK(kind_of(text, pg) == TokenKind::string);
    }
    for (const std::string_view text : {"1", "1.5", ".5", "1e-5", "1.e+3", "0x1F", "1_000"}) {
        CHECK(kind_of(text, pg) == TokenKind::number);
    }
    CHECK(kind_of("$12", pg) == TokenKind::parameter);
    CHECK(kind_of(";", pg) == TokenKind::semicolon);
    CHECK(kind_of("+", pg) == TokenKind::symbol);
    CHECK(kind_of("\\restrict key; 'x", pg) == TokenKind::backslash_line);
}

TEST_CASE("SQLite's names and parameters are its own", "[lexer]") {
    const auto lite = DialectId::sqlite;
    CHECK(kind_of("`a``b`", lite) == TokenKind::quoted_identifier);
    CHECK(kind_of("[a\"b]", lite) == TokenKind::quoted_identifier);
    CHECK(kind_of("x'1F'", lite) == TokenKind::string);
    for (const std::string_view text : {"?", "?12", ":a", "@a", "$a", "$a::b(c;d)"}) {
        CHECK(kind_of(text, lite) == TokenKind::parameter);
    }
    CHECK(parts("e'\\' $$ \\", lite) == "e|'\\'|$$|\\");
    CHECK(parts("[a]]", lite) == "[a]|]");
    CHECK(parts("/* /* */ 1 */", lite) == "1|*|/");
}

TEST_CASE("SQL Server's names and strings are its own", "[lexer]") {
    const auto server = DialectId::sqlserver;
    CHECK(kind_of("[a]];b]", server) == TokenKind::quoted_identifier);
    CHECK(kind_of("N'it''s'", server) == TokenKind::string);
    CHECK(kind_of("@@rowcount", server) == TokenKind::parameter);
    CHECK(kind_of("#temp", server) == TokenKind::word);
    CHECK(kind_of("/* /* */ */", server) == TokenKind::block_comment);
}

TEST_CASE("a dollar quote opens neither inside a word nor at a digit", "[lexer]") {
    const auto pg = DialectId::postgresql;
    CHECK(parts("a$b$c", pg) == "a$b$c");
    CHECK(parts("$1$a$;$a$", pg) == "$1|$a$;$a$");
    CHECK(parts("$1a$", pg) == "$1|a$");
    CHECK(parts("$ $", pg) == "$|$");
    CHECK(parts("$a-b$", pg) == "$|a|-|b$");
    CHECK(parts("+$a$;$a$", pg) == "+|$a$;$a$");
}

TEST_CASE("comments start inside operators", "[lexer]") {
    const auto pg = DialectId::postgresql;
    CHECK(parts("a--b\nc", pg) == "a|c");
    CHECK(parts("a->b-/*;*/-c", pg) == "a|-|>|b|-|-|c");
    CHECK(parts("a*/*;*/b", pg) == "a|*|b");
    CHECK(parts("a@>--;\nb", pg) == "a|@|>|b");
}

TEST_CASE("an escape string keeps its rules over the lines that continue it", "[lexer]") {
    const auto pg = DialectId::postgresql;
    CHECK(parts("E'a'\n'\\';' 1", pg) == "E'a'\n'\\';'|1");
    CHECK(parts("E'a' --c\n 'b' '\\' 1", pg) == "E'a' --c\n 'b'|'\\'|1");
    CHECK(parts("E'a' '\\' 1", pg) == "E'a'|'\\'|1");
    CHECK(parts("'a'\n'\\' 1", pg) == "'a'|'\\'|1");
    CHECK(parts("fe'\\' 1", pg) == "fe|'\\'|1");
}

TEST_CASE("tokens know their offset and line", "[lexer]") {
    const std::vector<Token> tokens = lex("a\n'x\ny' /*\n\n*/ b\r\nc", DialectId::postgresql);
    REQUIRE(tokens.size() == 9);
    CHECK(tokens[2].text == "'x\ny'");
    CHECK(tokens[2].line == 2);
    CHECK(tokens[4].line == 3);
    CHECK(tokens[6].text == "b");
    CHECK(tokens[6].line == 5);
    CHECK(tokens[6].offset == 15);
    CHECK(tokens[8].line == 6);
}

TEST_CASE("whatever the text leaves open is said", "[lexer]") {
    const auto pg = DialectId::postgresql;
    const auto lite = DialectId::sqlite;
    CHECK(open_at_end("'a''", pg) == Unterminated::string);
    CHECK(open_at_end("E'a\\'", pg) == Unterminated::string);
    CHECK(open_at_end("E'\\", pg) == Unterminated::string);
    CHECK(open_at_end("E'a'\n'b", pg) == Unterminated::string);
    CHECK(open_at_end("U&\"a", pg) == Unterminated::quoted_identifier);
    CHECK(open_at_end("`a``", lite) == Unterminated::quoted_identifier);
    CHECK(open_at_end("[a", lite) == Unterminated::quoted_identifier);
    CHECK(open_at_end("/* /* */", pg) == Unterminated::block_comment);
    CHECK(open_at_end("/*/", lite) == Unterminated::block_comment);
    CHECK(open_at_end("$a$ $A$ $$", pg) == Unterminated::dollar_string);
    CHECK(open_at_end("COPY t FROM stdin;\n1\n\\.x\n", pg) == Unterminated::copy_data);
    CHECK(open_at_end("COPY t FROM stdin;\n", pg) == Unterminated::copy_data);
    CHECK(open_at_end("COPY t FROM stdin", pg) == Unterminated::copy_data);
    CHECK(open_at_end("COPY t FROM stdin;\n\\.", pg) == Unterminated::nothing);
    CHECK(open_at_end("COPY t FROM stdin;\n", lite) == Unterminated::nothing);
}

TEST_CASE("COPY data goes up to and including the line that ends it", "[lexer]") {
    const std::vector<Token> tokens = lex("COPY t FROM stdin; -- c\n';\n\\.\nSELECT", DialectId::postgresql);
    REQUIRE(tokens.size() == 13);
    CHECK(tokens[11].kind == TokenKind::copy_data);
    CHECK(tokens[11].text == "';\n\\.\n");
    CHECK(tokens[11].line == 2);
    CHECK(tokens[12].line == 4);
}

TEST_CASE("a byte order mark is white space at the start, and everywhere in SQLite", "[lexer]") {
    CHECK(parts("\xEF\xBB\xBF"
                "a",
                DialectId::postgresql) == "a");
    CHECK(parts("a \xEF\xBB\xBF"
                "b",
                DialectId::postgresql) ==
          "a|\xEF\xBB\xBF"
          "b");
    CHECK(parts("a \xEF\xBB\xBF"
                "b",
                DialectId::sqlite) == "a|b");
}

TEST_CASE("an empty text has no token but the end, as often as one asks", "[lexer]") {
    Lexer lexer("", DialectId::postgresql);
    CHECK(lexer.next().kind == TokenKind::end);
    CHECK(lexer.next().kind == TokenKind::end);
}

}  // namespace headgate::sql
