// SPDX-License-Identifier: Apache-2.0
// Every time limit holds, whatever the network does: a relay that falls silent at any moment of a run, answers that get
// lost, packets that are dropped.
#include <csignal>
#include <format>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <unistd.h>

#include "gate/marked_steps.hpp"
#include "support/relay.hpp"

using namespace headgate::gate;
using namespace headgate::support;

namespace {

// What a loaded machine and a build with sanitizers may add to a limit.
constexpr Milliseconds slack{5000};

void check_took(const Outcome& outcome, Milliseconds limit) {
    CHECK(outcome.duration >= limit);
    CHECK(outcome.duration < limit + slack);
}

// A project that is reached through a relay.
class Relayed {
public:
    Program gate() const {
        Program program = project.gate();
        program.environment["DATABASE_URL"] = url();
        return program;
    }
    Program gate(const std::string& variable, const std::string& value) const {
        Program program = gate();
        program.environment[variable] = value;
        return program;
    }
    std::string url() const {
        const auto name = project.database().value("SELECT current_database()");
        return shared_server().with_port(relay.port()).url(name) + "?sslmode=disable";
    }

    Project project{Kind::postgres};
    Relay relay{shared_server().host, shared_server().port};
};

// A network of the program's own, between it and the server: packets are dropped from when the file "drop" is there
// (then "dropped" is, too) until "back" is. Everything in it ends with the program.
class DroppingNetwork {
public:
    explicit DroppingNetwork(const Project& project) : folder_(project.folder()) {
        if (::geteuid() != 0) skip_or_fail("needs root for namespaces of its own");
        require_program("iptables");
        const auto& database = project.database();
        const auto socket = database.value("SELECT split_part(current_setting('unix_socket_directories'), ',', 1)") +
                            "/.s.PGSQL." + database.value("SHOW port");
        if (!std::filesystem::exists(socket)) skip_or_fail("the server's socket is not on this machine");
        write_file(folder_ / "forward.py", std::format(R"(
import asyncio, pathlib
async def copy(reader, writer):
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
async def forward(reader, writer):
    server = await asyncio.open_unix_connection("{}")
    await asyncio.gather(copy(reader, server[1]), copy(server[0], writer))
async def main():
    listener = await asyncio.start_server(forward, "127.0.0.1", 5432)
    pathlib.Path("listening").touch()
    await listener.serve_forever()
asyncio.run(main())
)",
                                                       socket));
    }

    Program inside(Program program) const {
        const std::string script =
            "ip link set lo up && { python3 forward.py 2>/dev/null & } && "
            "{ (until [ -e drop ]; do sleep 0.05; done; iptables -A INPUT -i lo -j DROP && touch dropped; "
            "until [ -e back ]; do sleep 0.05; done; iptables -F INPUT) & } && "
            "until [ -e listening ]; do sleep 0.05; done; exec \"$@\"";
        std::vector<std::string> arguments = {"--net", "--pid", "--fork", "--kill-child",    "sh",
                                              "-c",    script,  "sh",     program.executable};
        arguments.insert(arguments.end(), program.arguments.begin(), program.arguments.end());
        program.executable = "unshare";
        program.arguments = std::move(arguments);
        return program;
    }
    void drop() const {
        write_file(folder_ / "drop", "");
        REQUIRE(eventually([&] { return std::filesystem::exists(folder_ / "dropped"); }));
    }
    void come_back() const { write_file(folder_ / "back", ""); }

private:
    std::filesystem::path folder_;
};

// Messages of a run to the server: the login (with a password more), then the ledger's query.
constexpr std::uint64_t login = 1;

}  // namespace

TEST_CASE("a network that falls silent while the ledger is read: 124 at wait_timeout, nothing done") {
    Relayed relayed;
    add_marked_steps(relayed.project, 2);
    const auto kind = GENERATE(Incident::Kind::silence, Incident::Kind::silence_answers);
    relayed.relay.expect({Direction::to_server, Incident::Unit::messages, login + 1, kind});
    const Outcome outcome = run_program(relayed.gate("HEADGATE_WAIT_TIMEOUT", "1500ms"));
    INFO(outcome.describe());
    CHECK(relayed.relay.has_happened());
    CHECK(outcome.exit_code == 124);
    check_took(outcome, Milliseconds{1500});
    CHECK(find_fault(relayed.project, 0) == std::nullopt);
}

TEST_CASE("a network that falls silent at any byte of the login: 124 at wait_timeout") {
    Relayed relayed;
    add_marked_steps(relayed.project, 2);
    const std::uint64_t bytes = GENERATE(1U, 9U, 40U, 200U);
    relayed.relay.expect({Direction::to_client, Incident::Unit::bytes, bytes, Incident::Kind::silence});
    const Outcome outcome = run_program(relayed.gate("HEADGATE_WAIT_TIMEOUT", "1s"));
    INFO(outcome.describe());
    CHECK(relayed.relay.has_happened());
    CHECK(outcome.exit_code == 124);
    check_took(outcome, Milliseconds{1000});
}

TEST_CASE("the deadline holds in the middle of a step, also when nobody answers any more") {
    Relayed relayed;
    add_marked_steps(relayed.project, 2, 2, "SELECT pg_sleep(60);");
    const bool is_silent = GENERATE(false, true);
    RunningProgram gate(relayed.gate("HEADGATE_DEADLINE", "3s"));
    REQUIRE(wait_for_slow_step(relayed.project));
    relayed.relay.set_silent(is_silent);
    const Outcome outcome = gate.wait();
    INFO(outcome.describe());
    // A step whose rollback nobody saw is for a human to look at.
    CHECK(outcome.exit_code == (is_silent ? 80 : 79));
    check_took(outcome, Milliseconds{3000});
    relayed.relay.cut();
    CHECK(eventually([&] { return !is_in_slow_step(relayed.project); }, Milliseconds{30'000}));
    CHECK(find_fault(relayed.project, 1) == std::nullopt);
}

TEST_CASE("App Service's limit less startup_reserve is a deadline, for the wait and for the step") {
    Relayed relayed;
    add_marked_steps(relayed.project, 2, 2, "SELECT pg_sleep(60);");
    const bool is_reachable = GENERATE(true, false);
    relayed.relay.set_silent(!is_reachable);
    Program program = relayed.gate("WEBSITES_CONTAINER_START_TIME_LIMIT", "10");
    program.environment["WEBSITE_SITE_NAME"] = "shop";
    program.environment["HEADGATE_STARTUP_RESERVE"] = "7s";
    const Outcome outcome = run_program(program);
    INFO(outcome.describe());
    CHECK(outcome.exit_code == (is_reachable ? 79 : 124));
    check_took(outcome, Milliseconds{3000});
}

TEST_CASE("gate_timeout holds while another gate migrates") {
    Relayed relayed;
    add_marked_steps(relayed.project, 2, 2, "SELECT pg_sleep(60);");
    const RunningProgram first(relayed.gate());
    REQUIRE(wait_for_slow_step(relayed.project));
    const Outcome second = run_program(relayed.gate("HEADGATE_GATE_TIMEOUT", "1500ms"));
    INFO(second.describe());
    CHECK(second.exit_code == 75);
    check_took(second, Milliseconds{1500});
}

TEST_CASE("SIGTERM when nobody answers any more ends a gate soon, and says that the outcome is not known") {
    Relayed relayed;
    add_marked_steps(relayed.project, 2, 2, "SELECT pg_sleep(60);");
    RunningProgram gate(relayed.gate());
    REQUIRE(wait_for_slow_step(relayed.project));
    relayed.relay.set_silent(true);
    const auto asked = std::chrono::steady_clock::now();
    gate.send_signal(SIGTERM);
    const Outcome outcome = gate.wait();
    INFO(outcome.describe());
    CHECK(outcome.status() == 80);
    CHECK(std::chrono::steady_clock::now() - asked < Milliseconds{1000} + slack);
}

TEST_CASE("a commit whose answer is lost is found in the ledger, and never applied twice") {
    Relayed relayed;
    add_marked_steps(relayed.project, 2, 2, "SELECT pg_sleep(0.5);");
    RunningProgram gate(relayed.gate());
    REQUIRE(wait_for_slow_step(relayed.project));
    // From here the answers are kept back; COMMIT is on its way already.
    relayed.relay.expect({Direction::to_client, Incident::Unit::bytes, 1, Incident::Kind::silence_answers});
    REQUIRE(eventually([&] { return relayed.project.applied().size() == 2; }));
    CHECK(gate.is_running());
    relayed.relay.cut();
    const Outcome outcome = gate.wait();
    INFO(outcome.describe());
    CHECK(server_started(outcome));
    CHECK(outcome.err.contains("the connection was lost during revision " + id(2)));
    CHECK(outcome.err.contains("applied " + id(2)));
    CHECK(find_fault(relayed.project, 2) == std::nullopt);
}

TEST_CASE("a step that goes on without its client is waited for, then its outcome is read") {
    Relayed relayed;
    const bool notices = GENERATE(true, false);
    // A server that does not look for its client commits after all.
    add_marked_steps(
        relayed.project, 3, 2,
        notices ? "SELECT pg_sleep(3);" : "SET LOCAL client_connection_check_interval = 0;\nSELECT pg_sleep(3);");
    RunningProgram gate(relayed.gate());
    REQUIRE(wait_for_slow_step(relayed.project));
    relayed.relay.cut();
    const Outcome outcome = gate.wait();
    INFO(outcome.describe());
    CHECK(server_started(outcome));
    CHECK(find_fault(relayed.project, 3) == std::nullopt);
}

TEST_CASE("the socket has keepalives and a user timeout: a dead peer is noticed during a long statement") {
    Relayed relayed;
    add_marked_steps(relayed.project, 1);
    require_program("strace");
    Program program = relayed.gate();
    const auto trace = relayed.project.folder() / "trace";
    std::vector<std::string> arguments = {"-f", "-e", "trace=setsockopt", "-o", trace.string(), program.executable};
    arguments.insert(arguments.end(), program.arguments.begin(), program.arguments.end());
    program.executable = "strace";
    program.arguments = arguments;
    program.environment["ASAN_OPTIONS"] = "detect_leaks=0";  // which cannot look while it is traced itself
    const Outcome outcome = run_program(program);
    INFO(outcome.describe());
    CHECK(server_started(outcome));
    const auto calls = read_file(trace);
    INFO(calls);
    for (const auto* call : {"SO_KEEPALIVE, [1]", "TCP_KEEPIDLE, [30]", "TCP_KEEPINTVL, [10]", "TCP_KEEPCNT, [3]",
                             "TCP_USER_TIMEOUT, [60000]"})
        CHECK(calls.contains(call));
}

TEST_CASE("a network that drops packets in the middle of a step: noticed by keepalives, and survived") {
    Project project(Kind::postgres);
    add_marked_steps(project, 3, 2, "SELECT pg_sleep(12);");
    const DroppingNetwork network(project);
    Program program = project.gate();
    PostgresAddress here = shared_server();
    here.host = "127.0.0.1";
    here.port = 5432;
    program.environment["DATABASE_URL"] =
        here.url(project.database().value("SELECT current_database()")) +
        "?sslmode=disable&keepalives_idle=1&keepalives_interval=1&keepalives_count=2&tcp_user_timeout=2500"
        "&connect_timeout=2";
    RunningProgram gate(network.inside(program));
    REQUIRE(wait_for_slow_step(project));
    network.drop();
    // A user time-out goes before the number of probes.
    CHECK(gate.wait_for_text("the connection was lost during revision", Milliseconds{10'000}));
    CHECK(find_fault(project, 1) == std::nullopt);
    network.come_back();
    const Outcome outcome = gate.wait();
    INFO(outcome.describe());
    CHECK(server_started(outcome));
    CHECK(find_fault(project, 3) == std::nullopt);
}
