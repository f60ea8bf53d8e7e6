// SPDX-License-Identifier: Apache-2.0
#include "database/postgres/tag.hpp"

#include <catch2/catch_test_macros.hpp>

#include "database/postgres/ledger_sql.hpp"

using namespace headgate::database::postgres;

TEST_CASE("a tag names ledger, revision, statement and run") {
    const auto ledger = qualify_ledger("public");
    const auto tag = make_tag({ledger, "9f3c1a", 3, "headgate 0.1.0 run 12ab"});
    CHECK(tag.starts_with("/* headgate "));
    CHECK(tag.ends_with(" 9f3c1a statement 3, headgate 0.1.0 run 12ab */ "));
    CHECK(make_tag({ledger, "9f3c1a", 0, "headgate"}).ends_with(" 9f3c1a whole, headgate */ "));
}

TEST_CASE("every tag of a revision begins with its tag start, and no other revision's does") {
    const auto ledger = qualify_ledger("public");
    const auto start = make_tag_start(ledger, "9f3c1a");
    CHECK(make_tag({ledger, "9f3c1a", 3, "a"}).starts_with(start));
    CHECK(make_tag({ledger, "9f3c1a", 0, "b"}).starts_with(start));
    CHECK_FALSE(make_tag({ledger, "9f3c1a7", 3, "a"}).starts_with(start));
    CHECK_FALSE(make_tag({qualify_ledger("other"), "9f3c1a", 3, "a"}).starts_with(start));
}

TEST_CASE("nothing in a name ends a tag early") {
    const auto tag = make_tag({qualify_ledger("public"), "*/ DROP TABLE a; /*", 1, "*/ DROP"});
    CHECK(tag.find("*/") == tag.size() - 3);
    CHECK(tag.find("/*", 1) == std::string::npos);
}
