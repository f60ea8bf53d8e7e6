// SPDX-License-Identifier: Apache-2.0
// A step runs on the ledger that its plan was made for, or not at all.
#include <algorithm>

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>

#include "contract/steps.hpp"
#include "contract/subject.hpp"

using namespace headgate;
using namespace headgate::contract;
using namespace headgate::database;

using Names = std::vector<std::string>;

namespace {

StepsResult apply_on(Connection& connection, const StepScript& step, const ledger::Expectation& expected) {
    KeptProgress progress;
    return connection.apply_steps({&step, 1}, expected, progress, {});
}

}  // namespace

TEMPLATE_TEST_CASE("a ledger that has moved on stops the step before its SQL", "", SqliteSubject, PostgresSubject) {
    const TestType subject;
    const auto connection = subject.connect();
    const auto other = subject.connect();
    REQUIRE(apply(*connection, revision_step(subject.dialect, "r1", "")).end == StepEnd::committed);
    REQUIRE(apply(*connection, revision_step(subject.dialect, "r2", "")).end == StepEnd::committed);
    const auto planned_for = expectation_of(*connection);

    SECTION("by a row that was added") {
        REQUIRE(apply(*other, revision_step(subject.dialect, "r3", "")).end == StepEnd::committed);
    }
    SECTION("by a row that was removed") {
        REQUIRE(apply(*other, undo_step(subject.dialect, "r2", "")).end == StepEnd::committed);
    }
    SECTION("by a row that was removed and another in its place: the numbers are never used again") {
        REQUIRE(apply(*other, undo_step(subject.dialect, "r2", "")).end == StepEnd::committed);
        REQUIRE(apply(*other, revision_step(subject.dialect, "r3", "")).end == StepEnd::committed);
        CHECK(expectation_of(*other).rows == planned_for.rows);
    }
    SECTION("by all rows removed and the same ones applied again") {
        REQUIRE(apply(*other, undo_step(subject.dialect, "r2", "")).end == StepEnd::committed);
        REQUIRE(apply(*other, undo_step(subject.dialect, "r1", "")).end == StepEnd::committed);
        REQUIRE(apply(*other, revision_step(subject.dialect, "r1", "")).end == StepEnd::committed);
        REQUIRE(apply(*other, revision_step(subject.dialect, "r2", "")).end == StepEnd::committed);
    }
    const auto rows = applied(*connection);
    const auto result =
        apply_on(*connection, revision_step(subject.dialect, "r9", "CREATE TABLE a (x integer)"), planned_for);
    CHECK(result.end == StepEnd::ledger_moved);
    CHECK(result.committed == 0);
    CHECK(applied(*connection) == rows);
    CHECK(connection->read_surroundings({}).tables.empty());
}

TEMPLATE_TEST_CASE("a ledger that somebody else made meanwhile stops the first step", "", SqliteSubject,
                   PostgresSubject) {
    const TestType subject;
    const auto connection = subject.connect();
    REQUIRE(apply(*subject.connect(), revision_step(subject.dialect, "r1", "")).end == StepEnd::committed);
    CHECK(apply_on(*connection, revision_step(subject.dialect, "r1", "CREATE TABLE a (x integer)"), {}).end ==
          StepEnd::ledger_moved);
    CHECK(applied(*connection) == Names{"r1"});
}

TEMPLATE_TEST_CASE("a ledger that is gone stops the step", "", SqliteSubject, PostgresSubject) {
    const TestType subject;
    const auto connection = subject.connect();
    CHECK(apply_on(*connection, revision_step(subject.dialect, "r2", "CREATE TABLE a (x integer)"), {true, 1, 1}).end ==
          StepEnd::ledger_moved);
    CHECK_FALSE(connection->read_ledger({}).ledger.exists());
    CHECK(connection->read_surroundings({}).tables.empty());
}

TEMPLATE_TEST_CASE("numbers of rows grow in the order of application", "", SqliteSubject, PostgresSubject) {
    const TestType subject;
    const auto connection = subject.connect();
    for (const auto* revision : {"c", "a", "b"}) {
        REQUIRE(apply(*connection, revision_step(subject.dialect, revision, "")).end == StepEnd::committed);
    }
    CHECK(applied(*connection) == Names{"c", "a", "b"});
    CHECK(expectation_of(*connection).last_sequence == connection->read_ledger({}).ledger.rows().back().sequence);
}

TEMPLATE_TEST_CASE("a second row for a revision is refused", "", SqliteSubject, PostgresSubject) {
    const TestType subject;
    const auto connection = subject.connect();
    REQUIRE(apply(*connection, revision_step(subject.dialect, "r1", "")).end == StepEnd::committed);
    const auto result = apply(*connection, revision_step(subject.dialect, "r1", "CREATE TABLE a (x integer)"));
    CHECK(result.end != StepEnd::committed);
    CHECK(applied(*connection) == Names{"r1"});
    CHECK(connection->read_surroundings({}).tables.empty());
}

TEMPLATE_TEST_CASE("surroundings show what headgate did not make", "", SqliteSubject, PostgresSubject) {
    const TestType subject;
    const auto connection = subject.connect();
    CHECK(connection->read_surroundings({}).tables.empty());
    CHECK(connection->read_surroundings({}).other_histories.empty());
    REQUIRE(apply(*connection,
                  sql_step(subject.dialect,
                           "CREATE TABLE orders (x integer);"
                           "CREATE TABLE alembic_version (version_num varchar(32) NOT NULL);"
                           "INSERT INTO alembic_version VALUES ('1975ea83b712');"
                           "CREATE TABLE goose_db_version (id integer, version_id integer, is_applied integer);"))
                .end == StepEnd::committed);
    const auto surroundings = subject.connect(Access::read_only)->read_surroundings({});
    CHECK(std::ranges::contains(surroundings.tables, "orders"));
    CHECK_FALSE(std::ranges::contains(surroundings.tables, "headgate_ledger"));
    REQUIRE(surroundings.other_histories.size() == 1);
    CHECK(surroundings.other_histories.front().contains("alembic_version"));
    CHECK(surroundings.other_histories.front().contains("1975ea83b712"));
    CHECK(surroundings.other_ledgers.empty());
}
