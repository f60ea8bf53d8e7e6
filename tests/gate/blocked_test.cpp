// SPDX-License-Identifier: Apache-2.0
// A gate whose step waits for somebody else's lock says who it is: nobody wants to find that out at three in the
// morning.
#include <algorithm>
#include <csignal>

#include <catch2/catch_test_macros.hpp>

#include "gate/events.hpp"
#include "gate/project.hpp"

using namespace headgate::gate;
using namespace headgate::support;

namespace {

RunningProgram block(const Project& project, const std::string& seconds) {
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

std::string pid_of_blocker(const Project& project) {
    return project.database().value(
        "SELECT pid FROM pg_stat_activity WHERE application_name = 'the blocker' "
        "AND datname = current_database()");
}

void add_blocked_step(Project& project, const std::string& header = "") {
    project.add_step(1, "CREATE TABLE busy (a integer);");
    REQUIRE(project.run({"upgrade"}).exit_code == 0);
    project.add_step(2, "ALTER TABLE busy ADD COLUMN b integer;", "", header);
}

Program json_gate(const Project& project) {
    Program program = project.gate();
    program.environment["HEADGATE_LOG_FORMAT"] = "json";
    return program;
}

std::string sessions_of_headgate(const Project& project) {
    return project.database().value(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE "
        "'headgate%'");
}

}  // namespace

TEST_CASE("with the default settings a blocked gate names its blocker, and goes on when it is gone") {
    Project project(Kind::postgres);
    add_blocked_step(project);
    const auto blocker = block(project, "4");
    const auto pid = std::stoll(pid_of_blocker(project));
    const Outcome outcome = run_program(json_gate(project));
    INFO(outcome.describe());
    CHECK(server_started(outcome));
    const auto blocked = events_named("step_blocked", outcome);
    REQUIRE_FALSE(blocked.empty());
    CHECK(blocked[0].at("level") == "warning");
    CHECK(blocked[0].at("revision") == id(2));
    CHECK(blocked[0].at("holder_pid") == pid);
    CHECK(blocked[0].at("holder_application") == "the blocker");
    CHECK(blocked[0].at("holder_query") == "SELECT pg_sleep(4)");
    CHECK(blocked[0].at("holder_lock") == "AccessShareLock");
    CHECK(blocked[0].at("wanted") == "AccessExclusiveLock on public.busy");
    CHECK(blocked[0].at("waited_ms").get<int>() >= 500);
    CHECK(blocked[0].at("msg").get<std::string>().contains("the blocker"));
    const auto retried = events_named("step_retried", outcome);
    REQUIRE_FALSE(retried.empty());
    CHECK(retried[0].at("holder").get<std::string>().contains("the blocker"));
}

TEST_CASE("a gate that gives up on a lock names in its failure who held it last") {
    Project project(Kind::postgres);
    add_blocked_step(project);
    const auto blocker = block(project, "60");
    Program program = json_gate(project);
    program.environment["HEADGATE_LOCK_TIMEOUT"] = "600ms";
    program.environment["HEADGATE_RETRY_TIMEOUT"] = "3s";
    const Outcome outcome = run_program(program);
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 75);
    const auto failed = events_named("failed", outcome);
    REQUIRE(failed.size() == 1);
    CHECK(failed[0].at("reason").get<std::string>().contains("pid " + pid_of_blocker(project) + ", the blocker"));
}

TEST_CASE("SIGTERM ends a blocked gate at once, and no session is left over") {
    Project project(Kind::postgres);
    add_blocked_step(project, "-- lock_timeout = \"0s\"\n");
    const auto blocker = block(project, "60");
    RunningProgram gate(project.gate());
    REQUIRE(gate.wait_for_text("the blocker", Milliseconds{20'000}));
    const auto asked = std::chrono::steady_clock::now();
    gate.send_signal(SIGTERM);
    const Outcome outcome = gate.wait();
    INFO(outcome.describe());
    CHECK(outcome.status() == 143);
    CHECK(std::chrono::steady_clock::now() - asked < Milliseconds{2000});
    CHECK(eventually([&] { return sessions_of_headgate(project) == "0"; }));
}
