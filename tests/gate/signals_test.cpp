// SPDX-License-Identifier: Apache-2.0
// Asked to end, wherever the gate is at that moment: it ends at once, says so by its exit code, and leaves nothing
// behind on the server.
#include <algorithm>
#include <chrono>
#include <csignal>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "gate/brake.hpp"
#include "support/processes.hpp"
#include "support/relay.hpp"

using namespace headgate::gate;
using namespace headgate::support;

namespace {

using Clock = std::chrono::steady_clock;

constexpr Milliseconds at_once{4000};  // on a slow machine, with sanitizers

enum class Place { ordinary, first_process };

Program in_place(Place place, Program program) {
    return place == Place::ordinary ? std::move(program) : as_first_process(std::move(program));
}

// Sends the signal to headgate itself, below whatever began it, and sees it end.
void check_ends_by(RunningProgram& gate, int signal) {
    const pid_t pid = wait_for_process(gate.pid(), "headgate");
    const auto asked = Clock::now();
    ::kill(pid, signal);
    const Outcome outcome = gate.wait();
    INFO(outcome.describe());
    // By its own exit, with the reason told: not by the signal itself.
    CHECK(outcome.exit_code == 128 + signal);
    CHECK(outcome.err.contains("ended by SIG"));
    CHECK(Clock::now() - asked < at_once);
    CHECK_FALSE(server_started(outcome));
}

void check_nothing_left(const Project& project) {
    if (project.kind() != Kind::postgres) return;
    CHECK(eventually([&] { return count_sessions(project) == 0; }));
}

int any_ending_signal() {
    return GENERATE(SIGTERM, SIGINT, SIGQUIT, SIGHUP);
}

Place any_place() {
    return GENERATE(Place::ordinary, Place::first_process);
}

Program gate_at(const Project& project, const std::string& url) {
    Program program = project.gate();
    program.environment["DATABASE_URL"] = url;
    return program;
}

Program gate_through(const Project& project, const Relay& relay) {
    const auto& server = shared_server();
    const auto name = project.database().value("SELECT current_database()");
    return gate_at(project, PostgresAddress(server).with_port(relay.port()).url(name));
}

}  // namespace

TEST_CASE("a signal in the middle of a ten-minute statement cancels it on the server and rolls the step back") {
    const Kind kind = GENERATE(Kind::postgres, Kind::sqlite);
    const int signal = any_ending_signal();
    const Place place = any_place();
    Project project(kind);
    add_steps_that_never_end(project);
    RunningProgram gate(in_place(place, project.gate()));
    REQUIRE(wait_for_step_two(project));
    check_ends_by(gate, signal);
    if (kind == Kind::postgres) CHECK_FALSE(is_sleeping(project));
    check_only_step_one(project);
    check_nothing_left(project);
    release_brake(project);
    CHECK(server_started(project.start()));
    check_each_step_once(project);
}

TEST_CASE("the server is asked to cancel within a tenth of a second") {
    Project project(Kind::postgres);
    add_steps_that_never_end(project);
    std::vector<Clock::duration> times;
    for (int attempt = 0; attempt < 7; ++attempt) {
        Relay relay(shared_server().host, shared_server().port);
        RunningProgram gate(gate_through(project, relay));
        REQUIRE(wait_for_step_two(project));
        const auto before = relay.connections();
        const auto asked = Clock::now();
        gate.send_signal(SIGTERM);
        while (relay.connections() == before && gate.is_running()) pause_for(Milliseconds{1});
        times.push_back(Clock::now() - asked);
        CHECK(gate.wait().exit_code == 128 + SIGTERM);
    }
    // Not all of them, because the machine may have other things to do.
    std::ranges::sort(times);
    CHECK(times[2] < Milliseconds{100});
}

TEST_CASE("a signal while a name is looked up ends the gate at once") {
    if (!find_in_path("ip") || !find_in_path("python3")) skip_or_fail("ip (iproute2) and python3 are needed");
    const int signal = any_ending_signal();
    const Place place = any_place();
    Project project(Kind::sqlite);
    project.add_three_steps();
    // A network of its own, whose name server hears the question and never answers.
    write_file(project.folder() / "resolv.conf", "nameserver 127.0.0.1\n");
    write_file(project.folder() / "silent.py",
               "import socket, time\ns = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\ns.bind(('127.0.0.1', 53))\n"
               "print('listening', flush=True)\ns.recv(512)\nprint('asked', flush=True)\ntime.sleep(600)\n");
    const std::string script =
        "ip link set lo up && mount --bind resolv.conf /etc/resolv.conf && python3 silent.py & "
        "ip link set lo up; mount --bind resolv.conf /etc/resolv.conf; sleep 1; ";
    const std::string last = place == Place::first_process ? "exec \"$@\"" : "\"$@\"; exit $?";
    RunningProgram gate(
        unshared({"--net", "--mount-proc", "--pid", "--fork", "--kill-child"},
                 begun_by({"sh", "-c", script + last, "sh"}, gate_at(project, "postgresql://a@database.example/a"))));
    REQUIRE(gate.wait_for_text("asked"));
    check_ends_by(gate, signal);
}

TEST_CASE("a signal while a server that accepted is silent ends the gate at once") {
    const int signal = any_ending_signal();
    const Place place = any_place();
    Project project(Kind::postgres);
    project.add_three_steps();
    Relay relay(shared_server().host, shared_server().port);
    relay.set_silent(true);
    RunningProgram gate(in_place(place, gate_through(project, relay)));
    REQUIRE(eventually([&] { return relay.connections() == 1; }));
    check_ends_by(gate, signal);
    CHECK(project.database().tables().empty());
}

TEST_CASE("a signal while nobody answers at the address ends the gate at once") {
    const int signal = any_ending_signal();
    const Place place = any_place();
    Project project(Kind::sqlite);
    project.add_three_steps();
    const auto url = "postgresql://a@127.0.0.1:" + std::to_string(find_free_port()) + "/a";
    RunningProgram gate(in_place(place, gate_at(project, url)));
    REQUIRE(gate.wait_for_text("waiting for the database"));
    check_ends_by(gate, signal);
}

TEST_CASE("a signal while another gate migrates ends the one that waits, and only that") {
    const Kind kind = GENERATE(Kind::postgres, Kind::sqlite);
    const Place place = any_place();
    Project project(kind);
    add_steps_that_never_end(project);
    RunningProgram first(project.gate());
    REQUIRE(wait_for_step_two(project));
    for (const int signal : {SIGTERM, SIGINT, SIGQUIT, SIGHUP}) {
        RunningProgram second(in_place(place, project.gate()));
        REQUIRE(second.wait_for_text("waiting for"));
        check_ends_by(second, signal);
        CHECK(first.is_running());
    }
    check_ends_by(first, SIGTERM);
    check_only_step_one(project);
    check_nothing_left(project);
}

TEST_CASE("a signal between steps ends the gate after a whole step") {
    const Kind kind = GENERATE(Kind::postgres, Kind::sqlite);
    const int signal = any_ending_signal();
    const Place place = any_place();
    Project project(kind);
    project.add_step(1, "CREATE TABLE marks (step integer);\nINSERT INTO marks VALUES (1);");
    const int count = 400;
    for (int step = 2; step <= count; ++step)
        project.add_step(step, "INSERT INTO marks VALUES (" + std::to_string(step) + ");");
    RunningProgram gate(in_place(place, project.gate()));
    REQUIRE(gate.wait_for_text("applied " + id(10)));
    check_ends_by(gate, signal);
    const auto applied = project.applied();
    CHECK(applied.size() >= 10);
    CHECK(applied.size() < count);
    CHECK(project.database().value("SELECT count(*) FROM marks;") == std::to_string(applied.size()));
    check_nothing_left(project);
}

TEST_CASE("a cancel that nobody answers: the outcome is unknown, 80, and the next start goes on") {
    Project project(Kind::postgres);
    add_steps_that_never_end(project);
    Relay relay(shared_server().host, shared_server().port);
    RunningProgram gate(gate_through(project, relay));
    REQUIRE(wait_for_step_two(project));
    relay.set_silent(true);
    gate.send_signal(SIGTERM);
    const Outcome outcome = gate.wait();
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 80);
    CHECK(outcome.err.contains(id(2)));
    CHECK(outcome.duration < Milliseconds{30'000});
    relay.cut();
    CHECK(eventually([&] { return count_sessions(project) == 0; }, Milliseconds{30'000}));
    check_only_step_one(project);
    release_brake(project);
    CHECK(server_started(project.start()));
    check_each_step_once(project);
}

TEST_CASE("a second signal does not wait for the answer to the cancel: 80, at once") {
    const int second = GENERATE(SIGTERM, SIGINT);
    Project project(Kind::postgres);
    add_steps_that_never_end(project);
    Relay relay(shared_server().host, shared_server().port);
    RunningProgram gate(gate_through(project, relay));
    REQUIRE(wait_for_step_two(project));
    relay.set_silent(true);
    const auto before = relay.connections();
    gate.send_signal(SIGTERM);
    REQUIRE(eventually([&] { return relay.connections() > before; }));  // the cancel
    pause_for(Milliseconds{500});
    REQUIRE(gate.is_running());
    const auto asked = Clock::now();
    gate.send_signal(second);
    const Outcome outcome = gate.wait();
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 80);
    CHECK(Clock::now() - asked < at_once);
    relay.cut();
    CHECK(eventually([&] { return count_sessions(project) == 0; }, Milliseconds{30'000}));
    check_only_step_one(project);
}

TEST_CASE("a step that catches the cancel is asked again; a second signal ends the gate at once") {
    Project project(Kind::postgres);
    project.add_step(1, "CREATE TABLE marks (step integer);\nINSERT INTO marks VALUES (1);");
    // A sequence counts at once, whatever becomes of the step.
    project.database().execute("CREATE SCHEMA tests; CREATE SEQUENCE tests.refusals");
    project.add_step(2,
                     "DO $$ BEGIN LOOP BEGIN PERFORM pg_sleep(600); EXCEPTION WHEN query_canceled THEN "
                     "PERFORM nextval('tests.refusals'); END; END LOOP; END $$;");
    RunningProgram gate(project.gate());
    REQUIRE(wait_for_step_two(project));
    gate.send_signal(SIGTERM);
    REQUIRE(
        eventually([&] { return std::stoi(project.database().value("SELECT last_value FROM tests.refusals")) >= 2; }));
    REQUIRE(gate.is_running());
    const auto asked = Clock::now();
    gate.send_signal(SIGTERM);
    const Outcome outcome = gate.wait();
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 80);
    CHECK(Clock::now() - asked < at_once);
    project.database().execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
        "AND application_name LIKE 'headgate%'");
    check_nothing_left(project);
    CHECK(project.applied() == std::vector{id(1)});
}
