// SPDX-License-Identifier: Apache-2.0
#include "database/postgres/ledger_sql.hpp"

#include <catch2/catch_test_macros.hpp>

#include "database/postgres/driver.hpp"

namespace headgate::database::postgres {

namespace {

const std::string ledger = R"("public"."headgate_ledger")";

}  // namespace

TEST_CASE("the lock's key never changes") {
    // The first 8 bytes of SHA-256 of headgate:"public"."headgate_ledger", big-endian.
    CHECK(lock_key(ledger) == 5347859910010836159);
    CHECK(lock_key(ledger) != lock_key(qualify_ledger("other")));
}

TEST_CASE("a schema's name is quoted") {
    CHECK(qualify_ledger("odd \"name\"") == R"("odd ""name"""."headgate_ledger")");
}

TEST_CASE("texts in a row cannot leave their quotes") {
    InsertRow insert;
    insert.row.revision = "a1";
    insert.row.message = "it's '); DROP TABLE x; --";
    insert.row.applied_by = "o'neill";
    const auto text = dialect().change_ledger(ledger, insert);
    CHECK(text.contains("'it''s ''); DROP TABLE x; --'"));
    CHECK(text.contains("session_user || ' (o''neill)'"));
    CHECK(text.starts_with("INSERT INTO \"public\".\"headgate_ledger\"\n    (layout, "));
    CHECK(text.ends_with("RETURNING sequence, duration_ms"));
}

TEST_CASE("a change that must hit one row says so to the server") {
    for (const LedgerChange& change : {LedgerChange(DeleteRow{"a'1"}), LedgerChange(UpdateChecksums{"a'1", {}})}) {
        const auto text = dialect().change_ledger(ledger, change);
        CHECK(text.contains("revision = 'a''1'"));
        CHECK(text.contains("count(*) = 1"));
    }
}

TEST_CASE("a guard without plpgsql says the same") {
    const auto guard = guard_statements(ledger, "public", ledger::Expectation{true, 3, 7}, Language::plain);
    REQUIRE(guard.size() == 2);
    CHECK(guard[0].contains(std::to_string(lock_key(ledger))));
    CHECK(guard[1].contains("count(*) = 3"));
    CHECK(guard_statements(ledger, "public", {}, Language::plain)[1].starts_with("CREATE TABLE"));
}

TEST_CASE("a ledger that should not exist is looked for before it is made") {
    const auto guard = guard_statements(ledger, "it's", {}, Language::plpgsql).front();
    CHECK(guard.find("n.nspname = 'it''s'") < guard.find("CREATE TABLE"));
}

}  // namespace headgate::database::postgres
