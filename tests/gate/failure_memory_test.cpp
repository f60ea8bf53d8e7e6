// SPDX-License-Identifier: Apache-2.0
// A failure is remembered for a minute: fifty replicas do not each repeat a step that fails after minutes. A changed
// file and a person's upgrade are tried all the same.
#include <csignal>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "gate/events.hpp"
#include "gate/project.hpp"

using namespace headgate::gate;
using namespace headgate::support;

namespace {

// Fails after a while.
std::string slow_failure(Kind kind) {
    const std::string slow = kind == Kind::postgres
                                 ? "SELECT pg_sleep(2);"
                                 : "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 2000000) "
                                   "SELECT count(*) FROM c;";
    return slow + "\nINSERT INTO one VALUES ('not there', 1);";
}

// The first step is applied, the second fails.
void add_failing_step(Project& project) {
    project.add_step(1, "CREATE TABLE one (a integer);");
    project.add_step(2, "INSERT INTO one VALUES (1);\nSELECT nothing FROM one;");
}

std::string remembered(const Project& project) {
    return project.database().value("SELECT count(*) FROM headgate_attempts;");
}

// Whether the gate's failure is the one of an earlier gate.
bool was_not_tried(const Outcome& outcome) {
    return outcome.exit_code == 79 && outcome.err.contains("was not tried again");
}

}  // namespace

TEST_CASE("five gates and a step that fails slowly: it ran once, and all five fail") {
    const Kind kind = GENERATE(Kind::postgres, Kind::sqlite);
    Project project(kind);
    project.add_step(1, "CREATE TABLE one (a integer);");
    REQUIRE(project.run({"upgrade"}).exit_code == 0);
    project.add_step(2, slow_failure(kind));
    std::vector<RunningProgram> gates;
    for (int i = 0; i < 5; ++i) gates.emplace_back(project.gate());
    int tried = 0;
    for (auto& gate : gates) {
        const Outcome outcome = gate.wait();
        INFO(outcome.describe());
        CHECK(outcome.exit_code == 79);
        CHECK(outcome.err.contains(id(2)));
        if (!outcome.err.contains("was not tried again")) ++tried;
    }
    CHECK(tried == 1);
    CHECK(project.applied() == std::vector{id(1)});
}

TEST_CASE("a gate after a failure fails at once, and says where, when and for how long still") {
    Project project(GENERATE(Kind::postgres, Kind::sqlite));
    add_failing_step(project);
    const Outcome first = project.start();
    INFO(first.describe());
    CHECK(first.exit_code == 79);
    CHECK_FALSE(first.err.contains("was not tried again"));
    CHECK(remembered(project) == "1");
    Program program = project.gate();
    program.environment["HEADGATE_LOG_FORMAT"] = "json";
    const Outcome second = run_program(program);
    INFO(second.describe());
    CHECK(second.exit_code == 79);
    const auto failed = events_named("failed", second);
    REQUIRE(failed.size() == 1);
    const auto reason = failed[0].at("reason").get<std::string>();
    CHECK(failed[0].at("revision") == id(2));
    CHECK(reason.contains("was not tried again"));
    CHECK(reason.contains(" ago on "));
    CHECK(reason.contains("for another "));
    CHECK(reason.contains("nothing"));
    CHECK(reason.contains(id(2) + "_step.sql"));
    CHECK(project.applied() == std::vector{id(1)});
}

TEST_CASE("after the minute the step is tried again, and its success removes the memory") {
    const Kind kind = GENERATE(Kind::postgres, Kind::sqlite);
    Project project(kind);
    project.add_step(1, "CREATE TABLE one (a integer);");
    project.add_step(2, "INSERT INTO two VALUES (1);");
    CHECK(project.start().exit_code == 79);
    project.database().execute("CREATE TABLE two (a integer);");
    CHECK(was_not_tried(project.start()));
    project.database().execute(kind == Kind::postgres
                                   ? "UPDATE headgate_attempts SET failed_at = failed_at - interval '61 seconds'"
                                   : "UPDATE headgate_attempts SET failed_at = strftime('%Y-%m-%dT%H:%M:%fZ', "
                                     "failed_at, '-61 seconds');");
    const Outcome later = project.start();
    INFO(later.describe());
    CHECK(server_started(later));
    CHECK(project.applied() == std::vector{id(1), id(2)});
    CHECK(remembered(project) == "0");
}

TEST_CASE("a changed file is tried at once; a changed comment is no change") {
    Project project(GENERATE(Kind::postgres, Kind::sqlite));
    add_failing_step(project);
    CHECK(project.start().exit_code == 79);
    project.add_step(2, "INSERT INTO one VALUES (1);\n-- looked at it\nSELECT nothing FROM one;");
    CHECK(was_not_tried(project.start()));
    project.add_step(2, "INSERT INTO one VALUES (2);");
    const Outcome changed = project.start();
    INFO(changed.describe());
    CHECK(server_started(changed));
    CHECK(remembered(project) == "0");
}

TEST_CASE("a person's upgrade is tried whatever failed before, and leaves no memory of its own") {
    Project project(GENERATE(Kind::postgres, Kind::sqlite));
    add_failing_step(project);
    CHECK(project.start().exit_code == 79);
    const Outcome upgrade = project.run({"upgrade"});
    INFO(upgrade.describe());
    CHECK(upgrade.exit_code == 79);
    CHECK_FALSE(upgrade.err.contains("was not tried again"));
    project.database().execute("DELETE FROM headgate_attempts;");
    CHECK(project.run({"upgrade"}).exit_code == 79);
    CHECK(remembered(project) == "0");
}

TEST_CASE("steps before the one that failed elsewhere are applied") {
    Project project(GENERATE(Kind::postgres, Kind::sqlite));
    add_failing_step(project);
    CHECK(project.start().exit_code == 79);
    project.database().execute("DELETE FROM headgate_ledger;");
    project.database().execute("DROP TABLE one;");
    const Outcome outcome = project.start();
    INFO(outcome.describe());
    CHECK(was_not_tried(outcome));
    CHECK(project.applied() == std::vector{id(1)});
}

TEST_CASE("a step that was interrupted, met its deadline or did not get its locks is not remembered") {
    Project project(Kind::postgres);
    project.add_step(1, "CREATE TABLE one (a integer);");
    project.add_step(2, "SELECT pg_sleep(600);");
    Program program = project.gate();
    program.environment["HEADGATE_DEADLINE"] = "3s";
    const Outcome late = run_program(program);
    INFO(late.describe());
    CHECK(late.exit_code == 79);
    RunningProgram gate(project.gate());
    REQUIRE(eventually([&] {
        return project.database().value(
                   "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = "
                   "'PgSleep'") == "1";
    }));
    gate.send_signal(SIGTERM);
    CHECK(gate.wait().status() == 143);
    CHECK(project.database().value("SELECT to_regclass('headgate_attempts') IS NULL") == "t");
}

TEST_CASE("a role that may not create the memory's table fails as without it") {
    Project project(Kind::postgres);
    add_failing_step(project);
    REQUIRE(project.run({"upgrade", "+1"}).exit_code == 0);
    project.database().execute("CREATE TABLE headgate_attempts (something text)");
    for (int i = 0; i < 2; ++i) {
        const Outcome outcome = project.start();
        INFO(outcome.describe());
        CHECK(outcome.exit_code == 79);
        CHECK_FALSE(outcome.err.contains("was not tried again"));
    }
}
