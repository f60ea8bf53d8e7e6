// SPDX-License-Identifier: Apache-2.0
// Many gates at once, and locks that other people hold.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "gate/brake.hpp"
#include "gate/project.hpp"

using namespace headgate::gate;
using namespace headgate::support;

namespace {

// Another application's transaction that holds a lock on `busy` for some seconds.
RunningProgram hold_lock(const Project& project, const std::string& seconds) {
    RunningProgram session({.executable = "psql",
                            .arguments = {"--no-psqlrc", "--dbname=" + project.database().url(), "--command=BEGIN",
                                          "--command=LOCK TABLE busy IN ACCESS SHARE MODE",
                                          "--command=SELECT pg_sleep(" + seconds + ")", "--command=COMMIT"},
                            .environment = {{"PGAPPNAME", "the blocker"}}});
    REQUIRE(eventually([&] {
        return project.database().value(
                   "SELECT count(*) FROM pg_locks WHERE relation = 'busy'::regclass AND granted") != "0";
    }));
    return session;
}

// Goes on for some seconds; on PostgreSQL until there is a row in `brake`.
std::string slow_statement(Kind kind) {
    if (kind == Kind::postgres)
        return "DO $$ BEGIN WHILE NOT EXISTS (SELECT FROM brake) LOOP PERFORM pg_sleep(0.02); END LOOP; END $$;";
    return "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 20000000) SELECT count(*) FROM c;";
}

// Whether the gate has come to its step.
bool is_within(const Project& project, RunningProgram& gate) {
    if (project.kind() == Kind::postgres) return eventually([&] { return is_sleeping(project); });
    pause_for(Milliseconds{800});
    return gate.is_running();
}

void add_blocked_step(Project& project) {
    project.add_step(1, "CREATE TABLE busy (a integer);");
    REQUIRE(project.run({"upgrade"}).exit_code == 0);
    project.add_step(2, "CREATE TABLE before_it (a integer);\nALTER TABLE busy ADD COLUMN b integer;");
}

}  // namespace

TEST_CASE("ten gates at once on an empty database: ten servers, each step once") {
    const Kind kind = GENERATE(Kind::postgres, Kind::sqlite);
    Project project(kind);
    project.add_three_steps();
    for (int step = 4; step <= 6; ++step)
        project.add_step(step, "INSERT INTO marks VALUES (" + std::to_string(step) + ");");
    std::vector<RunningProgram> gates;
    for (int i = 0; i < 10; ++i) gates.emplace_back(project.gate());
    for (auto& gate : gates) {
        const Outcome outcome = gate.wait();
        INFO(outcome.describe());
        CHECK(outcome.exit_code == 0);
        CHECK(server_started(outcome));
    }
    CHECK(project.applied() == std::vector{id(1), id(2), id(3), id(4), id(5), id(6)});
    CHECK(project.database().rows("SELECT step FROM marks ORDER BY step;") ==
          std::vector<TextRow>{{"1"}, {"2"}, {"3"}, {"4"}, {"5"}, {"6"}});
}

TEST_CASE("ten gates at once, and every step fails: ten failures, nothing applied") {
    const Kind kind = GENERATE(Kind::postgres, Kind::sqlite);
    Project project(kind);
    project.add_step(1, "CREATE TABLE one (a integer);\nSELECT nothing FROM one;");
    std::vector<RunningProgram> gates;
    for (int i = 0; i < 10; ++i) gates.emplace_back(project.gate());
    for (auto& gate : gates) {
        const Outcome outcome = gate.wait();
        INFO(outcome.describe());
        CHECK(outcome.exit_code == 79);
    }
    CHECK(project.database().tables().empty());
}

TEST_CASE("a gate at head never waits for somebody's migration") {
    const Kind kind = GENERATE(Kind::postgres, Kind::sqlite);
    Project project(kind);
    project.add_three_steps();
    REQUIRE(project.start().exit_code == 0);
    Project newer(kind == Kind::postgres ? make_database(shared_server()) : make_database(kind));
    std::filesystem::copy(project.migrations(), newer.migrations(), std::filesystem::copy_options::recursive);
    newer.add_step(4, kind == Kind::postgres ? "SELECT pg_sleep(3);"
                                             : "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x "
                                               "< 20000000) SELECT count(*) FROM c;");
    Program program = newer.gate();
    program.environment["DATABASE_URL"] = project.database().url();
    RunningProgram migrating(program);
    pause_for(Milliseconds{800});
    const Outcome old = project.start();
    INFO(old.describe());
    CHECK(server_started(old));
    CHECK(migrating.is_running());
    CHECK(server_started(migrating.wait()));
}

TEST_CASE("a step that meets somebody's lock is rolled back, tried again, and succeeds when the lock is gone") {
    Project project(Kind::postgres);
    add_blocked_step(project);
    RunningProgram blocker = hold_lock(project, "3");
    Program program = project.gate();
    program.environment["HEADGATE_LOCK_TIMEOUT"] = "300ms";
    const Outcome outcome = run_program(program);
    INFO(outcome.describe());
    CHECK(server_started(outcome));
    CHECK(outcome.err.contains(id(2)));
    CHECK(outcome.err.contains("lock timeout"));
    CHECK(outcome.duration > Milliseconds{1500});
    CHECK(project.applied() == std::vector{id(1), id(2)});
    CHECK(blocker.wait().exit_code == 0);
}

TEST_CASE("a lock that stays past retry_timeout ends the gate as busy: 75, nothing applied") {
    Project project(Kind::postgres);
    add_blocked_step(project);
    const RunningProgram blocker = hold_lock(project, "60");
    Program program = project.gate();
    program.environment["HEADGATE_LOCK_TIMEOUT"] = "200ms";
    program.environment["HEADGATE_RETRY_TIMEOUT"] = "1500ms";
    const Outcome outcome = run_program(program);
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 75);
    CHECK(outcome.err.contains(id(2)));
    CHECK_FALSE(project.database().has_table("before_it"));
    CHECK(project.applied() == std::vector{id(1)});
}

TEST_CASE("a step that raises a lock error itself is not tried again") {
    Project project(Kind::postgres);
    add_blocked_step(project);
    project.add_step(2, "LOCK TABLE busy IN ACCESS EXCLUSIVE MODE NOWAIT;");
    const RunningProgram blocker = hold_lock(project, "60");
    const Outcome outcome = project.start();
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 79);
    CHECK(outcome.duration < Milliseconds{5000});
}

TEST_CASE("another gate that takes longer than gate_timeout: 75, and the message says who it is") {
    const Kind kind = GENERATE(Kind::postgres, Kind::sqlite);
    Project project(kind);
    project.add_step(1, "CREATE TABLE one (a integer);");
    project.add_step(2, kind == Kind::postgres ? "SELECT pg_sleep(60);"
                                               : "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE "
                                                 "x < 2000000000) SELECT count(*) FROM c;");
    const RunningProgram first(project.gate());
    REQUIRE(eventually([&] { return project.applied() == std::vector{id(1)}; }));
    Program program = project.gate();
    program.environment["HEADGATE_GATE_TIMEOUT"] = "1500ms";
    const Outcome second = run_program(program);
    INFO(second.describe());
    CHECK(second.exit_code == 75);
    CHECK(second.duration < Milliseconds{8000});
    if (kind == Kind::postgres) {
        const auto pid = project.database().value(
            "SELECT pid FROM pg_stat_activity WHERE wait_event = 'PgSleep' "
            "AND datname = current_database()");
        CHECK(second.err.contains(pid));
    }
}

TEST_CASE("a downgrade does not undo a revision underneath one that a gate applied meanwhile: 76, nothing undone") {
    const Kind kind = GENERATE(Kind::postgres, Kind::sqlite);
    const std::string target = GENERATE("-1", "a00000000001");
    Project project(kind);
    project.add_step(1, "CREATE TABLE one (a integer);\nCREATE TABLE brake (a integer);", "SELECT 1;");
    project.add_step(2, "CREATE TABLE two (a integer);", "DROP TABLE two;");
    REQUIRE(project.run({"upgrade"}).exit_code == 0);
    project.add_step(3, slow_statement(kind), "SELECT 3;");
    RunningProgram migrating(project.gate());
    REQUIRE(is_within(project, migrating));
    RunningProgram undoing(project.headgate({"downgrade", target}));
    REQUIRE(undoing.wait_for_text("waiting for "));
    project.database().execute(kind == Kind::postgres ? "INSERT INTO brake VALUES (1)" : "SELECT 1");
    const Outcome outcome = undoing.wait();
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 76);
    CHECK(outcome.err.contains("revision " + id(3) + " came on top of " + id(2)));
    CHECK(server_started(migrating.wait()));
    CHECK(project.applied() == std::vector{id(1), id(2), id(3)});
    CHECK(project.database().has_table("two"));
}

TEST_CASE("two applications in one database do not meet: each has its own ledger and its own lock") {
    Project project(Kind::postgres);
    project.database().execute("CREATE SCHEMA other");
    project.add_step(1, "SELECT pg_sleep(2);");
    Program slow = project.gate();
    slow.environment["HEADGATE_LEDGER_SCHEMA"] = "other";
    RunningProgram first(slow);
    REQUIRE(eventually([&] {
        return project.database().value(
                   "SELECT count(*) FROM pg_stat_activity WHERE datname = "
                   "current_database() AND wait_event = 'PgSleep'") != "0";
    }));
    project.add_step(1, "CREATE TABLE one (a integer);");
    const Outcome second = project.start();
    INFO(second.describe());
    CHECK(server_started(second));
    CHECK(first.is_running());
    CHECK(server_started(first.wait()));
    CHECK(project.database().value("SELECT count(*) FROM other.headgate_ledger") == "1");
    CHECK(project.database().value("SELECT count(*) FROM public.headgate_ledger") == "1");
}

TEST_CASE("several stamps at once wait for each other, and all succeed") {
    Project project(Kind::postgres);
    project.add_three_steps();
    std::vector<RunningProgram> running;
    for (int i = 0; i < 6; ++i) running.emplace_back(project.headgate({"stamp", "head"}));
    for (auto& one : running) {
        const Outcome outcome = one.wait();
        INFO(outcome.describe());
        CHECK(outcome.exit_code == 0);
    }
    CHECK(project.applied() == std::vector<std::string>{id(1), id(2), id(3)});
}
