// SPDX-License-Identifier: Apache-2.0
// Where statements end and what kind they are: tests/golden/split. Here: the numbers that come with a statement.
#include "sql/script.hpp"

#include <catch2/catch_test_macros.hpp>

namespace headgate::sql {

using base::DialectId;

TEST_CASE("a statement says where its body and its data are", "[script]") {
    const std::string_view text = "-- c\n COPY t FROM stdin ; -- d\n1\n2\n\\.\n/* e */ SELECT 1";
    const SplitResult result = split(text, DialectId::postgresql);
    CHECK(result.faults.empty());
    REQUIRE(result.statements.size() == 2);
    const Statement& copy = result.statements[0];
    CHECK(copy.kind == StatementKind::copy_from_stdin);
    CHECK(copy.offset == 0);
    CHECK(copy.body(text) == "COPY t FROM stdin");
    CHECK(copy.line == 2);
    CHECK(text.substr(copy.data_offset, copy.data_size) == "1\n2\n");
    CHECK(text.substr(0, copy.size).ends_with("\\.\n"));
    const Statement& select = result.statements[1];
    CHECK(select.offset == copy.size);
    CHECK(select.body(text) == "SELECT 1");
    CHECK(select.line == 6);
    CHECK(select.offset + select.size == text.size());
    CHECK(select.data_size == 0);
}

TEST_CASE("the body leaves out what stands between it and its semicolon", "[script]") {
    const std::string_view text = "SELECT 1 /* a */ -- b\n;";
    const SplitResult result = split(text, DialectId::sqlite);
    REQUIRE(result.statements.size() == 1);
    CHECK(result.statements[0].body(text) == "SELECT 1");
    CHECK(result.statements[0].size == text.size());
}

TEST_CASE("an empty text has no statements, a blank one has an empty one", "[script]") {
    CHECK(split("", DialectId::postgresql).statements.empty());
    const SplitResult blank = split(" -- c\n", DialectId::postgresql);
    REQUIRE(blank.statements.size() == 1);
    CHECK(blank.statements[0].kind == StatementKind::empty);
    CHECK(blank.statements[0].body_size == 0);
    CHECK(blank.statements[0].size == 6);
}

TEST_CASE("COPY data may be empty", "[script]") {
    const SplitResult result = split("COPY t FROM stdin;\n\\.\n", DialectId::postgresql);
    CHECK(result.faults.empty());
    REQUIRE(result.statements.size() == 1);
    CHECK(result.statements[0].data_offset == 19);
    CHECK(result.statements[0].data_size == 0);
}

TEST_CASE("two COPY statements in one line are a fault, not a guess", "[script]") {
    const std::string_view text = "COPY a FROM stdin; COPY b FROM stdin;\n1\n\\.\n2\n\\.\n";
    const SplitResult result = split(text, DialectId::postgresql);
    REQUIRE(!result.faults.empty());
    CHECK(result.faults[0].offset == 0);
}

TEST_CASE("a comment over several lines behind COPY is a fault: psql reads its second line as data", "[script]") {
    const SplitResult result = split("COPY a FROM stdin; /*\n*/\n1\n\\.\n", DialectId::postgresql);
    REQUIRE(!result.faults.empty());
    CHECK(result.faults[0].offset == 0);
}

TEST_CASE("a carriage return at the end of the text does not make one backslash line two statements", "[script]") {
    CHECK(split("\\restrict key\r", DialectId::postgresql).statements.size() == 1);
    CHECK(split("\\restrict key\r\r\n", DialectId::postgresql).statements.size() == 2);
}

TEST_CASE("only one fault is reported for one thing left open", "[script]") {
    CHECK(split("SELECT (1, 'a", DialectId::postgresql).faults.size() == 1);
    CHECK(split("CREATE FUNCTION f() BEGIN ATOMIC SELECT (1;", DialectId::postgresql).faults.size() == 1);
    CHECK(split("CREATE TRIGGER t BEGIN SELECT 'a;", DialectId::sqlite).faults.size() == 1);
}

TEST_CASE("SQL Server's text is split at semicolons outside its literals and names", "[script]") {
    const SplitResult result = split("SELECT [a;]]b], N';' /* ; /* ; */ */; SELECT 2", DialectId::sqlserver);
    REQUIRE(result.statements.size() == 2);
    CHECK(result.statements[0].kind == StatementKind::ordinary);
}

}  // namespace headgate::sql
