// SPDX-License-Identifier: Apache-2.0
#include "apply/client_text.hpp"

#include <catch2/catch_test_macros.hpp>

namespace headgate::apply {

namespace {

std::string for_psql(std::string_view text) {
    return keep_from_client(text, base::DialectId::postgresql);
}

std::string for_sqlite3(std::string_view text) {
    return keep_from_client(text, base::DialectId::sqlite);
}

}  // namespace

TEST_CASE("psql finds no variable in a statement") {
    CHECK(for_psql("SELECT a[1:PORT], b[:x:y];\n") == "SELECT a[1: PORT], b[: x: y];\n");
    CHECK(for_psql("SELECT a[1:\"b\"], a[1:'2'::int], a[1:2], a[1:$1], a[1:{?x}];") ==
          "SELECT a[1: \"b\"], a[1: '2'::int], a[1: 2], a[1: $1], a[1: {?x}];");
}

TEST_CASE("psql is shown casts, assignments, literals and comments as they are") {
    const auto* text =
        "SELECT f(a := 1), b::text, ':x', $$ :x $$, E':x\\':y' -- :x\n/* :x */, a[1 : x], a[:], \":x\";\n"
        "COPY t FROM stdin;\na:b\t:c\n\\.\n";
    CHECK(for_psql(text) == text);
}

TEST_CASE("the sqlite3 shell ends no statement at a line with / or go") {
    CHECK(for_sqlite3("SELECT 6\n/\n3,\n a AS\n  Go \t\nFROM t") == "SELECT 6\n/**//\n3,\n a AS\n  /**/Go \t\nFROM t");
    CHECK(for_sqlite3("SELECT 6\n/ -- by\n3, 4\n/ /* by */\n2") == "SELECT 6\n/**// -- by\n3, 4\n/**// /* by */\n2");
}

TEST_CASE("the sqlite3 shell is shown literals, comments and other lines as they are") {
    const auto* text = "SELECT 6\n/ 3, '\n/\ngo\n', 1 /\n2 /*\ngo\n*/, go, a.\ngoing\n-- go\nFROM t[1:x];\n";
    CHECK(for_sqlite3(text) == text);
}

}  // namespace headgate::apply
