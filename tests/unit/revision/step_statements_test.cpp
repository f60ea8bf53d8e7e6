// SPDX-License-Identifier: Apache-2.0
#include "revision/step_statements.hpp"

#include <catch2/catch_test_macros.hpp>

#include "parsing.hpp"

namespace headgate::revision {

using namespace testing;

namespace {

struct Result {
    Lines bodies;
    Lines problems;
};

Result choose(std::string_view text, DialectId dialect = DialectId::postgresql,
              TransactionMode mode = TransactionMode::one_transaction) {
    const StepStatements chosen = choose_statements({text, "r.sql", 1, dialect, mode});
    Result result{{}, render(chosen.problems)};
    for (const sql::Statement& statement : chosen.statements) result.bodies.emplace_back(statement.body(text));
    return result;
}

Lines refused(std::string_view text, DialectId dialect = DialectId::postgresql) {
    return choose(text, dialect).problems;
}
Lines refused_alone(std::string_view text) {
    return choose(text, DialectId::postgresql, TransactionMode::none).problems;
}

}  // namespace

TEST_CASE("an outermost BEGIN and COMMIT are left out") {
    const Result result = choose("-- x\nBEGIN;\nSELECT 1;\nSELECT 2;\nCOMMIT;\n-- y\n");
    CHECK(result.bodies == Lines{"SELECT 1", "SELECT 2"});
    CHECK(result.problems == Lines{});
    CHECK(choose("START TRANSACTION; SELECT 1; END").bodies == Lines{"SELECT 1"});
    CHECK(choose("BEGIN IMMEDIATE; SELECT 1; COMMIT;", DialectId::sqlite).bodies == Lines{"SELECT 1"});
    CHECK(choose("BEGIN; COMMIT;").bodies == Lines{});
}

TEST_CASE("PRAGMAs around the pair are left out, but not those that mean something inside a transaction") {
    const Result result = choose(
        "PRAGMA foreign_keys=OFF;\nPRAGMA legacy_alter_table=ON;\nBEGIN TRANSACTION;\nPRAGMA defer_foreign_keys=ON;\n"
        "SELECT 1;\nCOMMIT;\nPRAGMA foreign_keys=ON;\nPRAGMA user_version = 3;\n",
        DialectId::sqlite);
    CHECK(result.problems == Lines{});
    CHECK(result.bodies ==
          Lines{"PRAGMA legacy_alter_table=ON", "PRAGMA defer_foreign_keys=ON", "SELECT 1", "PRAGMA user_version = 3"});
}

TEST_CASE("PRAGMAs without a pair stay") {
    CHECK(choose("PRAGMA foreign_keys=OFF; SELECT 1;", DialectId::sqlite).bodies ==
          Lines{"PRAGMA foreign_keys=OFF", "SELECT 1"});
}

TEST_CASE("psql's restrict lines are left out, around a pair too") {
    const Result result = choose("\\restrict abc\nBEGIN;\nSELECT 1;\nCOMMIT;\n\\unrestrict abc\n");
    CHECK(result.problems == Lines{});
    CHECK(result.bodies == Lines{"SELECT 1"});
}

TEST_CASE("the head of a pg_dump file is accepted") {
    CHECK(refused("SET statement_timeout = 0;\nSET client_encoding = 'UTF8';\nSET standard_conforming_strings = on;\n"
                  "SELECT pg_catalog.set_config('search_path', '', false);\nCOPY t (a) FROM stdin;\n1\n\\.\n") ==
          Lines{});
}

TEST_CASE("savepoints are fine in a step") {
    CHECK(refused("SAVEPOINT a; SELECT 1; ROLLBACK TO a; RELEASE SAVEPOINT a;") == Lines{});
}

TEST_CASE("a transaction that asks for more than a step gives is refused") {
    CHECK(refused("BEGIN ISOLATION LEVEL SERIALIZABLE; SELECT 1; COMMIT;") ==
          Lines{"1: BEGIN ISOLATION LEVEL SERIALIZABLE asks for a kind of transaction that a step is not"});
    CHECK(refused("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SELECT 1; COMMIT;") == Lines{});
}

TEST_CASE("any other transaction control is refused with its line") {
    CHECK(refused("SELECT 1;\nCOMMIT;\n") == Lines{"2: COMMIT would end the transaction that the step is"});
    CHECK(refused("SELECT 1;\nROLLBACK;\n") == Lines{"2: ROLLBACK would end the transaction that the step is"});
    CHECK(refused("BEGIN;\nSELECT 1;\n") == Lines{"1: BEGIN opens a transaction inside the step's own"});
    CHECK(refused("BEGIN;\nSELECT 1;\nCOMMIT;\nBEGIN;\nSELECT 2;\nCOMMIT;\n") ==
          Lines{"3: COMMIT would end the transaction that the step is",
                "4: BEGIN opens a transaction inside the step's own"});
    CHECK(refused("SELECT 1;\nBEGIN;\nSELECT 1;\nCOMMIT;\n").size() == 2);
    CHECK(refused("BEGIN;\nSELECT 1;\nROLLBACK;\n").size() == 2);
    CHECK(refused("PREPARE TRANSACTION 'x';").size() == 1);
    CHECK(refused("BEGIN; SELECT 1; COMMIT AND CHAIN;").size() == 2);
}

TEST_CASE("words of transaction control inside bodies are no transaction control") {
    CHECK(refused("CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 1; COMMIT; END $$;") == Lines{});
    CHECK(refused("CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; SELECT CASE WHEN 1 THEN 2 END; END;\n",
                  DialectId::sqlite) == Lines{});
}

TEST_CASE("what the server refuses inside a transaction says how to run it") {
    const StepStatements chosen = choose_statements({.text = "CREATE INDEX CONCURRENTLY i ON t (a);", .file = "r.sql"});
    REQUIRE(chosen.problems.size() == 1);
    CHECK(chosen.problems[0].message == "CREATE INDEX CONCURRENTLY i ON t (a) cannot run inside a transaction");
    CHECK(chosen.problems[0].hint == "add transaction = false to the header");
    CHECK(refused("VACUUM;").size() == 1);
    CHECK(refused("VACUUM;", DialectId::sqlite).size() == 1);
    CHECK(refused("ALTER SYSTEM SET work_mem = '1MB';").size() == 1);
    CHECK(refused("CREATE DATABASE d;").size() == 1);
    CHECK(refused_alone("CREATE INDEX CONCURRENTLY i ON t (a); VACUUM;") == Lines{});
}

TEST_CASE("without a transaction there is nothing to control") {
    for (const std::string statement : {"BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT a"}) {
        INFO(statement);
        CHECK(refused_alone("SELECT 1;\n" + statement + ";") ==
              Lines{"2: " + statement + " has no place in a revision with transaction = false"});
    }
}

TEST_CASE("what would outlive the step or change how text is read is refused in any") {
    for (const std::string statement : {"SELECT pg_advisory_lock(1)", "SET client_encoding = 'LATIN1'",
                                        "SET standard_conforming_strings = off", "\\connect other"}) {
        INFO(statement);
        CHECK(refused(statement + "\n").size() == 1);
        CHECK(refused_alone(statement + "\n").size() == 1);
    }
    CHECK(refused("SELECT pg_advisory_xact_lock(1);") == Lines{});
}

TEST_CASE("a section that is wrong everywhere gives some problems, not thousands") {
    std::string text;
    for (int count = 0; count < 1000; ++count) text += "COMMIT;\n";
    CHECK(refused(text).size() == 10);
}

}  // namespace headgate::revision
