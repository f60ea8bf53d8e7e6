// SPDX-License-Identifier: Apache-2.0
// Many small steps go to PostgreSQL in few texts. Each is still its own transaction, and each failure is still the
// failure of one step.
#include <csignal>
#include <format>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "gate/project.hpp"
#include "support/relay.hpp"

using namespace headgate::gate;
using namespace headgate::support;

namespace {

void add_steps(Project& project, int count) {
    project.add_step(1, "CREATE TABLE marks (step integer);\nINSERT INTO marks VALUES (1);");
    for (int step = 2; step <= count; ++step)
        project.add_step(step, std::format("INSERT INTO marks VALUES ({});", step));
}

std::vector<std::string> ids(int count) {
    std::vector<std::string> all;
    for (int step = 1; step <= count; ++step) all.push_back(id(step));
    return all;
}

std::string marks(const Project& project) {
    return project.database().value("SELECT count(*) || ' of ' || count(DISTINCT step) FROM marks");
}

}  // namespace

TEST_CASE("a hundred steps to a server 20 ms away take a second or two, not a hundred round trips") {
    Project project(Kind::postgres);
    add_steps(project, 100);
    Relay relay(shared_server().host, shared_server().port);
    relay.set_delay(std::chrono::milliseconds(10));
    Program program = project.gate();
    const auto address = shared_server().with_port(relay.port());
    program.environment["DATABASE_URL"] = address.url(project.database().value("SELECT current_database()"));
    const Outcome outcome = run_program(program);
    INFO(outcome.describe());
    CHECK(server_started(outcome));
    CHECK(project.applied() == ids(100));
    CHECK(marks(project) == "100 of 100");
    CHECK(relay.turns() < 20);
    CHECK(outcome.duration < Milliseconds{5000});
}

TEST_CASE("a typing error in step 3 of 5: steps 1 and 2 are applied, 3 is named by its line, 4 and 5 are not") {
    const bool is_unreadable = GENERATE(true, false);
    Project project(Kind::postgres);
    add_steps(project, 5);
    const auto file = project.add_step(3, is_unreadable ? "INSERT INTO marks VALUES (3);\nSELEC 1;"
                                                        : "INSERT INTO marks VALUES (3);\nSELECT nothing;");
    const Outcome outcome = project.start();
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 79);
    CHECK(outcome.err.contains(spot(file, is_unreadable ? "SELEC 1" : "SELECT nothing")));
    CHECK(project.applied() == ids(2));
    CHECK(marks(project) == "2 of 2");
    project.add_step(3, "INSERT INTO marks VALUES (3);");
    CHECK(server_started(project.start()));
    CHECK(project.applied() == ids(5));
    CHECK(marks(project) == "5 of 5");
}

TEST_CASE("each step of a common text has its own duration in the ledger, and its own settings") {
    Project project(Kind::postgres);
    project.add_step(1, "SELECT pg_sleep(0.3);\nSET search_path = nowhere;\nSET lock_timeout = '7s';");
    project.add_step(2,
                     "CREATE TABLE seen AS SELECT current_setting('search_path') AS path, "
                     "current_setting('lock_timeout') AS lock_timeout, current_setting('application_name') AS name;");
    project.add_step(3, "SELECT pg_sleep(0.6);");
    const Outcome outcome = project.start();
    INFO(outcome.describe());
    CHECK(server_started(outcome));
    CHECK(project.database().rows("SELECT path LIKE '%public%', lock_timeout, name LIKE '%" + id(2) + "' FROM seen") ==
          std::vector<TextRow>{{"t", "2s", "t"}});
    const auto duration = [&](int step) {
        return std::stoi(
            project.database().value("SELECT duration_ms FROM headgate_ledger WHERE revision = '" + id(step) + "'"));
    };
    CHECK(duration(1) >= 300);
    CHECK(duration(1) < 600);
    CHECK(duration(2) < 300);
    CHECK(duration(3) >= 600);
    CHECK(duration(3) < 900);
}

TEST_CASE("a step's line is in the log when it is applied, not when all are") {
    Project project(Kind::postgres);
    add_steps(project, 2);
    project.add_step(3, "SELECT pg_sleep(30);");
    RunningProgram gate(project.gate());
    CHECK(gate.wait_for_text("applied " + id(2), Milliseconds{5000}));
    CHECK(gate.is_running());
    gate.send_signal(SIGTERM);
    const Outcome outcome = gate.wait();
    INFO(outcome.describe());
    CHECK(outcome.status() == 143);
    CHECK(project.applied() == ids(2));
}

TEST_CASE("a step that meets a lock is tried again where it stopped, and those before it stay") {
    Project project(Kind::postgres);
    add_steps(project, 1);
    REQUIRE(project.start().exit_code == 0);
    project.database().execute("CREATE TABLE busy (a integer)");
    add_steps(project, 5);
    project.add_step(3, "ALTER TABLE busy ADD COLUMN b integer;\nINSERT INTO marks VALUES (3);");
    RunningProgram blocker({.executable = "psql",
                            .arguments = {"--no-psqlrc", "--dbname=" + project.database().url(), "--command=BEGIN",
                                          "--command=LOCK TABLE busy", "--command=SELECT pg_sleep(2)"}});
    REQUIRE(eventually([&] {
        return project.database().value(
                   "SELECT count(*) FROM pg_locks WHERE relation = 'busy'::regclass AND granted") != "0";
    }));
    Program program = project.gate();
    program.environment["HEADGATE_LOCK_TIMEOUT"] = "200ms";
    const Outcome outcome = run_program(program);
    INFO(outcome.describe());
    CHECK(server_started(outcome));
    CHECK(outcome.err.contains("trying again"));
    CHECK(marks(project) == "5 of 5");
}

TEST_CASE("transaction = false: the step after it does not find the gate taken by its own run") {
    Project project(Kind::postgres);
    project.add_step(1, "CREATE TABLE items (n integer);");
    for (int number = 2; number < 12; number += 2) {
        project.add_step(number, "CREATE INDEX CONCURRENTLY items_" + id(number) + " ON items (n);", "",
                         "-- transaction = false\n");
        project.add_step(number + 1, "INSERT INTO items VALUES (" + std::to_string(number) + ");");
    }
    const auto result = project.run({"upgrade"});
    CHECK(result.exit_code == 0);
    CHECK(result.err.find("another headgate") == std::string::npos);
    CHECK(project.database().value("SELECT count(*) FROM headgate_ledger WHERE state = 'applied'") == "11");
}
