// SPDX-License-Identifier: Apache-2.0
// The ledger and the files do not agree: headgate stops rather than guess, and says what to do.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "gate/project.hpp"

using namespace headgate::gate;
using namespace headgate::support;

namespace {

Outcome start_with(const Project& project, const std::string& variable, const std::string& value) {
    Program program = project.gate();
    program.environment[variable] = value;
    return run_program(program);
}

// 76, no server, the database as before.
void check_stopped(const Project& project, const Outcome& outcome, const std::string& dump_before) {
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 76);
    CHECK_FALSE(server_started(outcome));
    CHECK(project.database().dump() == dump_before);
}

void edit(const Project& project, int step, const std::string& from, const std::string& to) {
    const auto file = project.migrations() / (id(step) + "_step.sql");
    std::string text = read_file(file);
    const auto found = text.find(from);
    REQUIRE(found != std::string::npos);
    write_file(file, text.replace(found, from.size(), to));
}

void remove_step(const Project& project, int step) {
    std::filesystem::remove(project.migrations() / (id(step) + "_step.sql"));
}

}  // namespace

TEST_CASE("tables but no ledger is not base: headgate stops and says how to go on") {
    Project project(GENERATE(Kind::postgres, Kind::sqlite));
    project.database().execute("CREATE TABLE one (a integer);");
    project.add_three_steps();
    const auto before = project.database().dump();
    const Outcome outcome = project.start();
    check_stopped(project, outcome, before);
    CHECK(outcome.err.contains("stamp"));
    CHECK(outcome.err.contains("--onto-existing"));
    CHECK(project.applied().empty());
}

TEST_CASE("an empty ledger among tables is not base either: a partial restore must not be migrated from base") {
    Project project(GENERATE(Kind::postgres, Kind::sqlite));
    project.add_three_steps();
    REQUIRE(project.start().exit_code == 0);
    project.database().execute("DELETE FROM headgate_ledger;");
    const auto before = project.database().dump();
    check_stopped(project, project.start(), before);
}

TEST_CASE("another tool's history is not base: it is named") {
    Project project(GENERATE(Kind::postgres, Kind::sqlite));
    project.database().execute("CREATE TABLE alembic_version (version_num varchar(32) NOT NULL);");
    project.database().execute("INSERT INTO alembic_version VALUES ('1975ea83b712');");
    project.add_three_steps();
    const Outcome outcome = project.start();
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 76);
    CHECK(outcome.err.contains("alembic_version"));
    CHECK(project.database().tables() == std::vector<std::string>{"alembic_version"});
}

TEST_CASE("a ledger in another schema is not base: it is named") {
    Project project(Kind::postgres);
    project.add_three_steps();
    project.database().execute("CREATE SCHEMA elsewhere");
    REQUIRE(start_with(project, "HEADGATE_LEDGER_SCHEMA", "elsewhere").exit_code == 0);
    project.database().execute("DROP TABLE one, two, three, marks");
    const Outcome outcome = project.start();
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 76);
    CHECK(outcome.err.contains("elsewhere"));
}

TEST_CASE("tables of an extension are nobody's history") {
    Project project(Kind::postgres);
    if (project.database().value("SELECT count(*) FROM pg_available_extensions WHERE name = 'pg_stat_statements'") ==
        "0")
        skip_or_fail("the server has no pg_stat_statements");
    project.database().execute("CREATE EXTENSION pg_stat_statements");
    project.add_three_steps();
    const Outcome outcome = project.start();
    INFO(outcome.describe());
    CHECK(server_started(outcome));
}

TEST_CASE("a person may start --onto-existing tables") {
    Project project(GENERATE(Kind::postgres, Kind::sqlite));
    project.database().execute("CREATE TABLE older (a integer);");
    project.add_three_steps();
    const Outcome outcome = project.run({"upgrade", "--onto-existing"});
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 0);
    CHECK(project.applied().size() == 3);
}

TEST_CASE("stamp takes existing tables as the work of the revisions up to there") {
    Project project(GENERATE(Kind::postgres, Kind::sqlite));
    project.add_three_steps();
    project.database().execute("CREATE TABLE marks (step integer); CREATE TABLE one (a integer);");
    const Outcome stamped = project.run({"stamp", id(1)});
    INFO(stamped.describe());
    CHECK(stamped.exit_code == 0);
    CHECK(project.applied() == std::vector{id(1)});
    CHECK(server_started(project.start()));
    CHECK(project.database().rows("SELECT step FROM marks ORDER BY step;") == std::vector<TextRow>{{"2"}, {"3"}});
}

TEST_CASE("a changed statement of an applied file stops any run that has something pending") {
    Project project(GENERATE(Kind::postgres, Kind::sqlite));
    project.add_three_steps();
    remove_step(project, 3);
    REQUIRE(project.start().exit_code == 0);
    project.add_step(3, "CREATE TABLE three (a integer);");
    edit(project, 2, "two (a integer)", "two (a bigint)");
    const auto before = project.database().dump();
    const Outcome outcome = project.start();
    check_stopped(project, outcome, before);
    CHECK(outcome.err.contains(id(2)));
    CHECK(outcome.err.contains("repair"));
    const Outcome warned = start_with(project, "HEADGATE_CHANGED_FILE", "warn");
    INFO(warned.describe());
    CHECK(server_started(warned));
    CHECK(warned.err.contains(id(2)));
    CHECK(project.applied().size() == 3);
}

TEST_CASE("repair accepts a changed file as it is") {
    Project project(GENERATE(Kind::postgres, Kind::sqlite));
    project.add_three_steps();
    remove_step(project, 3);
    REQUIRE(project.start().exit_code == 0);
    project.add_step(3, "CREATE TABLE three (a integer);");
    edit(project, 2, "two (a integer)", "two (a bigint)");
    const Outcome repaired = project.run({"repair", id(2)});
    INFO(repaired.describe());
    CHECK(repaired.exit_code == 0);
    const Outcome outcome = project.start();
    INFO(outcome.describe());
    CHECK(server_started(outcome));
    CHECK(project.applied().size() == 3);
}

TEST_CASE("a changed file warns and starts where nothing is pending: one reformatted file does not stop a fleet") {
    Project project(GENERATE(Kind::postgres, Kind::sqlite));
    project.add_three_steps();
    REQUIRE(project.start().exit_code == 0);
    edit(project, 2, "two (a integer)", "two (a bigint)");
    const Outcome outcome = project.start();
    INFO(outcome.describe());
    CHECK(server_started(outcome));
    CHECK(outcome.err.contains(id(2)));
}

TEST_CASE("an edit of comments, white space or keyword case is no change, pending or not") {
    Project project(GENERATE(Kind::postgres, Kind::sqlite));
    project.add_three_steps();
    remove_step(project, 3);
    REQUIRE(project.start().exit_code == 0);
    edit(project, 2, "CREATE TABLE two (a integer);", "-- why it is so\r\ncreate   table two (\n  a integer\n);");
    CHECK(server_started(project.start()));
    project.add_step(3, "CREATE TABLE three (a integer);");
    const Outcome outcome = project.start();
    INFO(outcome.describe());
    CHECK(server_started(outcome));
    CHECK(project.applied().size() == 3);
}

TEST_CASE("an older image on a newer database starts, and says so; database_ahead decides") {
    Project project(GENERATE(Kind::postgres, Kind::sqlite));
    project.add_three_steps();
    REQUIRE(project.start().exit_code == 0);
    remove_step(project, 3);
    const Outcome warned = project.start();
    INFO(warned.describe());
    CHECK(server_started(warned));
    CHECK(warned.err.contains(id(3)));
    const Outcome failed = start_with(project, "HEADGATE_DATABASE_AHEAD", "fail");
    INFO(failed.describe());
    CHECK(failed.exit_code == 76);
    CHECK(failed.err.contains(id(3)));
    CHECK(server_started(start_with(project, "HEADGATE_DATABASE_AHEAD", "allow")));
    CHECK(project.applied().size() == 3);
}

TEST_CASE("a breaking revision refuses older images; only allow overrides it") {
    Project project(GENERATE(Kind::postgres, Kind::sqlite));
    project.add_three_steps();
    project.add_step(4, "DROP TABLE one;", "", "-- breaking = true\n");
    REQUIRE(project.start().exit_code == 0);
    remove_step(project, 4);
    const Outcome refused = project.start();
    INFO(refused.describe());
    CHECK(refused.exit_code == 76);
    CHECK(refused.err.contains(id(4)));
    CHECK(refused.err.contains("breaking"));
    CHECK(server_started(start_with(project, "HEADGATE_DATABASE_AHEAD", "allow")));
}

TEST_CASE("unknown revisions while some of ours are pending is diverged: 76, both are named") {
    Project project(GENERATE(Kind::postgres, Kind::sqlite));
    project.add_three_steps();
    REQUIRE(project.start().exit_code == 0);
    remove_step(project, 3);
    project.add({"b00000000003", id(2), "CREATE TABLE other_three (a integer);", "", ""});
    const auto before = project.database().dump();
    const Outcome outcome = project.start();
    check_stopped(project, outcome, before);
    CHECK(outcome.err.contains(id(3)));
    CHECK(outcome.err.contains("b00000000003"));
}

TEST_CASE("a ledger of a newer headgate is refused with a clear message") {
    Project project(GENERATE(Kind::postgres, Kind::sqlite));
    project.add_three_steps();
    REQUIRE(project.start().exit_code == 0);
    project.database().execute("UPDATE headgate_ledger SET layout = 99;");
    const auto before = project.database().dump();
    const Outcome outcome = project.start();
    check_stopped(project, outcome, before);
    CHECK(outcome.err.contains("newer"));
}
