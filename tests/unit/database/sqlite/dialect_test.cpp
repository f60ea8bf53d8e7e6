// SPDX-License-Identifier: Apache-2.0
#include "database/dialect.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <catch2/catch_test_macros.hpp>

#include "database/sqlite/driver.hpp"
#include "database/sqlite/ledger_table.hpp"
#include "database/sqlite/result_codes.hpp"

using namespace headgate;
using namespace headgate::database;
using namespace headgate::database::sqlite;

TEST_CASE("every column of a ledger row comes back as it went in") {
    SQLite::Database database(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    create_ledger(database);
    InsertRow insert;
    auto& row = insert.row;
    row.revision = "9f3c1a7be204";
    row.parents = {"a", "b"};
    row.depends_on = {"c"};
    row.message = "it's \"ünï\" \\ -- ; $$";
    row.checksums = {"raw'", "tokens", 3};
    row.state = ledger::State::partial;
    row.statements_done = 4;
    row.duration = base::Milliseconds(1234);
    row.applied_by = "root";
    row.host = "pod-1";
    row.run_id = "12ab";
    row.image_label = "v1";
    row.headgate_version = "0.1.0";
    row.is_breaking = true;
    change_ledger(database, insert);

    const auto ledger = read_ledger_table(database);
    const auto& read = ledger.rows().at(0);
    CHECK(read.sequence == 1);
    CHECK(read.layout == ledger::layout_version);
    CHECK(read.kind == "revision");
    CHECK(read.revision == row.revision);
    CHECK(read.parents == row.parents);
    CHECK(read.depends_on == row.depends_on);
    CHECK(read.message == row.message);
    CHECK(read.checksums == row.checksums);
    CHECK(read.state == row.state);
    CHECK(read.statements_done == 4);
    CHECK(read.duration == row.duration);
    CHECK(read.applied_by == row.applied_by);
    CHECK(read.host == row.host);
    CHECK(read.run_id == row.run_id);
    CHECK(read.image_label == row.image_label);
    CHECK(read.headgate_version == row.headgate_version);
    CHECK(read.is_breaking);
    REQUIRE(read.applied_at.size() == std::string_view("2026-11-23T10:00:00.000Z").size());
    CHECK(read.applied_at[10] == 'T');
    CHECK(read.applied_at.back() == 'Z');
}

TEST_CASE("a sequence number is never given twice") {
    SQLite::Database database(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    create_ledger(database);
    InsertRow insert;
    insert.row.revision = "a";
    change_ledger(database, insert);
    change_ledger(database, DeleteRow{"a"});
    change_ledger(database, insert);
    CHECK(look_at_ledger(database) == ledger::Expectation{true, 1, 2});
}

TEST_CASE("result codes have the names of SQLite's manual") {
    CHECK(name_of_result(19) == "SQLITE_CONSTRAINT");
    CHECK(name_of_result(2067) == "SQLITE_CONSTRAINT_UNIQUE");
    CHECK(name_of_result(517) == "SQLITE_BUSY_SNAPSHOT");
    CHECK(name_of_result(19 | (200 << 8)) == "SQLITE_CONSTRAINT");
    CHECK(name_of_result(99) == "SQLITE_99");
}
