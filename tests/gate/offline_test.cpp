// SPDX-License-Identifier: Apache-2.0
// --sql: a script that psql or sqlite3 runs to the very same database as headgate itself would.
#include <format>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "gate/alembic_beside.hpp"
#include "gate/offline_script.hpp"
#include "support/relay.hpp"

using namespace headgate::gate;
using namespace headgate::support;

namespace {

void add_demo_history(const Project& project) {
    std::filesystem::copy(std::filesystem::path(HEADGATE_SOURCE_DIR) / "migrations", project.migrations(),
                          std::filesystem::copy_options::recursive);
}

// "2026-11-23 10:00:00": everything but digits in its place.
bool is_date(std::string_view text) {
    const std::string_view form = "dddd-dd-dd dd:dd:dd";
    if (text.size() < form.size()) return false;
    for (std::size_t i = 0; i < form.size(); ++i) {
        const bool is_digit = text[i] >= '0' && text[i] <= '9';
        if (form[i] == 'd' ? !is_digit : text[i] != form[i]) return false;
    }
    return true;
}

// The demo's tables have rows that say when they were made.
std::string timeless_state_of(const Database& database) {
    auto state = state_of(database);
    for (std::size_t at = 0; at < state.size(); ++at) {
        if (!is_date(std::string_view(state).substr(at))) continue;
        state.erase(at, state.find_first_not_of("0123456789-: .", at) - at);
    }
    return state;
}

std::string without_index(Kind kind) {
    return kind == Kind::postgres ? "CREATE INDEX CONCURRENTLY by_a ON one (a);" : "CREATE INDEX by_a ON one (a);";
}

}  // namespace

TEST_CASE("online and offline, the demo's history gives the same database, up and down") {
    const Kind kind = GENERATE(Kind::postgres, Kind::sqlite);
    Project project(kind);
    add_demo_history(project);
    keep_alembic_version(project);
    const auto offline = make_database(kind);
    go_both_ways(project, *offline, "upgrade", "head", "head");
    CHECK(timeless_state_of(*offline) == timeless_state_of(project.database()));

    go_both_ways(project, *offline, "downgrade", "3e8a27d6f1c0", "head:3e8a27d6f1c0");
    CHECK(timeless_state_of(*offline) == timeless_state_of(project.database()));
    go_both_ways(project, *offline, "upgrade", "head", "3e8a27d6f1c0:head");
    CHECK(timeless_state_of(*offline) == timeless_state_of(project.database()));

    go_both_ways(project, *offline, "downgrade", "base", "head:base");
    CHECK(timeless_state_of(*offline) == timeless_state_of(project.database()));
}

TEST_CASE("headgate goes on where a script ended, and a script where headgate ended") {
    const Kind kind = GENERATE(Kind::postgres, Kind::sqlite);
    Project project(kind);
    project.add_three_steps();
    run_well(project.database(), write_script(project, {"upgrade", id(1)}));
    REQUIRE(project.run({"upgrade", id(2)}).exit_code == 0);
    run_well(project.database(), write_script(project, {"upgrade", id(2) + ":head"}));
    CHECK(project.applied() == std::vector{id(1), id(2), id(3)});
    const Outcome at_head = project.start();
    INFO(at_head.describe());
    CHECK(server_started(at_head));
    CHECK(at_head.err.contains("the database is at " + id(3)));
}

TEST_CASE("a script shows the section as its author wrote it") {
    const Kind kind = GENERATE(Kind::postgres, Kind::sqlite);
    Project project(kind);
    const std::string text =
        "-- why:  because\nCREATE  TABLE one (\n    a integer  -- small\n);\n\n/* last */ INSERT INTO one VALUES (1) "
        "-- x;";
    project.add_step(1, text);
    project.add_step(2, "BEGIN;\nINSERT INTO one VALUES (2);\nCOMMIT;\n-- the end", "", "-- lock_timeout = \"7s\"\n");
    const auto script = write_script(project, {"upgrade"});
    CHECK(
        script.contains("-- why:  because\nCREATE  TABLE one (\n    a integer  -- small\n);\n\n/* last */ INSERT INTO "
                        "one VALUES (1); -- x;\n"));
    CHECK(script.contains("-- the end\n"));
    CHECK(script.contains("lock_timeout = 7000") == (kind == Kind::postgres));
    run_well(project.database(), script);
    CHECK(project.database().value("SELECT sum(a) FROM one;") == "3");
}

TEST_CASE("a message of several lines stays in its comment") {
    const Kind kind = GENERATE(Kind::postgres, Kind::sqlite);
    Project project(kind);
    write_file(project.migrations() / "a.sql",
               "-- headgate:revision\n-- revision = \"a1\"\n-- message = \"first\\nDROP TABLE one;\"\n"
               "-- headgate:upgrade\nCREATE TABLE one (a integer);\n");
    run_well(project.database(), write_script(project, {"upgrade"}));
    CHECK(project.database().has_table("one"));
}

TEST_CASE("COPY data, functions and non-ASCII text pass through psql as through headgate") {
    Project project(Kind::postgres);
    project.add_step(1,
                     "CREATE TABLE one (a text, b text);\nCOPY one FROM stdin;\nä\\tb\t\\N\n-- no comment\t;\n\\.\n"
                     "CREATE FUNCTION f() RETURNS text LANGUAGE sql AS $$ SELECT ':x'; $$;\n"
                     "INSERT INTO one VALUES ('\\n', E'\\n');\nSELECT pg_catalog.set_config('search_path', '', false);",
                     "DROP FUNCTION f();\nDROP TABLE one;", "-- message = \"äöü ' \\\\ and\"\n");
    const auto offline = make_database(Kind::postgres);
    // A message is given twice: the file is refused as a whole, so take the first out.
    const auto file = project.migrations() / (id(1) + "_step.sql");
    auto text = read_file(file);
    const auto first = text.find("-- message = \"step");
    text.erase(first, text.find('\n', first) + 1 - first);
    write_file(file, text);
    const Outcome online = project.run({"upgrade"});
    INFO(online.describe());
    REQUIRE(online.exit_code == 0);
    run_well(*offline, write_script(project, {"upgrade"}));
    CHECK(state_of(*offline) == state_of(project.database()));
}

TEST_CASE("what a step leaves in its session does not reach the next one of a script") {
    Project project(Kind::postgres);
    project.add_step(1,
                     "CREATE SCHEMA other; SET search_path = other; SET SESSION AUTHORIZATION DEFAULT;\n"
                     "CREATE TEMP TABLE headgate_ledger (a integer); SET lock_timeout = 1;");
    project.add_step(2, "CREATE TABLE two (a integer);");
    const auto offline = make_database(Kind::postgres);
    REQUIRE(project.run({"upgrade"}).exit_code == 0);
    run_well(*offline, write_script(project, {"upgrade"}));
    CHECK(state_of(*offline) == state_of(project.database()));
}

TEST_CASE("a revision with transaction = false stands alone in a script, and ends as it does online") {
    const Kind kind = GENERATE(Kind::postgres, Kind::sqlite);
    Project project(kind);
    keep_alembic_version(project);
    project.add_step(1, "CREATE TABLE one (a integer);\nINSERT INTO one VALUES (3);", "DROP TABLE one;");
    project.add_step(2,
                     "-- slowly\n" + without_index(kind) + "\n" +
                         (kind == Kind::postgres ? "SET search_path = public;\n" : "") +
                         "UPDATE one SET a = 4 WHERE a = 3",
                     "DROP INDEX by_a;\nUPDATE one SET a = 3;", "-- transaction = false\n");
    project.add_step(3, "CREATE TABLE three (a integer);", "DROP TABLE three;");
    const auto offline = make_database(kind);
    REQUIRE(project.run({"upgrade"}).exit_code == 0);
    run_well(*offline, write_script(project, {"upgrade"}));
    CHECK(state_of(*offline) == state_of(project.database()));
    REQUIRE(project.run({"downgrade", "base"}).exit_code == 0);
    run_well(*offline, write_script(project, {"downgrade", "head:base"}));
    CHECK(state_of(*offline) == state_of(project.database()));
}

TEST_CASE("a stamp in a script says the same as a stamp online") {
    const Kind kind = GENERATE(Kind::postgres, Kind::sqlite);
    Project project(kind);
    project.add_three_steps();
    keep_alembic_version(project);
    const auto offline = make_database(kind);
    REQUIRE(project.run({"stamp", id(2)}).exit_code == 0);
    run_well(*offline, write_script(project, {"stamp", id(2)}));
    CHECK(state_of(*offline) == state_of(project.database()));
    REQUIRE(project.run({"stamp", id(1)}).exit_code == 0);
    const auto back = write_script(project, {"stamp", id(2) + ":" + id(1)});
    run_well(*offline, back);
    CHECK(state_of(*offline) == state_of(project.database()));
    check_refused(*offline, back, "has it been run already?");
}

TEST_CASE("a script is made without a connection (--sql), and holds no password") {
    const Relay relay(shared_server().host, shared_server().port);
    Project project(Kind::postgres);
    project.add_three_steps();
    for (const auto& host : {std::format("127.0.0.1:{}", relay.port()), std::string("no.such.host.invalid")}) {
        Program program = project.headgate({"upgrade", "--sql"});
        program.environment["DATABASE_URL"] = std::format("postgresql+asyncpg://app:geheim%21@{}/app", host);
        const Outcome outcome = run_program(program);
        INFO(outcome.describe());
        CHECK(outcome.exit_code == 0);
        CHECK(outcome.out.contains("CREATE TABLE three"));
        CHECK_FALSE((outcome.out + outcome.err).contains("geheim"));
        run_well(*make_database(Kind::postgres), outcome.out);
    }
    CHECK(relay.connections() == 0);
}

TEST_CASE("a script is for the database that --dialect names, where no URL does") {
    Project project(Kind::sqlite);
    project.add_three_steps();
    Program program = project.headgate({"upgrade", "--sql"});
    program.environment.erase("DATABASE_URL");
    CHECK(run_program(program).exit_code == 78);
    for (const Kind kind : {Kind::postgres, Kind::sqlite}) {
        program.arguments = {"upgrade", "--sql", "--dialect", kind == Kind::postgres ? "postgresql" : "sqlite"};
        run_well(*make_database(kind), run_program(program).out);
    }
    program.arguments = {"upgrade", "--sql", "--dialect", "oracle"};
    CHECK(run_program(program).exit_code == 64);
    program.arguments = {"upgrade", "--dialect", "sqlite"};
    CHECK(run_program(program).exit_code == 64);
    program.arguments = {"downgrade", "base", "--sql", "--dialect", "sqlite"};
    CHECK(run_program(program).exit_code == 64);
}

TEST_CASE("the same plan gives the same script") {
    Project project(Kind::postgres);
    add_demo_history(project);
    CHECK(write_script(project, {"upgrade"}) == write_script(project, {"upgrade"}));
}

TEST_CASE("roles, readers and a schema of its own are in the script") {
    Project project(Kind::postgres);
    const auto role = "headgate_owner_" + project.database().value("SELECT current_database()");
    const auto reader = "headgate_reader_" + project.database().value("SELECT current_database()");
    project.database().execute(
        std::format("CREATE ROLE {}; CREATE ROLE {}; CREATE SCHEMA \"my ledger\" "
                    "AUTHORIZATION {}; GRANT CREATE ON SCHEMA public TO {}",
                    role, reader, role, role));
    project.add_three_steps();
    write_file(project.folder() / "headgate.toml",
               std::format("role = \"{}\"\nreader_roles = [\"{}\"]\nledger_schema = \"my ledger\"\n", role, reader));
    run_well(project.database(), write_script(project, {"upgrade"}));
    CHECK(project.database().value("SELECT tableowner FROM pg_tables WHERE tablename = 'three'") == role);
    CHECK(project.database().value("SELECT count(*) FROM \"my ledger\".headgate_ledger") == "3");
    CHECK(project.database().value(std::format(
              "SELECT has_table_privilege('{}', '\"my ledger\".headgate_ledger', 'SELECT')", reader)) == "t");
    CHECK(project.run({"upgrade"}).exit_code == 0);
    project.database().execute(std::format("DROP OWNED BY {0}, {1}; DROP ROLE {0}, {1}", role, reader));
}

TEST_CASE("a SQLite step that breaks a foreign key fails in a script too") {
    Project project(Kind::sqlite);
    project.add_step(1,
                     "CREATE TABLE a (id integer PRIMARY KEY);\nCREATE TABLE b (a integer REFERENCES a);\n"
                     "INSERT INTO a VALUES (1);\nINSERT INTO b VALUES (1);");
    project.add_step(2, "DELETE FROM a;");
    const Outcome outcome = run_script(project.database(), write_script(project, {"upgrade"}));
    INFO(outcome.describe());
    CHECK(outcome.exit_code != 0);
    CHECK(outcome.err.contains("breaks a foreign key"));
    CHECK(project.database().value("SELECT count(*) FROM a;") == "1");
    CHECK(project.applied() == std::vector{id(1)});
}

TEST_CASE("what psql or the sqlite3 shell would read otherwise than the server means the same in a script") {
    const Kind kind = GENERATE(Kind::postgres, Kind::sqlite);
    Project project(kind);
    if (kind == Kind::postgres) {
        // PORT and HOST are variables of psql.
        project.add_step(
            1,
            "CREATE TABLE one (a integer[], port integer, \"HO'ST\" text);\n"
            "INSERT INTO one VALUES ('{1,2,3}', 2, '\\n\\q :PORT $$ ');\n"
            "UPDATE one SET a = a[1:PORT], \"HO'ST\" = \"HO'ST\" || E'\\'\\\\:HOST' || $a$\\ :'HOST'$a$::text;\n"
            "CREATE FUNCTION f(a integer) RETURNS integer LANGUAGE sql BEGIN ATOMIC SELECT a; END;\n"
            "CREATE RULE r AS ON DELETE TO one DO ALSO (SELECT 1; SELECT f(a := 2));");
    } else {
        project.add_step(1,
                         "CREATE TABLE one (a, b);\nINSERT INTO one VALUES ('.quit\n/\n', 6\n/\n3);\n"
                         "UPDATE one SET b = b\n/ -- half\n2;\n"
                         "/* a\n.quit\n*/ -- b\nUPDATE one SET b = (SELECT go FROM (SELECT 7 AS\ngo\n));");
    }
    project.add_step(2, "CREATE TABLE \"we\"\"ird $$ $headgate$ ; 'n\" (\"a:b\" integer);", "",
                     "-- lock_timeout = \"7s\"\n");
    const auto offline = make_database(kind);
    const Outcome online = project.run({"upgrade"});
    INFO(online.describe());
    REQUIRE(online.exit_code == 0);
    run_well(*offline, write_script(project, {"upgrade"}));
    CHECK(state_of(*offline) == state_of(project.database()));
}

TEST_CASE("a database where backslashes escape gets the same from a script") {
    Project project(Kind::postgres);
    project.add_step(1, "CREATE TABLE one (a text);\nINSERT INTO one VALUES ('it\\');\nSELECT 'a\\'\n;");
    project.add_step(2, "INSERT INTO one VALUES ('\\'' or \\');", "", "-- transaction = false\n");
    const auto offline = make_database(Kind::postgres);
    const auto name = offline->value("SELECT pg_catalog.quote_ident(current_database())");
    offline->execute("ALTER DATABASE " + name + " SET standard_conforming_strings = off");
    REQUIRE(project.run({"upgrade"}).exit_code == 0);
    run_well(*offline, write_script(project, {"upgrade"}));
    const std::string_view query = "SELECT string_agg(a, '|' ORDER BY a) FROM one";
    CHECK(offline->value(query) == project.database().value(query));
}

TEST_CASE("a script counts from where its range begins") {
    const Kind kind = GENERATE(Kind::postgres, Kind::sqlite);
    Project project(kind);
    project.add_step(1, "CREATE TABLE one (a integer);", "DROP TABLE one;");
    project.add_step(2, "CREATE TABLE two (a integer);", "DROP TABLE two;");
    project.add_step(3, "CREATE TABLE three (a integer);", "DROP TABLE three;");
    run_well(project.database(), write_script(project, {"upgrade", "+1"}));
    CHECK(project.applied() == std::vector{id(1)});
    run_well(project.database(), write_script(project, {"upgrade", id(1) + ":+2"}));
    CHECK(project.applied() == std::vector{id(1), id(2), id(3)});
    run_well(project.database(), write_script(project, {"downgrade", "head:-2"}));
    CHECK(project.applied() == std::vector{id(1)});
}

TEST_CASE("a long history and a large step are a script too") {
    const Kind kind = GENERATE(Kind::postgres, Kind::sqlite);
    Project project(kind);
    std::string rows = "CREATE TABLE one (a integer, b text);\n";
    for (int i = 0; i < 20'000; ++i) {
        rows += std::format("INSERT INTO one VALUES ({}, '{:0>60}');\n", i, i);
    }
    project.add_step(1, rows);
    for (int number = 2; number <= 150; ++number) {
        project.add_step(number, std::format("CREATE TABLE t{} (a integer);", number));
    }
    const auto script = write_script(project, {"upgrade"});
    CHECK(script.size() > rows.size());
    run_well(project.database(), script);
    CHECK(project.applied().size() == 150);
    CHECK(project.database().value("SELECT count(*) FROM one;") == "20000");
    const Outcome on = project.run({"upgrade"});
    INFO(on.describe());
    CHECK(on.exit_code == 0);
}
