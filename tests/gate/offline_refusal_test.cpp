// SPDX-License-Identifier: Apache-2.0
// --sql where things go wrong: a script at the wrong place, run twice or beside headgate, cut, or never written.
#include <csignal>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "gate/alembic_beside.hpp"
#include "gate/brake.hpp"
#include "gate/offline_script.hpp"

using namespace headgate::gate;
using namespace headgate::support;

namespace {

Kind any_kind() {
    return GENERATE(Kind::postgres, Kind::sqlite);
}

// Exits with this code, says these words, and writes no script.
void check_not_written(const Project& project, std::vector<std::string> arguments, int code, std::string_view words) {
    const Outcome outcome = project.run(std::move(arguments));
    INFO(outcome.describe());
    CHECK(outcome.exit_code == code);
    CHECK(outcome.err.contains(words));
    CHECK(outcome.out.empty());
}

// As somebody runs it who has not read the guide.
Outcome run_carelessly(const Database& database, std::string_view script, std::vector<std::string> options) {
    const TempFolder folder;
    write_file(folder / "script.sql", script);
    Program program = script_program(database, folder / "script.sql");
    program.arguments = std::move(options);
    program.arguments.insert(program.arguments.end(), {"-X", "-f", (folder / "script.sql").string(), database.url()});
    return run_program(program);
}

}  // namespace

TEST_CASE("a script from what is current is refused: nobody knows it yet") {
    Project project(Kind::sqlite);
    project.add_three_steps();
    for (const auto& arguments : std::vector<std::vector<std::string>>{{"upgrade", "current:head", "--sql"},
                                                                       {"upgrade", "current+1", "--sql"},
                                                                       {"downgrade", "current:base", "--sql"},
                                                                       {"stamp", "current", "--sql"}}) {
        const auto outcome = project.run(arguments);
        INFO(outcome.describe());
        CHECK(outcome.exit_code == 64);
        CHECK(outcome.err.contains("FROM:TO"));
        CHECK(outcome.out.empty());
    }
}

TEST_CASE("a script that has run already changes nothing") {
    const Kind kind = GENERATE(Kind::postgres, Kind::sqlite);
    Project project(kind);
    project.add_three_steps();
    const auto up = write_script(project, {"upgrade"});
    const auto down = write_script(project, {"downgrade", "head:" + id(1)});
    run_well(project.database(), up);
    check_refused(project.database(), up, "has it been run already?");
    run_well(project.database(), down);
    check_refused(project.database(), down, "has it been run already?");
    check_refused(project.database(), write_script(project, {"upgrade", id(2) + ":head"}), "has it been run already?");
}

TEST_CASE("a script from base leaves a database alone that holds tables, unless it is made for that") {
    const Kind kind = GENERATE(Kind::postgres, Kind::sqlite);
    Project project(kind);
    project.add_three_steps();
    project.database().execute("CREATE TABLE alembic_version (version_num varchar(32) NOT NULL);");
    check_refused(project.database(), write_script(project, {"upgrade"}), "holds tables already");
    run_well(project.database(), write_script(project, {"upgrade", "--onto-existing"}));
    CHECK(project.applied().size() == 3);
}

TEST_CASE("a step of a script that fails leaves nothing, and what was before it stays") {
    const Kind kind = GENERATE(Kind::postgres, Kind::sqlite);
    Project project(kind);
    project.add_step(1, "CREATE TABLE one (a integer);");
    project.add_step(2, "CREATE TABLE two (a integer);\nINSERT INTO nowhere VALUES (1);");
    project.add_step(3, "CREATE TABLE three (a integer);");
    const Outcome outcome = run_script(project.database(), write_script(project, {"upgrade"}));
    CHECK(outcome.exit_code != 0);
    CHECK(outcome.err.contains("nowhere"));
    CHECK(project.applied() == std::vector{id(1)});
    CHECK(project.database().tables() == std::vector<std::string>{"headgate_ledger", "one"});
}

TEST_CASE("a script that was cut between two statements is gone on with by headgate") {
    const Kind kind = GENERATE(Kind::postgres, Kind::sqlite);
    Project project(kind);
    project.add_step(1, "CREATE TABLE one (a integer);\nINSERT INTO one VALUES (3);");
    project.add_step(2, "UPDATE one SET a = a + 10;\nUPDATE nowhere SET a = 1;\nUPDATE one SET a = a + 100;", "",
                     "-- transaction = false\n");
    const Outcome cut = run_script(project.database(), write_script(project, {"upgrade"}));
    INFO(cut.describe());
    CHECK(cut.exit_code != 0);
    CHECK(project.database().value("SELECT a FROM one;") == "13");
    CHECK(project.database().value("SELECT statements_done FROM headgate_ledger WHERE state = 'partial';") == "1");
    // The statement that failed was begun as far as anybody can know: a person says where it goes on.
    project.add_step(2, "UPDATE one SET a = a + 10;\nUPDATE one SET a = a + 1000;\nUPDATE one SET a = a + 100;", "",
                     "-- transaction = false\n");
    REQUIRE(project.run({"repair", id(2), "--resume-at", "2"}).exit_code == 0);
    const Outcome on = project.run({"upgrade"});
    INFO(on.describe());
    CHECK(on.exit_code == 0);
    CHECK(project.database().value("SELECT a FROM one;") == "1113");
}

TEST_CASE("a script that begins after base says where there is no ledger at all") {
    const Kind kind = any_kind();
    Project project(kind);
    project.add_three_steps();
    project.database().execute("CREATE TABLE other (a integer);");
    check_refused(project.database(), write_script(project, {"upgrade", id(1) + ":head"}), "no ledger");
}

TEST_CASE("a script stops at the lock of a running headgate, and runs when that is over") {
    const Kind kind = any_kind();
    Project project(kind);
    add_steps_that_never_end(project);
    const auto script = write_script(project, {"upgrade", id(1) + ":head"});
    RunningProgram running(project.headgate({"upgrade"}));
    REQUIRE(wait_for_step_two(project));
    check_refused(project.database(), script,
                  kind == Kind::postgres ? "another headgate holds the lock" : "database is locked");
    running.send_signal(SIGTERM);
    CHECK(running.wait().exit_code == 143);
    release_brake(project);
    run_well(project.database(), script);
    check_each_step_once(project);
}

TEST_CASE("headgate stops at the lock of a running script, and goes on where that was ended") {
    const Kind kind = any_kind();
    Project project(kind);
    add_steps_that_never_end(project);
    write_file(project.folder() / "up.sql", write_script(project, {"upgrade"}));
    RunningProgram script(script_program(project.database(), project.folder() / "up.sql"));
    REQUIRE(wait_for_step_two(project));
    Program program = project.headgate({"upgrade"});
    program.environment["HEADGATE_GATE_TIMEOUT"] = "1s";
    const Outcome busy = run_program(program);
    INFO(busy.describe());
    CHECK(busy.exit_code == 75);
    check_only_step_one(project);
    script.send_signal(SIGKILL);
    script.wait();
    if (kind == Kind::postgres) {
        project.database().execute(
            "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = "
            "current_database()");
    }
    release_brake(project);
    CHECK(project.run({"upgrade"}).exit_code == 0);
    check_each_step_once(project);
}

TEST_CASE("of two copies of a script that start together, no step is run twice") {
    const Kind kind = any_kind();
    Project project(kind);
    project.add_three_steps();
    write_file(project.folder() / "up.sql", write_script(project, {"upgrade"}));
    const auto program = script_program(project.database(), project.folder() / "up.sql");
    RunningProgram one(program);
    RunningProgram other(program);
    const Outcome first = one.wait();
    const Outcome second = other.wait();
    INFO(first.describe());
    INFO(second.describe());
    CHECK((first.exit_code != 0 || second.exit_code != 0));
    // Where each was in the other's way, headgate does the rest.
    CHECK(project.run({"upgrade"}).exit_code == 0);
    CHECK(project.applied() == std::vector{id(1), id(2), id(3)});
    CHECK(project.database().value("SELECT count(*) FROM marks;") == "3");
}

TEST_CASE("what a script left undone when a step failed, headgate does, and it is as if nothing had happened") {
    const Kind kind = any_kind();
    Project project(kind);
    keep_alembic_version(project);
    project.add_step(1, "CREATE TABLE one (a integer);");
    project.add_step(2, "INSERT INTO one SELECT a FROM later;");
    project.add_step(3, "CREATE TABLE three (a integer);");
    const auto script = write_script(project, {"upgrade"});
    CHECK(run_script(project.database(), script).exit_code != 0);
    CHECK(project.applied() == std::vector{id(1)});
    CHECK(project.database().value("SELECT version_num FROM alembic_version;") == id(1));
    project.database().execute("CREATE TABLE later (a integer);");
    REQUIRE(project.run({"upgrade"}).exit_code == 0);

    const auto other = make_database(kind);
    run_well(*other, write_script(project, {"upgrade", id(1)}));
    other->execute("CREATE TABLE later (a integer);");
    run_well(*other, write_script(project, {"upgrade", id(1) + ":head"}));
    CHECK(state_of(*other) == state_of(project.database()));
}

TEST_CASE("psql in one transaction, or told nothing about errors, does no other thing with a script") {
    Project project(Kind::postgres);
    project.add_step(1, "CREATE TABLE one (a integer);\nCOPY one FROM stdin;\n3\n\\.\n");
    project.add_step(2, "CREATE INDEX CONCURRENTLY by_a ON one (a);", "", "-- transaction = false\n");
    project.add_step(3, "CREATE TABLE three (a integer);");
    const auto script = write_script(project, {"upgrade"});
    REQUIRE(project.run({"upgrade"}).exit_code == 0);
    const std::vector<std::vector<std::string>> ways{{"-1", "-v", "ON_ERROR_STOP=1"}, {}, {"-a"}};
    for (const auto& options : ways) {
        const auto database = make_database(Kind::postgres);
        const Outcome first = run_carelessly(*database, script, options);
        INFO(first.describe());
        CHECK(first.exit_code == 0);
        CHECK(state_of(*database) == state_of(project.database()));
        const Outcome again = run_carelessly(*database, script, options);
        CHECK(again.exit_code != 0);
        CHECK(again.err.contains("has it been run already?"));
        CHECK(state_of(*database) == state_of(project.database()));
    }
}

TEST_CASE("the lines of a COPY that did not begin are not taken for SQL") {
    Project project(Kind::postgres);
    project.add_step(1, "CREATE TABLE one (a text);");
    project.add_step(2, "COPY nowhere FROM stdin;\nCOMMIT; DROP TABLE one;\n\\.\n");
    run_carelessly(project.database(), write_script(project, {"upgrade"}), {});
    CHECK(project.applied() == std::vector{id(1)});
    CHECK(project.database().has_table("one"));
}

TEST_CASE("no script is written for what cannot be undone, is not there, or begins nowhere") {
    const Kind kind = any_kind();
    Project project(kind);
    project.add_three_steps();
    check_not_written(project, {"downgrade", "base", "--sql"}, 64, "FROM:TO");
    check_not_written(project, {"downgrade", ":base", "--sql"}, 64, "FROM:TO");
    check_not_written(project, {"upgrade", "nowhere:head", "--sql"}, 64, "nowhere");
    check_not_written(project, {"upgrade", "head:" + id(1), "--sql"}, 64, "");
    check_not_written(project, {"downgrade", id(1) + ":head", "--sql"}, 64, "");
    check_not_written(project, {"upgrade", id(1) + ":head"}, 64, "--sql");
    project.add_step(4, "SELECT 1;");  // no downgrade
    check_not_written(project, {"downgrade", "head:" + id(3), "--sql"}, 64, id(4));
}

TEST_CASE("no script is written where a revision has no section for the dialect") {
    Project project(Kind::sqlite);
    project.add_three_steps();
    write_file(project.migrations() / "b.sql", "-- headgate:revision\n-- revision = \"b1\"\n-- down_revision = \"" +
                                                   id(3) + "\"\n-- headgate:upgrade sqlite\nSELECT 1;\n");
    check_not_written(project, {"upgrade", "--sql", "--dialect", "postgresql"}, 65, "b.sql");
    run_well(project.database(), write_script(project, {"upgrade", "--dialect", "sqlite"}));
}

TEST_CASE("a script that keeps Alembic's table stops where that is missing, or says something else") {
    const Kind kind = any_kind();
    Project project(kind);
    project.add_three_steps();
    REQUIRE(project.run({"upgrade", id(1)}).exit_code == 0);
    keep_alembic_version(project);
    const auto script = write_script(project, {"upgrade", id(1) + ":head"});
    check_refused(project.database(), script, "alembic_version");
    REQUIRE(project.run({"stamp", id(1)}).exit_code == 0);
    project.database().execute("UPDATE alembic_version SET version_num = 'elsewhere';");
    check_refused(project.database(), script, "Alembic has moved on");
    project.database().execute("UPDATE alembic_version SET version_num = '" + id(1) + "';");
    run_well(project.database(), script);
    CHECK(versions_of(project.database()) == id(3));
}

TEST_CASE("a script from base leaves a database alone that Alembic manages, whatever it was made to accept") {
    const Kind kind = any_kind();
    Project project(kind);
    project.add_three_steps();
    keep_alembic_version(project);
    project.database().execute(
        "CREATE TABLE alembic_version (version_num varchar(32) NOT NULL); INSERT INTO alembic_version VALUES ('x');");
    check_refused(project.database(), write_script(project, {"upgrade"}), "Alembic has moved on");
    check_refused(project.database(), write_script(project, {"upgrade", "--onto-existing"}), "Alembic has moved on");
}
