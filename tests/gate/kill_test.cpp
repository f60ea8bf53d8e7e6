// SPDX-License-Identifier: Apache-2.0
// Killed at the worst moment: headgate, or the database under it. The next start goes on; nothing twice, nothing lost.
// And asked to end: it ends at once, and cleanly.
#include <csignal>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "gate/brake.hpp"
#include "support/processes.hpp"
#include "support/relay.hpp"

using namespace headgate::gate;
using namespace headgate::support;

TEST_CASE("kill -9 of headgate during a step: the next start goes on, nothing twice, nothing lost") {
    const Kind kind = GENERATE(Kind::postgres, Kind::sqlite);
    Project project(kind);
    add_steps_with_brake(project, kind == Kind::postgres ? 120 : 2000);
    RunningProgram gate(project.gate());
    REQUIRE(wait_for_step_two(project));
    gate.send_signal(SIGKILL);
    CHECK(gate.wait().signal == SIGKILL);
    check_only_step_one(project);
    // The orphaned query ends by itself, long before it would: the step has the server look for its client.
    if (kind == Kind::postgres) CHECK(eventually([&] { return !is_sleeping(project); }, Milliseconds{30'000}));
    project.database().execute("UPDATE brake SET n = 0;");
    const Outcome next = project.start();
    INFO(next.describe());
    CHECK(server_started(next));
    check_each_step_once(project);
}

TEST_CASE("kill -9 of PostgreSQL during a step: the gate waits for it and goes on by itself") {
    if (!PostgresServer::find_programs()) skip_or_fail("no PostgreSQL server is installed");
    PostgresServer server;
    Project project(make_database(server.address()));
    add_steps_with_brake(project, 3);
    RunningProgram gate(project.gate());
    REQUIRE(wait_for_step_two(project));
    server.kill9();
    pause_for(Milliseconds{500});
    server.start();
    const Outcome outcome = gate.wait();
    INFO(outcome.describe());
    CHECK(server_started(outcome));
    check_each_step_once(project);
}

TEST_CASE("kill -9 of PostgreSQL during a step, and no server in time: the next start goes on") {
    if (!PostgresServer::find_programs()) skip_or_fail("no PostgreSQL server is installed");
    PostgresServer server;
    Project project(make_database(server.address()));
    add_steps_with_brake(project, 3);
    Program program = project.gate();
    program.environment["HEADGATE_WAIT_TIMEOUT"] = "2s";
    RunningProgram gate(program);
    REQUIRE(wait_for_step_two(project));
    server.kill9();
    const Outcome lost = gate.wait();
    INFO(lost.describe());
    CHECK_FALSE(server_started(lost));
    CHECK((lost.exit_code == 124 || lost.exit_code == 79 || lost.exit_code == 80));
    server.start();
    check_only_step_one(project);
    const Outcome next = project.start();
    INFO(next.describe());
    CHECK(server_started(next));
    check_each_step_once(project);
}

TEST_CASE(
    "SIGTERM and SIGINT during a step cancel it on the server, roll it back and end the gate, all within a second") {
    const Kind kind = GENERATE(Kind::postgres, Kind::sqlite);
    const int signal = GENERATE(SIGTERM, SIGINT);
    Project project(kind);
    add_steps_with_brake(project, kind == Kind::postgres ? 120 : 2000);
    RunningProgram gate(project.gate());
    REQUIRE(wait_for_step_two(project));
    const auto asked = std::chrono::steady_clock::now();
    gate.send_signal(signal);
    const Outcome outcome = gate.wait();
    const auto took = std::chrono::steady_clock::now() - asked;
    INFO(outcome.describe());
    CHECK(outcome.status() == 128 + signal);
    CHECK(took < Milliseconds{1500});
    CHECK_FALSE(server_started(outcome));
    if (kind == Kind::postgres) CHECK_FALSE(is_sleeping(project));
    check_only_step_one(project);
    project.database().execute("UPDATE brake SET n = 0;");
    CHECK(server_started(project.start()));
    check_each_step_once(project);
}

TEST_CASE("SIGTERM while waiting for a database ends the gate at once") {
    Project project(Kind::sqlite);
    project.add_three_steps();
    const SilentPort silent;
    const int port = GENERATE(true, false) ? silent.port() : find_free_port();
    Program program = project.gate();
    program.environment["DATABASE_URL"] = "postgresql://a@127.0.0.1:" + std::to_string(port) + "/a";
    RunningProgram gate(program);
    pause_for(Milliseconds{700});
    REQUIRE(gate.is_running());
    const auto asked = std::chrono::steady_clock::now();
    gate.send_signal(SIGTERM);
    const Outcome outcome = gate.wait();
    INFO(outcome.describe());
    CHECK(outcome.status() == 143);
    CHECK(std::chrono::steady_clock::now() - asked < Milliseconds{1000});
}

TEST_CASE("SIGTERM while another gate holds the lock ends only the one that waits") {
    const Kind kind = GENERATE(Kind::postgres, Kind::sqlite);
    Project project(kind);
    add_steps_with_brake(project, kind == Kind::postgres ? 3 : 20);
    RunningProgram first(project.gate());
    REQUIRE(wait_for_step_two(project));
    RunningProgram second(project.gate());
    pause_for(Milliseconds{700});
    REQUIRE(second.is_running());
    second.send_signal(SIGTERM);
    const Outcome ended = second.wait();
    INFO(ended.describe());
    CHECK(ended.status() == 143);
    const Outcome outcome = first.wait();
    INFO(outcome.describe());
    CHECK(server_started(outcome));
    check_each_step_once(project);
}

TEST_CASE("as PID 1 the gate migrates and becomes the server, which is then PID 1") {
    Project project(GENERATE(Kind::postgres, Kind::sqlite));
    project.add_three_steps();
    const Outcome outcome = run_program(as_first_process(project.gate()));
    INFO(outcome.describe());
    CHECK(server_started(outcome));
    CHECK(outcome.out.starts_with("pid 1\n"));
}

TEST_CASE("as PID 1, where the kernel shields a process from signals, SIGTERM and SIGINT still end the gate") {
    const Kind kind = GENERATE(Kind::postgres, Kind::sqlite);
    const int signal = GENERATE(SIGTERM, SIGINT);
    Project project(kind);
    add_steps_with_brake(project, kind == Kind::postgres ? 120 : 2000);
    RunningProgram gate(as_first_process(project.gate()));
    REQUIRE(wait_for_step_two(project));
    ::kill(wait_for_process(gate.pid(), "headgate"), signal);
    const Outcome outcome = gate.wait();
    INFO(outcome.describe());
    CHECK(outcome.status() == 128 + signal);
    CHECK_FALSE(outcome.timed_out);
    check_only_step_one(project);
}
