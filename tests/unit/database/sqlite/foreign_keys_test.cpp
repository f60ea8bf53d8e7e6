// SPDX-License-Identifier: Apache-2.0
#include "database/sqlite/foreign_keys.hpp"

#include <catch2/catch_test_macros.hpp>

#include "unit/database/sqlite/file_database.hpp"

using namespace headgate;
using namespace headgate::database;
using namespace headgate::database::sqlite;

namespace {

constexpr const char* users_and_sessions =
    "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);"
    "CREATE TABLE sessions (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE);"
    "INSERT INTO users VALUES (1, 'ann'), (2, 'bob');"
    "INSERT INTO sessions VALUES (10, 1), (11, 1), (12, 2);";

constexpr const char* rebuild_users =
    "CREATE TABLE users_new (id INTEGER PRIMARY KEY, name TEXT NOT NULL);"
    "INSERT INTO users_new SELECT id, name FROM users;"
    "DROP TABLE users;"
    "ALTER TABLE users_new RENAME TO users;";

StepsResult apply_to(FileDatabase& database, const std::string& sql) {
    return apply(*database.connect(), sql);
}

}  // namespace

TEST_CASE("a rebuild of a parent table keeps every row of its children") {
    FileDatabase database(users_and_sessions);
    REQUIRE(apply_to(database, rebuild_users).end == StepEnd::committed);
    CHECK(database.value("SELECT count(*) FROM sessions") == "3");
    CHECK(database.value("SELECT count(*) FROM pragma_foreign_key_check") == "0");
}

TEST_CASE("a step that turns foreign keys on still keeps the children of a rebuilt table") {
    FileDatabase database(users_and_sessions);
    REQUIRE(apply_to(database, std::string("PRAGMA foreign_keys = ON;") + rebuild_users).end == StepEnd::committed);
    CHECK(database.value("SELECT count(*) FROM sessions") == "3");
}

TEST_CASE("a step that breaks a foreign key fails and names table, row, value and parent") {
    FileDatabase database(users_and_sessions);
    const auto result = apply_to(database, "INSERT INTO sessions VALUES (77, 5)");
    REQUIRE(result.end == StepEnd::rolled_back);
    CHECK(result.error->kind == base::ErrorKind::step_failed);
    CHECK(result.error->code == "SQLITE_CONSTRAINT_FOREIGNKEY");
    CHECK(result.error->detail == "table sessions, row 77: user_id = 5 is not in table users");
    CHECK(result.error->spot.file == "test.sql");
    CHECK(database.value("SELECT count(*) FROM sessions") == "3");
}

TEST_CASE("a deleted parent row with children left fails the step") {
    FileDatabase database(users_and_sessions);
    const auto result = apply_to(database, "DELETE FROM users WHERE id = 1");
    REQUIRE(result.end == StepEnd::rolled_back);
    CHECK(result.error->message == "the step would leave 2 rows that break a foreign key");
    CHECK(database.value("SELECT count(*) FROM users") == "2");
}

TEST_CASE("a foreign key that was broken before does not fail a step") {
    FileDatabase database(std::string(users_and_sessions) + "INSERT INTO sessions VALUES (13, 99), (14, 99)");
    CHECK(apply_to(database, "CREATE TABLE other (id INTEGER)").end == StepEnd::committed);
    SECTION("nor does it after its table was renamed") {
        CHECK(apply_to(database, "ALTER TABLE sessions RENAME TO logins").end == StepEnd::committed);
    }
    SECTION("nor does it after a rebuild gave its rows new numbers") {
        CHECK(apply_to(database,
                       "CREATE TABLE s (user_id INTEGER REFERENCES users (id));"
                       "INSERT INTO s SELECT user_id FROM sessions ORDER BY id DESC; DROP TABLE sessions;"
                       "ALTER TABLE s RENAME TO sessions")
                  .end == StepEnd::committed);
    }
    SECTION("but one more row with the same value does") {
        CHECK(apply_to(database, "INSERT INTO sessions VALUES (15, 99)").end == StepEnd::rolled_back);
    }
}

TEST_CASE("a rename-first rebuild that leaves a child pointing at the dropped table fails, though the child is empty") {
    FileDatabase database(users_and_sessions);
    database.execute("DELETE FROM sessions");
    const auto result = apply_to(database,
                                 "ALTER TABLE users RENAME TO users_old;"
                                 "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);"
                                 "INSERT INTO users SELECT id, name FROM users_old; DROP TABLE users_old;");
    REQUIRE(result.end == StepEnd::rolled_back);
    CHECK(result.error->detail == "table sessions refers to table users_old, which is not there");
    CHECK(result.error->hint.contains("rebuild"));
    CHECK(database.value("SELECT \"table\" FROM pragma_foreign_key_list('sessions')") == "users");
}

TEST_CASE("a foreign key that led to no table before does not fail a step") {
    FileDatabase database("CREATE TABLE a (x REFERENCES ghost (id))");
    CHECK(apply_to(database, "CREATE TABLE other (id INTEGER)").end == StepEnd::committed);
    CHECK(apply_to(database, "ALTER TABLE a RENAME TO b").end == StepEnd::committed);
    CHECK(apply_to(database, "CREATE TABLE c (x REFERENCES Ghost (id))").end == StepEnd::rolled_back);
}

TEST_CASE("a table's names are compared as SQLite compares them") {
    FileDatabase database;
    CHECK(apply_to(database, "CREATE TABLE Users (id INTEGER PRIMARY KEY); CREATE TABLE s (u REFERENCES uSERS (ID))")
              .end == StepEnd::committed);
}

TEST_CASE("foreign keys to columns that are not unique fail the step that makes them, and no later one") {
    FileDatabase database("CREATE TABLE p (a); CREATE TABLE c (x REFERENCES p (a)); INSERT INTO c VALUES (1)");
    CHECK(apply_to(database, "CREATE TABLE other (id INTEGER)").end == StepEnd::committed);
    const auto result = apply_to(database, "CREATE TABLE d (x REFERENCES p (a)); INSERT INTO d VALUES (1)");
    REQUIRE(result.end == StepEnd::rolled_back);
    CHECK(result.error->detail.contains("foreign key mismatch"));
}

TEST_CASE("a table without row numbers, compound keys and odd names are checked too") {
    FileDatabase database(
        "CREATE TABLE \"the \"\"p\" (a, b, PRIMARY KEY (a, b)) WITHOUT ROWID; INSERT INTO \"the \"\"p\" VALUES (1, 2);"
        "CREATE TABLE w (k TEXT PRIMARY KEY, a, b, FOREIGN KEY (a, b) REFERENCES \"the \"\"p\") WITHOUT ROWID;"
        "CREATE TABLE \"n o\" (\"x y\", z, FOREIGN KEY (\"x y\", z) REFERENCES \"the \"\"p\")");
    CHECK(apply_to(database, "INSERT INTO w VALUES ('k', 1, 2); INSERT INTO \"n o\" VALUES (1, 2), (1, NULL)").end ==
          StepEnd::committed);
    const auto broken = apply_to(database, "INSERT INTO \"n o\" VALUES (3, 4)");
    CHECK(broken.error->detail == "table n o, row 3: x y, z = 3, 4 is not in table the \"p");
    CHECK(apply_to(database, "INSERT INTO w VALUES ('l', 3, 4)").error->detail ==
          "table w: a row's a, b is not in table the \"p");
}

TEST_CASE("what somebody else breaks between two steps is not blamed on the second") {
    FileDatabase database(users_and_sessions);
    const auto connection = database.connect();
    REQUIRE(apply(*connection, "UPDATE users SET name = 'eve' WHERE id = 2").end == StepEnd::committed);
    database.execute("INSERT INTO sessions VALUES (20, 5)");
    CHECK(apply(*connection, "UPDATE users SET name = 'ann' WHERE id = 2").end == StepEnd::committed);
}
