// SPDX-License-Identifier: Apache-2.0
// Steps and roles that try, by accident, to break the next step or the ledger: nothing leaks, the ledger is right.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "gate/project.hpp"

using namespace headgate::gate;
using namespace headgate::support;

namespace {

// A role of the test's own: roles belong to the server, not to the database.
class TestRole {
public:
    explicit TestRole(const Project& project, const std::string& options = "")
        : project_(project), name_("r_" + project.database().value("SELECT current_database()")) {
        project.database().execute("CREATE ROLE " + name_ + " " + options);
    }
    ~TestRole() {
        try {
            project_.database().execute("DROP OWNED BY " + name_ + " CASCADE; DROP ROLE " + name_);
        } catch (const std::exception&) {
            // The database is dropped next; a role that is left over there hurts nobody.
        }
    }
    TestRole(const TestRole&) = delete;
    TestRole& operator=(const TestRole&) = delete;
    const std::string& name() const { return name_; }

private:
    const Project& project_;
    std::string name_;
};

std::string name_of(const Project& project) {
    return project.database().value("SELECT current_database()");
}

// Step 3 sees nothing of what step 2 did to the session, and the ledger is where it was.
void check_unbroken(Project& project, const std::string& hostile) {
    project.add_step(1, "CREATE TABLE one (a integer);");
    project.add_step(2, hostile);
    project.add_step(
        3,
        "CREATE TABLE after_it (a integer);\nCREATE TEMP TABLE leftover (a integer);\nPREPARE p AS SELECT 3;\n"
        "INSERT INTO after_it VALUES (1);\nDO $$ BEGIN\n"
        "IF current_setting('transaction_isolation') <> 'read committed' THEN RAISE EXCEPTION 'isolation'; END IF;\n"
        "IF current_user <> session_user THEN RAISE EXCEPTION 'role'; END IF;\nEND $$;");
    const Outcome outcome = project.start();
    INFO(hostile << "\n" << outcome.describe());
    CHECK(server_started(outcome));
    CHECK(project.database().rows("SELECT revision FROM public.headgate_ledger ORDER BY sequence") ==
          std::vector<TextRow>{{id(1)}, {id(2)}, {id(3)}});
    CHECK(project.database().value("SELECT count(*) FROM public.after_it") == "1");
    CHECK(project.database().value("SELECT count(*) FROM pg_class WHERE relname = 'headgate_ledger'") == "1");
    CHECK(server_started(project.start()));
}

}  // namespace

TEST_CASE("what a step does to its session ends with the step") {
    Project project(Kind::postgres);
    const std::string hostile = GENERATE(
        "CREATE SCHEMA elsewhere;\nSET search_path = elsewhere;", "SET search_path = '';",
        "SELECT pg_catalog.set_config('search_path', '', false);", "RESET ALL;", "SET SESSION AUTHORIZATION DEFAULT;",
        "CREATE TEMP TABLE headgate_ledger (LIKE public.headgate_ledger INCLUDING ALL);",
        "CREATE TEMP TABLE headgate_ledger (nonsense integer);", "LISTEN c;\nNOTIFY c, 'payload';",
        "PREPARE p AS SELECT 2;\nEXECUTE p;", "CREATE TEMP TABLE leftover (b text);",
        "SET default_transaction_isolation = 'repeatable read';", "SET default_transaction_read_only = on;",
        "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL SERIALIZABLE, READ ONLY;",
        "SET lock_timeout = '1ms';\nSET idle_in_transaction_session_timeout = '1ms';", "SET TIME ZONE 'Asia/Kolkata';",
        "SET DateStyle = 'German, DMY';\nSET IntervalStyle = 'sql_standard';",
        "SET session_replication_role = replica;", "SET check_function_bodies = off;\nSET row_security = off;",
        "DECLARE c CURSOR WITH HOLD FOR SELECT 1;",
        "SAVEPOINT a;\nCREATE TABLE gone (a integer);\nROLLBACK TO SAVEPOINT a;\nRELEASE SAVEPOINT a;",
        "CREATE FUNCTION pg_temp.now() RETURNS integer LANGUAGE sql AS 'SELECT 1';\nSET search_path = pg_temp, "
        "public;");
    check_unbroken(project, hostile);
}

TEST_CASE("a role that a step has taken on ends with the step") {
    Project project(Kind::postgres);
    const TestRole role(project);
    project.database().execute("GRANT CREATE ON SCHEMA public TO " + role.name());
    const std::string how = GENERATE("SET ROLE ", "SET SESSION AUTHORIZATION ");
    check_unbroken(project, how + role.name() + ";\nCREATE TABLE as_role (a integer);");
    CHECK(project.database().value("SELECT tableowner FROM pg_tables WHERE tablename = 'as_role'") == role.name());
    CHECK(project.database().value("SELECT tableowner FROM pg_tables WHERE tablename = 'after_it'") != role.name());
}

TEST_CASE("a step may not end or leave its own transaction, nor take what outlives it: refused before anything runs") {
    Project project(Kind::postgres);
    const std::string statement = GENERATE(
        "COMMIT;", "ROLLBACK;", "SELECT 1; COMMIT; SELECT 2;", "END;", "ABORT;", "START TRANSACTION;",
        "PREPARE TRANSACTION 'x';", "SELECT pg_advisory_lock(1);", "SELECT pg_catalog.pg_try_advisory_lock(1, 2);",
        "SET client_encoding = 'LATIN1';", "SET NAMES 'LATIN1';", "SET standard_conforming_strings = off;");
    project.add_step(1, "CREATE TABLE one (a integer);");
    const auto file =
        project.add_step(2, "CREATE TABLE two (a integer);\n" + statement + "\nCREATE TABLE two_b (a integer);");
    const Outcome outcome = project.start();
    INFO(statement << "\n" << outcome.describe());
    CHECK(outcome.exit_code == 65);
    CHECK(outcome.err.contains(spot(file, statement)));
    CHECK(project.database().tables().empty());
}

TEST_CASE("what cannot run in a transaction is refused at load, with the way out") {
    Project project(Kind::postgres);
    const std::string statement =
        GENERATE("CREATE INDEX CONCURRENTLY i ON one (a);", "VACUUM one;", "ALTER SYSTEM SET work_mem = '8MB';",
                 "CREATE DATABASE other;", "DROP INDEX CONCURRENTLY i;", "REINDEX TABLE CONCURRENTLY one;",
                 "DROP DATABASE other;", "CREATE TABLESPACE t LOCATION '/x';");
    const auto file = project.add_step(1, "CREATE TABLE one (a integer);\n" + statement);
    const Outcome outcome = project.start();
    INFO(statement << "\n" << outcome.describe());
    CHECK(outcome.exit_code == 65);
    CHECK(outcome.err.contains(spot(file, statement)));
    CHECK(outcome.err.contains("transaction = false"));
    CHECK(project.database().tables().empty());
}

TEST_CASE("what the database's own defaults do to every session does not reach the gate") {
    Project project(Kind::postgres);
    const std::string setting =
        GENERATE("default_transaction_isolation = 'repeatable read'", "default_transaction_isolation = 'serializable'",
                 "default_transaction_read_only = on", "default_transaction_deferrable = on", "lock_timeout = '1ms'",
                 "statement_timeout = '300ms'", "client_encoding = 'LATIN1'", "standard_conforming_strings = off",
                 "DateStyle = 'German'", "bytea_output = 'escape'", "client_min_messages = 'debug5'",
                 "client_min_messages = 'error'", "session_replication_role = 'origin'", "quote_all_identifiers = on",
                 "idle_in_transaction_session_timeout = '1ms'", "array_nulls = off", "log_statement = 'all'");
    project.database().execute("ALTER DATABASE " + name_of(project) + " SET " + setting);
    project.add_step(
        1, "CREATE TABLE one (a text);\nINSERT INTO one VALUES ('a\\b \xC3\xA4\xE2\x82\xAC');\nSELECT pg_sleep(0.5);");
    project.add_step(2, "CREATE TABLE two (a integer);");
    const Outcome outcome = project.start();
    INFO(setting << "\n" << outcome.describe());
    CHECK(server_started(outcome));
    project.database().execute("SET TRANSACTION READ WRITE; ALTER DATABASE " + name_of(project) + " RESET ALL");
    CHECK(project.applied() == std::vector{id(1), id(2)});
    CHECK(project.database().value("SELECT a FROM one") == "a\\b \xC3\xA4\xE2\x82\xAC");
    CHECK(server_started(project.start()));
}

TEST_CASE("the ledger lives in the first schema of the search path that exists") {
    Project project(Kind::postgres);
    project.database().execute("CREATE SCHEMA app; ALTER DATABASE " + name_of(project) +
                               " SET search_path = absent, app, public");
    project.add_three_steps();
    const Outcome outcome = project.start();
    INFO(outcome.describe());
    CHECK(server_started(outcome));
    CHECK(project.database().value("SELECT count(*) FROM app.headgate_ledger") == "3");
    CHECK(project.database().value("SELECT count(*) FROM app.marks") == "3");
}

TEST_CASE("the role setting owns what a step makes, and the ledger stays ours") {
    Project project(Kind::postgres);
    const TestRole owner(project);
    project.database().execute("GRANT CREATE, USAGE ON SCHEMA public TO " + owner.name());
    project.add_three_steps();
    Program program = project.gate();
    program.environment["HEADGATE_ROLE"] = owner.name();
    const Outcome outcome = run_program(program);
    INFO(outcome.describe());
    CHECK(server_started(outcome));
    CHECK(project.database().rows(
              "SELECT DISTINCT tableowner FROM pg_tables WHERE tablename IN ('one', 'two', 'three')") ==
          std::vector<TextRow>{{owner.name()}});
    CHECK(project.applied().size() == 3);
}

TEST_CASE("a ledger that may not be read is a refusal, not an empty history: 77") {
    Project project(Kind::postgres);
    project.add_three_steps();
    REQUIRE(project.start().exit_code == 0);
    const TestRole weak(project, "LOGIN PASSWORD 'x'");
    project.database().execute("GRANT CREATE, USAGE ON SCHEMA public TO " + weak.name());
    Program program = project.gate();
    program.environment["DATABASE_URL"] = shared_server().with_login(weak.name(), "x").url(name_of(project));
    const Outcome outcome = run_program(program);
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 77);
    CHECK_FALSE(server_started(outcome));
    CHECK(project.applied().size() == 3);
}

TEST_CASE("a role that may not create anything is refused: 77 or 79, and nothing is changed") {
    Project project(Kind::postgres);
    project.add_three_steps();
    const TestRole weak(project, "LOGIN PASSWORD 'x'");
    Program program = project.gate();
    program.environment["DATABASE_URL"] = shared_server().with_login(weak.name(), "x").url(name_of(project));
    const Outcome outcome = run_program(program);
    INFO(outcome.describe());
    CHECK((outcome.exit_code == 77 || outcome.exit_code == 79));
    CHECK(outcome.err.contains("42501"));
    CHECK(project.database().tables().empty());
}
