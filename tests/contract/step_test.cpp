// SPDX-License-Identifier: Apache-2.0
// A step is all or nothing, ledger row included.
#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>

#include "contract/steps.hpp"
#include "contract/subject.hpp"

using namespace headgate;
using namespace headgate::contract;
using namespace headgate::database;

using Names = std::vector<std::string>;

TEMPLATE_TEST_CASE("a step applies its SQL and its ledger row together", "", SqliteSubject, PostgresSubject) {
    const TestType subject;
    const auto connection = subject.connect();
    const auto result = apply(
        *connection, revision_step(subject.dialect, "r1", "CREATE TABLE a (x integer); INSERT INTO a VALUES (1);"));
    REQUIRE(result.end == StepEnd::committed);
    CHECK(result.committed == 1);
    CHECK(result.durations.size() == 1);
    CHECK_FALSE(result.error);
    CHECK(result.ledger == ledger::Expectation{true, 1, 1});
    CHECK(applied(*connection) == Names{"r1"});
    CHECK(holds(*connection, subject.dialect, "(SELECT count(*) FROM a) = 1"));
}

TEMPLATE_TEST_CASE("a ledger row comes back as it was written", "", SqliteSubject, PostgresSubject) {
    const TestType subject;
    const auto connection = subject.connect();
    auto step = revision_step(subject.dialect, "r1", "");
    auto& written = std::get<InsertRow>(step.changes.front()).row;
    written.parents = {"p1", "p2"};
    written.depends_on = {"d1"};
    written.message = "quotes ' \" \\ and ünï";
    written.image_label = "v1.2";
    written.applied_by = "runner";
    written.is_breaking = true;
    REQUIRE(apply(*connection, step).end == StepEnd::committed);
    const auto reading = connection->read_ledger({});
    const auto* row = reading.ledger.find("r1");
    REQUIRE(row != nullptr);
    CHECK(row->parents == written.parents);
    CHECK(row->depends_on == written.depends_on);
    CHECK(row->message == written.message);
    CHECK(row->checksums == written.checksums);
    CHECK(row->state == ledger::State::applied);
    CHECK(row->image_label == "v1.2");
    CHECK(row->host == "contract");
    CHECK(row->run_id == "12ab");
    CHECK(row->headgate_version == "0.1.0");
    CHECK(row->applied_by.contains("runner"));
    CHECK(row->is_breaking);
    CHECK(row->layout == ledger::layout_version);
    CHECK(row->applied_at.starts_with("20"));
    CHECK(row->applied_at.ends_with("Z"));
    CHECK_FALSE(reading.qualified_name.empty());
}

TEMPLATE_TEST_CASE("a statement that fails in the middle leaves nothing and is named", "", SqliteSubject,
                   PostgresSubject) {
    const TestType subject;
    const auto connection = subject.connect();
    REQUIRE(apply(*connection, revision_step(subject.dialect, "r1", "CREATE TABLE a (x integer UNIQUE)")).end ==
            StepEnd::committed);
    SECTION("at run time") {
        const auto result = apply(*connection, revision_step(subject.dialect, "r2",
                                                             "CREATE TABLE b (x integer);\n"
                                                             "INSERT INTO a VALUES (1);\n"
                                                             "INSERT INTO a VALUES (1);\n"
                                                             "CREATE TABLE c (x integer);\n"));
        REQUIRE(result.end == StepEnd::rolled_back);
        CHECK(result.error->kind == base::ErrorKind::step_failed);
        CHECK(result.error->code == subject.duplicate_key_code());
        CHECK(result.error->spot.file == "contract.sql");
        CHECK(result.error->spot.line == 12);
    }
    SECTION("by its syntax") {
        const auto result = apply(
            *connection, revision_step(subject.dialect, "r2", "CREATE TABLE b (x integer);\n  SELECT 'ü', FROM b;\n"));
        REQUIRE(result.end == StepEnd::rolled_back);
        CHECK(result.error->spot == base::SourceSpot{"contract.sql", 11, 15});
        CHECK(result.error->excerpt.contains("SELECT 'ü', FROM b;"));
    }
    SECTION("by a name that is not there") {
        const auto result = apply(
            *connection, revision_step(subject.dialect, "r2", "CREATE TABLE b (x integer);\nSELECT *\n FROM nowhere;"));
        REQUIRE(result.end == StepEnd::rolled_back);
        CHECK(result.error->message.contains("nowhere"));
        CHECK(result.error->spot.line >= 11);
    }
    CHECK(applied(*connection) == Names{"r1"});
    CHECK(connection->read_surroundings({}).tables == Names{"a"});
    CHECK(apply(*connection, revision_step(subject.dialect, "r2", "INSERT INTO a VALUES (1)")).end ==
          StepEnd::committed);
}

TEMPLATE_TEST_CASE("the first step makes the ledger in its own transaction", "", SqliteSubject, PostgresSubject) {
    const TestType subject;
    const auto connection = subject.connect();
    CHECK_FALSE(connection->read_ledger({}).ledger.exists());
    const auto failed = apply(
        *connection, revision_step(subject.dialect, "r1", "CREATE TABLE a (x integer); INSERT INTO a VALUES (1, 2)"));
    REQUIRE(failed.end == StepEnd::rolled_back);
    CHECK_FALSE(connection->read_ledger({}).ledger.exists());
    CHECK(connection->read_surroundings({}).tables.empty());
    REQUIRE(apply(*connection, revision_step(subject.dialect, "r1", "")).end == StepEnd::committed);
    CHECK(applied(*connection) == Names{"r1"});
}

TEMPLATE_TEST_CASE("steps without SQL change the ledger alone", "", SqliteSubject, PostgresSubject) {
    const TestType subject;
    const auto connection = subject.connect();
    REQUIRE(apply(*connection, revision_step(subject.dialect, "r1", "")).end == StepEnd::committed);

    SECTION("another checksum") {
        StepScript repair;
        repair.label = "r1";
        repair.changes.emplace_back(UpdateChecksums{"r1", {"new raw", "new tokens", 2}});
        REQUIRE(apply(*connection, repair).end == StepEnd::committed);
        CHECK(connection->read_ledger({}).ledger.find("r1")->checksums == base::Checksums{"new raw", "new tokens", 2});
    }
    SECTION("a removed row, which leaves an empty ledger") {
        const auto result = apply(*connection, undo_step(subject.dialect, "r1", ""));
        CHECK(result.ledger == ledger::Expectation{true, 0, 0});
        CHECK(connection->read_ledger({}).ledger.exists());
        CHECK(connection->read_ledger({}).ledger.is_empty());
    }
    SECTION("several rows at once") {
        auto step = revision_step(subject.dialect, "r2", "");
        const auto more = revision_step(subject.dialect, "r3", "");
        step.changes.push_back(more.changes.front());
        step.changes.emplace_back(DeleteRow{"r1"});
        REQUIRE(apply(*connection, step).end == StepEnd::committed);
        CHECK(applied(*connection) == Names{"r2", "r3"});
    }
}

TEMPLATE_TEST_CASE("a change of a row that is not there fails the step", "", SqliteSubject, PostgresSubject) {
    const TestType subject;
    const auto connection = subject.connect();
    REQUIRE(apply(*connection, revision_step(subject.dialect, "r1", "")).end == StepEnd::committed);
    SECTION("to remove it") {
        CHECK(apply(*connection, undo_step(subject.dialect, "r9", "CREATE TABLE a (x integer)")).end ==
              StepEnd::rolled_back);
    }
    SECTION("to change its checksums") {
        StepScript step = sql_step(subject.dialect, "CREATE TABLE a (x integer)");
        step.changes.emplace_back(UpdateChecksums{"r9", {"a", "b", 1}});
        CHECK(apply(*connection, step).end == StepEnd::rolled_back);
    }
    CHECK(applied(*connection) == Names{"r1"});
    CHECK(connection->read_surroundings({}).tables.empty());
}

TEMPLATE_TEST_CASE("of two steps in one call the first stays when the second fails", "", SqliteSubject,
                   PostgresSubject) {
    const TestType subject;
    const auto connection = subject.connect();
    const std::vector steps{
        revision_step(subject.dialect, "r1", "CREATE TABLE a (x integer)"),
        revision_step(subject.dialect, "r2", "CREATE TABLE b (x integer); INSERT INTO nowhere VALUES (1)"),
        revision_step(subject.dialect, "r3", "CREATE TABLE c (x integer)")};
    KeptProgress progress;
    const auto result = connection->apply_steps(steps, {}, progress, {});
    CHECK(result.end == StepEnd::rolled_back);
    CHECK(result.committed == 1);
    CHECK(result.durations.size() == 1);
    CHECK(result.ledger == ledger::Expectation{true, 1, 1});
    CHECK(progress.committed == std::vector<std::size_t>{0});
    CHECK(applied(*connection) == Names{"r1"});
    CHECK(connection->read_surroundings({}).tables == Names{"a"});
}

TEMPLATE_TEST_CASE("many steps in one call follow each other, each on the ledger of the one before", "", SqliteSubject,
                   PostgresSubject) {
    const TestType subject;
    const auto connection = subject.connect();
    std::vector<StepScript> steps;
    for (int i = 1; i <= 20; ++i) {
        const auto n = std::to_string(i);
        steps.push_back(revision_step(subject.dialect, "r" + n, "CREATE TABLE t" + n + " (x integer)"));
    }
    KeptProgress progress;
    const auto result = connection->apply_steps(steps, {}, progress, {});
    CHECK(result.end == StepEnd::committed);
    CHECK(result.committed == 20);
    CHECK(progress.committed.size() == 20);
    CHECK(result.ledger == expectation_of(*connection));
    CHECK(connection->apply_steps({}, result.ledger, progress, {}).ledger == result.ledger);
}

TEMPLATE_TEST_CASE("scripts without a final semicolon, with comments only, or empty, are steps", "", SqliteSubject,
                   PostgresSubject) {
    const TestType subject;
    const auto connection = subject.connect();
    CHECK(apply(*connection, revision_step(subject.dialect, "r1", "CREATE TABLE a (x integer)\r\n  -- the end")).end ==
          StepEnd::committed);
    CHECK(apply(*connection, revision_step(subject.dialect, "r2", "-- nothing\n/* at all */\n;;")).end ==
          StepEnd::committed);
    CHECK(apply(*connection, revision_step(subject.dialect, "r3", "\n")).end == StepEnd::committed);
    CHECK(applied(*connection).size() == 3);
}

TEMPLATE_TEST_CASE("a temporary table named like the ledger swallows no row", "", SqliteSubject, PostgresSubject) {
    const TestType subject;
    const auto connection = subject.connect();
    REQUIRE(apply(*connection, revision_step(subject.dialect, "r1", "")).end == StepEnd::committed);
    REQUIRE(apply(*connection, revision_step(subject.dialect, "r2", subject.temporary_ledger())).end ==
            StepEnd::committed);
    CHECK(applied(*connection) == Names{"r1", "r2"});
    REQUIRE(apply(*connection, revision_step(subject.dialect, "r3", "")).end == StepEnd::committed);
    CHECK(applied(*subject.connect(Access::read_only)) == Names{"r1", "r2", "r3"});
}

TEMPLATE_TEST_CASE("a temporary table of one step is not there in the next", "", SqliteSubject, PostgresSubject) {
    const TestType subject;
    const auto connection = subject.connect();
    const std::string make = "CREATE TEMP TABLE scratch (x integer); INSERT INTO scratch VALUES (1);";
    REQUIRE(apply(*connection, revision_step(subject.dialect, "r1", make)).end == StepEnd::committed);
    CHECK(apply(*connection, revision_step(subject.dialect, "r2", make)).end == StepEnd::committed);
}
