// SPDX-License-Identifier: Apache-2.0
// Nothing of a step reaches the next one, or headgate's own ledger.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "unit/database/sqlite/file_database.hpp"

using namespace headgate;
using namespace headgate::database;
using namespace headgate::database::sqlite;

namespace {

// Fails unless `condition` holds; changes nothing.
std::string assertion(const std::string& condition) {
    return "CREATE TABLE probe (ok CHECK (ok)); INSERT INTO probe SELECT " + condition + "; DROP TABLE probe;";
}

bool holds_in_next_step(Connection& connection, const std::string& condition) {
    return apply(connection, assertion(condition)).end == StepEnd::committed;
}

}  // namespace

TEST_CASE("settings of a step do not reach the next one") {
    FileDatabase database;
    const auto connection = database.connect();
    SECTION("LIKE's case") {
        REQUIRE(apply(*connection, "PRAGMA case_sensitive_like = ON").end == StepEnd::committed);
        CHECK(holds_in_next_step(*connection, "'a' LIKE 'A'"));
    }
    SECTION("temporary tables") {
        REQUIRE(apply(*connection, "CREATE TEMP TABLE t (x)").end == StepEnd::committed);
        CHECK(holds_in_next_step(*connection, "NOT EXISTS (SELECT 1 FROM temp.sqlite_schema)"));
    }
    SECTION("temporary views and triggers") {
        REQUIRE(apply(*connection,
                      "CREATE TABLE a (x); CREATE TEMP VIEW v AS SELECT 1;"
                      "CREATE TEMP TRIGGER tr AFTER INSERT ON a BEGIN DELETE FROM a; END;")
                    .end == StepEnd::committed);
        CHECK(holds_in_next_step(*connection, "NOT EXISTS (SELECT 1 FROM temp.sqlite_schema)"));
    }
    SECTION("attached databases") {
        REQUIRE(apply(*connection, "ATTACH ':memory:' AS side").end == StepEnd::committed);
        CHECK(holds_in_next_step(*connection, "(SELECT count(*) FROM pragma_database_list WHERE name = 'side') = 0"));
    }
    SECTION("recursive triggers and legacy renaming") {
        REQUIRE(apply(*connection, "PRAGMA recursive_triggers = ON; PRAGMA legacy_alter_table = ON").end ==
                StepEnd::committed);
        CHECK(holds_in_next_step(*connection, "(SELECT recursive_triggers FROM pragma_recursive_triggers) = 0"));
        CHECK(holds_in_next_step(*connection, "(SELECT legacy_alter_table FROM pragma_legacy_alter_table) = 0"));
    }
    SECTION("writable_schema and query_only") {
        REQUIRE(apply(*connection, "PRAGMA writable_schema = ON; PRAGMA query_only = ON").end == StepEnd::committed);
        CHECK(holds_in_next_step(*connection, "(SELECT writable_schema FROM pragma_writable_schema) = 0"));
    }
}

TEST_CASE("a step cannot end its own transaction") {
    FileDatabase database;
    const auto connection = database.connect();
    const std::string end = GENERATE("COMMIT", "END", "ROLLBACK", "COMMIT; BEGIN");
    // As if the check of the file had let it through.
    const auto result = apply(*connection, "CREATE TABLE a (x); " + end + "; CREATE TABLE b (x)");
    REQUIRE(result.end == StepEnd::rolled_back);
    CHECK(result.error->message.contains("inside a step"));
    CHECK(result.error->spot == base::SourceSpot{"test.sql", 1, 21});
    CHECK(database.value("SELECT count(*) FROM sqlite_schema") == "0");
}

TEST_CASE("a conflict that makes SQLite roll back by itself leaves nothing") {
    FileDatabase database("CREATE TABLE a (x UNIQUE)");
    const auto result = apply(*database.connect(), revision_step("r1",
                                                                 "INSERT INTO a VALUES (1);\n"
                                                                 "INSERT OR ROLLBACK INTO a VALUES (1);\n"
                                                                 "INSERT INTO a VALUES (2);"));
    REQUIRE(result.end == StepEnd::rolled_back);
    CHECK(result.error->code == "SQLITE_CONSTRAINT_UNIQUE");
    CHECK(result.error->spot.line == 2);
    CHECK(database.value("SELECT count(*) FROM a") == "0");
}

TEST_CASE("savepoints are the step's own affair") {
    FileDatabase database;
    const auto result = apply(*database.connect(),
                              "CREATE TABLE a (x); SAVEPOINT s; INSERT INTO a VALUES (1);"
                              "ROLLBACK TO s; RELEASE s; SAVEPOINT left_open; INSERT INTO a VALUES (2)");
    CHECK(result.end == StepEnd::committed);
    CHECK(database.value("SELECT group_concat(x) FROM a") == "2");
}

TEST_CASE("a step cannot change the journal that would undo it") {
    FileDatabase database;
    const std::string mode = GENERATE("OFF", "MEMORY", "WAL");
    const auto result = apply(*database.connect(), "PRAGMA journal_mode = " + mode);
    REQUIRE(result.end == StepEnd::rolled_back);
    CHECK(result.error->message.contains("journal_mode"));
    CHECK(apply(*database.connect(), "PRAGMA journal_mode").end == StepEnd::committed);
}

TEST_CASE("a step that empties SQLite's table of sequences does not make the ledger count again") {
    FileDatabase database;
    const auto connection = database.connect();
    REQUIRE(apply(*connection, revision_step("r1", "")).end == StepEnd::committed);
    auto undo = script_step("DELETE FROM sqlite_sequence; CREATE TABLE a (x)");
    undo.changes.emplace_back(DeleteRow{"r1"});
    REQUIRE(apply(*connection, undo).end == StepEnd::committed);
    REQUIRE(apply(*connection, revision_step("r2", "")).end == StepEnd::committed);
    CHECK(connection->read_ledger({}).ledger.rows().back().sequence == 2);
}

TEST_CASE("a step that writes to the ledger itself fails") {
    FileDatabase database;
    const auto connection = database.connect();
    REQUIRE(apply(*connection, revision_step("r1", "")).end == StepEnd::committed);
    const std::string sql =
        GENERATE("DELETE FROM headgate_ledger", "DROP TABLE headgate_ledger",
                 "CREATE TRIGGER t BEFORE INSERT ON headgate_ledger BEGIN SELECT RAISE(IGNORE); END",
                 "INSERT INTO headgate_ledger SELECT NULL, layout, kind, 'x', parents, depends_on, "
                 "message, '', '', 1, state, 0, '', 0, '', '', '', '', '', 0 FROM headgate_ledger");
    CHECK(apply(*connection, revision_step("r2", sql)).end == StepEnd::rolled_back);
    CHECK(connection->read_ledger({}).ledger.rows().size() == 1);
}

TEST_CASE("extensions cannot be loaded") {
    FileDatabase database;
    const auto result = apply(*database.connect(), "SELECT load_extension('libm.so.6')");
    REQUIRE(result.end == StepEnd::rolled_back);
    CHECK(result.error->message.contains("not authorized"));
}

TEST_CASE("a statement with a parameter fails instead of writing NULL") {
    FileDatabase database("CREATE TABLE a (x)");
    const auto result = apply(*database.connect(), "INSERT INTO a VALUES (:name)");
    REQUIRE(result.end == StepEnd::rolled_back);
    CHECK(result.error->message == "the statement has a parameter, :name, and a step has no values for parameters");
}
