// SPDX-License-Identifier: Apache-2.0
// --sql, and revisions with `transaction = false`: what a script leaves behind that was cut, moved or run as another.
#include <format>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "gate/alembic_beside.hpp"
#include "gate/offline_script.hpp"

using namespace headgate::gate;
using namespace headgate::support;

namespace {

// Between any two parts of it: behind each statement, and behind each record.
std::vector<std::size_t> cuts_of(const std::string& script) {
    std::vector<std::size_t> cuts;
    for (std::size_t at = 0; (at = script.find("-- ---- ", at)) != std::string::npos; ++at) cuts.push_back(at);
    cuts.erase(cuts.begin());
    return cuts;
}

// Of the row in the ledger, and of alembic_version.
std::string place_of(const Database& database) {
    return database.value("SELECT state FROM headgate_ledger;") + " " + versions_of(database);
}

}  // namespace

TEST_CASE("wherever a script for SQLite is cut, headgate runs no statement a second time") {
    Project project(Kind::sqlite);
    keep_alembic_version(project);
    project.add_step(1,
                     "CREATE TABLE one (a integer);\nINSERT INTO one VALUES (1);\nPRAGMA user_version = 7;\n"
                     "INSERT INTO one VALUES (2);",
                     "", no_transaction);
    const auto script = write_script(project, {"upgrade"});
    for (const auto cut : cuts_of(script)) {
        const auto database = make_database(Kind::sqlite);
        run_well(*database, script.substr(0, cut));
        Program headgate = project.headgate({"upgrade"});
        headgate.environment["DATABASE_URL"] = database->url();
        const Outcome outcome = run_program(headgate);
        INFO(script.substr(0, cut));
        INFO(outcome.describe());
        CHECK(outcome.exit_code == 0);
        CHECK(database->value("SELECT group_concat(a) FROM one;") == "1,2");
        CHECK(place_of(*database) == "applied " + id(1));
    }
}

TEST_CASE("a SQLite statement that stands alone and breaks a foreign key fails in a script too") {
    Project project(Kind::sqlite);
    project.add_step(1,
                     "CREATE TABLE a (id integer PRIMARY KEY);\nCREATE TABLE b (a integer REFERENCES a);\n"
                     "INSERT INTO a VALUES (1);\nINSERT INTO b VALUES (1);\nDELETE FROM a;",
                     "", no_transaction);
    const Outcome outcome = run_script(project.database(), write_script(project, {"upgrade"}));
    INFO(outcome.describe());
    CHECK(outcome.exit_code != 0);
    CHECK(outcome.err.contains("breaks a foreign key"));
    CHECK(project.database().value("SELECT count(*) FROM a;") == "1");
    CHECK(project.database().value("SELECT statements_done FROM headgate_ledger;") == "4");
}

TEST_CASE("a script whose first step has no transaction takes up Alembic's empty table") {
    const Kind kind = GENERATE(Kind::postgres, Kind::sqlite);
    Project project(kind);
    keep_alembic_version(project);
    project.add_step(1, "CREATE TABLE one (a integer);\nINSERT INTO one VALUES (1);", "", no_transaction);
    project.database().execute("CREATE TABLE alembic_version (version_num varchar(32) NOT NULL);");
    run_well(project.database(), write_script(project, {"upgrade"}));
    CHECK(place_of(project.database()) == "applied " + id(1));
}

TEST_CASE("a script whose first step has no transaction leaves a database alone that Alembic has moved") {
    const Kind kind = GENERATE(Kind::postgres, Kind::sqlite);
    Project project(kind);
    keep_alembic_version(project);
    project.add_step(1, "CREATE TABLE one (a integer);\nINSERT INTO one VALUES (1);", "", no_transaction);
    project.database().execute(
        "CREATE TABLE alembic_version (version_num varchar(32) NOT NULL); INSERT INTO alembic_version VALUES ('x');");
    check_refused(project.database(), write_script(project, {"upgrade", "--onto-existing"}), "Alembic has moved on");
}

TEST_CASE("a script's records are written as headgate's role, and the author's role stays") {
    Project project(Kind::postgres);
    const auto role = "headgate_reporting_" + project.database().value("SELECT current_database()");
    project.database().execute(std::format("CREATE ROLE {0}; GRANT CREATE ON SCHEMA public TO {0}", role));
    const auto become = GENERATE("SET ROLE", "SET SESSION AUTHORIZATION");
    project.add_step(1,
                     std::format("{} {};\nCREATE TABLE one (a integer);\nCREATE TABLE two (a integer);", become, role),
                     "", no_transaction);
    run_well(project.database(), write_script(project, {"upgrade"}));
    CHECK(project.database().value(std::format(
              "SELECT count(*) FROM pg_tables WHERE tableowner = '{}' AND tablename IN ('one', 'two')", role)) == "2");
    CHECK(project.applied() == std::vector{id(1)});
    project.database().execute(std::format("DROP OWNED BY {0}; DROP ROLE {0}", role));
}

TEST_CASE("a script that took Alembic's table to be in public stops where it would be elsewhere") {
    Project project(Kind::postgres);
    project.add_three_steps();
    const auto name = project.database().value("SELECT quote_ident(current_database())");
    project.database().execute("CREATE SCHEMA app");
    const bool is_first = GENERATE(true, false);
    if (!is_first) project.database().execute("CREATE TABLE app.alembic_version (version_num varchar(32) NOT NULL)");
    project.database().execute(
        std::format("ALTER DATABASE {} SET search_path = {}", name, is_first ? "app" : "public, app"));
    const std::string settings = "ledger_schema = \"app\"\n[alembic]\nversion_table = \"alembic_version\"\n";
    write_file(project.folder() / "headgate.toml", settings);
    check_refused(project.database(), write_script(project, {"upgrade"}), "version_table_schema");
    write_file(project.folder() / "headgate.toml", settings + "version_table_schema = \"app\"\n");
    run_well(project.database(), write_script(project, {"upgrade"}));
    CHECK(project.database().value("SELECT version_num FROM app.alembic_version") == id(3));
}

TEST_CASE("a script looks for its schema as the login, before it takes on a role") {
    Project project(Kind::postgres);
    const auto role = "headgate_owner_" + project.database().value("SELECT current_database()");
    project.database().execute(std::format(
        "CREATE ROLE {0}; GRANT CREATE ON SCHEMA public TO {0}; CREATE SCHEMA AUTHORIZATION current_user", role));
    project.add_step(1, "CREATE TABLE one (a integer);", "", GENERATE("", no_transaction));
    write_file(project.folder() / "headgate.toml", std::format("role = \"{}\"\n", role));
    check_refused(project.database(), write_script(project, {"upgrade"}), "say ledger_schema");
    project.database().execute(std::format("DROP OWNED BY {0}; DROP ROLE {0}", role));
}

TEST_CASE("a schema's name of several lines stays in the script's comment") {
    Project project(Kind::postgres);
    project.add_step(1, "CREATE TABLE one (a integer);");
    write_file(project.folder() / "headgate.toml", "ledger_schema = \"a\\nDROP SCHEMA x;\"\n");
    project.database().execute("CREATE SCHEMA \"a\nDROP SCHEMA x;\"");
    run_well(project.database(), write_script(project, {"upgrade"}));
    CHECK(project.database().has_table("one"));
}
