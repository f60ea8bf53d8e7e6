// SPDX-License-Identifier: Apache-2.0
// Revisions with transaction = false, and what comes at the worst moment: another gate between the plan and the lock,
// a signal when the statement cannot be stopped any more.
#include <csignal>

#include <catch2/catch_test_macros.hpp>

#include "gate/project.hpp"
#include "support/relay.hpp"

using namespace headgate::gate;
using namespace headgate::support;

namespace {

// Its first statement is done, and what the second one lacked is there now.
void leave_half_done(Project& project) {
    project.add_step(1, "CREATE TABLE counts (n integer, m integer);\nINSERT INTO counts VALUES (0, 0);");
    project.add_step(2, "UPDATE counts SET n = n + 1;\nUPDATE missing SET m = m + 1;", "", no_transaction);
    REQUIRE(project.start().exit_code == 80);
    project.add_step(2, "UPDATE counts SET n = n + 1;\nUPDATE counts SET m = m + 1;", "", no_transaction);
}

}  // namespace

TEST_CASE("transaction = false: another gate finishes the revision before we have the lock: nothing is run twice") {
    Project project(Kind::postgres);
    leave_half_done(project);
    Relay relay(shared_server().host, shared_server().port);
    // The connection that takes the lock begins after the plan, and needs several of these before it has it.
    relay.set_delay(Milliseconds{300});
    Program slow = project.gate();
    const auto name = project.database().value("SELECT current_database()");
    slow.environment["DATABASE_URL"] = shared_server().with_port(relay.port()).url(name) + "?sslmode=disable";
    RunningProgram first(slow);
    REQUIRE(eventually([&] { return relay.connections() == 2; }, Milliseconds{30'000}));
    relay.set_silent(true);
    const Outcome second = project.run({"upgrade"});
    INFO(second.describe());
    REQUIRE(second.exit_code == 0);
    CHECK(project.database().rows("SELECT n, m FROM counts") == std::vector<TextRow>{{"1", "1"}});
    relay.set_delay(Milliseconds{0});
    relay.set_silent(false);
    const Outcome ended = first.wait();
    INFO(ended.describe());
    CHECK(server_started(ended));
    CHECK(project.database().rows("SELECT n, m FROM counts") == std::vector<TextRow>{{"1", "1"}});
}

TEST_CASE(
    "transaction = false: a statement that outlives SIGTERM is recorded as done: 143, and the next start goes on") {
    Project project(Kind::postgres);
    project.add_step(1, "CREATE TABLE seen (n integer);");
    project.add_step(2,
                     "DO $$ BEGIN INSERT INTO seen VALUES (1); COMMIT; BEGIN PERFORM pg_sleep(60); EXCEPTION WHEN "
                     "query_canceled THEN INSERT INTO seen VALUES (2); END; END $$;\nINSERT INTO seen VALUES (3);",
                     "", no_transaction);
    RunningProgram gate(project.gate());
    REQUIRE(eventually([&] {
        return project.database().value(
                   "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = "
                   "current_database()") == "1";
    }));
    gate.send_signal(SIGTERM);
    const Outcome ended = gate.wait();
    INFO(ended.describe());
    CHECK(ended.status() == 143);
    const Outcome next = project.start();
    INFO(next.describe());
    CHECK(server_started(next));
    CHECK(project.database().rows("SELECT n FROM seen ORDER BY n") == std::vector<TextRow>{{"1"}, {"2"}, {"3"}});
}

TEST_CASE("transaction = false: a block that commits in between and then fails asks where to go on: 80") {
    Project project(Kind::postgres);
    project.add_step(1, "CREATE TABLE items (n integer);");
    const auto file = project.add_step(
        2, "DO $$ BEGIN INSERT INTO items VALUES (1); COMMIT; RAISE EXCEPTION 'met' USING ERRCODE = '40001'; END $$;",
        "", no_transaction);
    const Outcome outcome = project.start();
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 80);
    CHECK(outcome.err.contains("--resume-at 2"));
    CHECK(outcome.err.contains(spot(file, "DO $$")));
    CHECK(project.database().value("SELECT count(*) FROM items") == "1");
}
