// SPDX-License-Identifier: Apache-2.0
// The server is stopped, its sessions are ended, its settings are against us: in the middle of a step and between
// steps. (kill_test.cpp has kill -9.)
#include <format>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "gate/marked_steps.hpp"

using namespace headgate::gate;
using namespace headgate::support;

namespace {

std::unique_ptr<PostgresServer> make_server() {
    if (!PostgresServer::find_programs()) skip_or_fail("no PostgreSQL server is installed");
    return std::make_unique<PostgresServer>();
}

// What an administrator does who sees a session that is in the way.
void terminate_slow_step(const Project& project) {
    project.database().execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
        "AND wait_event = 'PgSleep'");
}

void set_for_database(const Project& project, const std::string& setting) {
    project.database().execute(
        std::format("ALTER DATABASE {} SET {}", project.database().value("SELECT current_database()"), setting));
}

}  // namespace

TEST_CASE("the server is restarted during a step, and a second time: the gate goes on by itself, each step once") {
    const auto server = make_server();
    const auto mode = GENERATE(StopMode::immediate, StopMode::fast);
    Project project(make_database(server->address()));
    add_marked_steps(project, 3, 2, "SELECT pg_sleep(2);");
    RunningProgram gate(project.gate());
    for (int i = 0; i < 2; ++i) {
        REQUIRE(wait_for_slow_step(project));
        server->stop(mode);
        server->start();
    }
    const Outcome outcome = gate.wait();
    INFO(outcome.describe());
    CHECK(server_started(outcome));
    CHECK(find_fault(project, 3) == std::nullopt);
}

TEST_CASE("an administrator ends the session of a step: it is begun again, each step once") {
    Project project(Kind::postgres);
    add_marked_steps(project, 3, 2, "SELECT pg_sleep(2);");
    RunningProgram gate(project.gate());
    for (int i = 0; i < 3; ++i) {
        REQUIRE(wait_for_slow_step(project));
        CHECK(find_fault(project, 1) == std::nullopt);
        terminate_slow_step(project);
    }
    const Outcome outcome = gate.wait();
    INFO(outcome.describe());
    CHECK(server_started(outcome));
    CHECK(find_fault(project, 3) == std::nullopt);
}

TEST_CASE("a step that ends its own session each time is given up at retry_timeout: 79, nothing of it is there") {
    Project project(Kind::postgres);
    add_marked_steps(project, 3, 2, "SELECT pg_terminate_backend(pg_backend_pid());");
    Program program = project.gate();
    program.environment["HEADGATE_RETRY_TIMEOUT"] = "2s";
    const Outcome outcome = run_program(program);
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 79);
    CHECK(outcome.err.contains(id(2)));
    CHECK(outcome.duration < Milliseconds{8000});
    CHECK(find_fault(project, 1) == std::nullopt);
}

TEST_CASE("an administrator ends the session of a gate that waits for another one: it goes on waiting") {
    Project project(Kind::postgres);
    add_marked_steps(project, 3, 2, "SELECT pg_sleep(3);");
    RunningProgram first(project.gate());
    REQUIRE(wait_for_slow_step(project));
    RunningProgram second(project.gate());
    REQUIRE(second.wait_for_text("waiting for", Milliseconds{20'000}));
    for (int i = 0; i < 5; ++i) {
        project.database().execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
            "AND application_name LIKE 'headgate%' AND wait_event IS DISTINCT FROM 'PgSleep'");
        pause_for(Milliseconds{200});
    }
    for (auto* gate : {&first, &second}) {
        const Outcome outcome = gate->wait();
        INFO(outcome.describe());
        CHECK(server_started(outcome));
    }
    CHECK(find_fault(project, 3) == std::nullopt);
}

TEST_CASE("time-outs of the database and of the role do not end a step") {
    Project project(Kind::postgres);
    const bool is_17 = std::stoi(project.database().value("SHOW server_version_num")) >= 170000;
    add_marked_steps(project, 3, 2, "SELECT pg_sleep(1);");
    set_for_database(project, "statement_timeout = '300ms'");
    set_for_database(project, "idle_in_transaction_session_timeout = '200ms'");
    set_for_database(project, "lock_timeout = '100ms'");
    if (is_17) set_for_database(project, "transaction_timeout = '300ms'");
    const Outcome outcome = project.start();
    INFO(outcome.describe());
    CHECK(server_started(outcome));
    CHECK(find_fault(project, 3) == std::nullopt);
}

TEST_CASE("idle_session_timeout shorter than a gate's pauses: it connects again, and opens") {
    Project project(Kind::postgres);
    if (std::stoi(project.database().value("SHOW server_version_num")) < 140000) skip_or_fail("PostgreSQL 13");
    add_marked_steps(project, 3, 2, "SELECT pg_sleep(4);");
    set_for_database(project, "idle_session_timeout = '100ms'");
    RunningProgram first(project.gate());
    REQUIRE(wait_for_slow_step(project));
    const Outcome second = project.start();
    INFO(second.describe());
    CHECK(server_started(second));
    CHECK(second.err.contains("connection to the database was lost"));
    CHECK(server_started(first.wait()));
    CHECK(find_fault(project, 3) == std::nullopt);
}

TEST_CASE("wait goes on when its session is ended, and when the server is restarted") {
    const auto server = make_server();
    Project project(make_database(server->address()));
    add_marked_steps(project, 2);
    RunningProgram waiting(project.headgate({"wait", "--", "/bin/echo", "opened"}));
    REQUIRE(waiting.wait_for_text("waiting for", Milliseconds{20'000}));
    for (int i = 0; i < 20; ++i)
        query_postgres(
            server->url(),
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'headgate%'");
    server->stop(StopMode::immediate);
    server->start();
    CHECK(waiting.is_running());
    REQUIRE(project.run({"upgrade"}).exit_code == 0);
    const Outcome outcome = waiting.wait();
    INFO(outcome.describe());
    CHECK(outcome.out == "opened\n");
}
