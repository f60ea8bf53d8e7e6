// SPDX-License-Identifier: Apache-2.0
// Waiting for the database: what is worth another try is tried until the deadline, what is final ends at once.
#include <algorithm>
#include <csignal>
#include <format>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <unistd.h>

#include "gate/project.hpp"
#include "support/relay.hpp"

using namespace headgate::gate;
using namespace headgate::support;

namespace {

constexpr Milliseconds at_once{3000};

PostgresServer& own_server() {
    if (!PostgresServer::find_programs()) skip_or_fail("no PostgreSQL server is installed");
    static PostgresServer server([] {
        PostgresOptions options;
        options.authentication = Authentication::scram;
        options.max_connections = 8;
        options.configuration = "superuser_reserved_connections = 0\nreserved_connections = 0";
        return options;
    }());
    if (!server.is_running()) server.start();
    return server;
}

// A gate for any URL, with a deadline for the waiting.
Program gate_for(const Project& project, const std::string& url, const std::string& wait_timeout) {
    Program program = project.gate();
    program.environment["DATABASE_URL"] = url;
    program.environment["HEADGATE_WAIT_TIMEOUT"] = wait_timeout;
    return program;
}

void check_gave_up(const Outcome& outcome, Milliseconds wait_timeout) {
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 124);
    CHECK_FALSE(server_started(outcome));
    CHECK(outcome.duration >= wait_timeout);
    CHECK(outcome.duration < wait_timeout + Milliseconds{5000});
}

void check_refused(const Outcome& outcome, int exit_code) {
    INFO(outcome.describe());
    CHECK(outcome.exit_code == exit_code);
    CHECK_FALSE(server_started(outcome));
    CHECK(outcome.duration < at_once);
}

// The same program where names are asked of a server that never answers.
Program without_name_server(Program program, const Project& project) {
    if (::geteuid() != 0) skip_or_fail("needs root for namespaces of its own");
    const auto resolv = project.folder() / "resolv.conf";
    write_file(resolv, "nameserver 127.0.0.1\n");
    const auto silent = project.folder() / "silent.py";
    write_file(silent,
               "import socket, time\ns = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
               "s.bind(('127.0.0.1', 53))\nopen('" +
                   (project.folder() / "bound").string() +
                   "', 'w').close()\n"
                   "time.sleep(60)\n");
    const std::string script = std::format(
        "ip link set lo up && mount --bind {} /etc/resolv.conf && {{ python3 {} & }} && "
        "while [ ! -e {}/bound ]; do sleep 0.05; done; exec \"$@\"",
        resolv.string(), silent.string(), project.folder().string());
    std::vector<std::string> arguments = {"--mount", "--net", "sh", "-c", script, "sh", program.executable};
    arguments.insert(arguments.end(), program.arguments.begin(), program.arguments.end());
    program.executable = "unshare";
    program.arguments = std::move(arguments);
    return program;
}

}  // namespace

TEST_CASE("nothing listens: the gate gives up at wait_timeout, and says where it tried") {
    Project project(Kind::sqlite);
    project.add_three_steps();
    const int port = find_free_port();
    const Outcome outcome = run_program(gate_for(project, std::format("postgresql://a:b@127.0.0.1:{}/a", port), "1s"));
    check_gave_up(outcome, Milliseconds{1000});
    CHECK(outcome.err.contains("127.0.0.1"));
    CHECK(outcome.err.contains(std::to_string(port)));
}

TEST_CASE("nothing listens at first: the gate goes on as soon as the server does") {
    PostgresServer& server = own_server();
    Project project(make_database(server.address()));
    project.add_three_steps();
    server.stop();
    RunningProgram gate(gate_for(project, project.database().url(), "60s"));
    pause_for(Milliseconds{1200});
    CHECK(gate.is_running());
    server.start();
    const Outcome outcome = gate.wait();
    INFO(outcome.describe());
    CHECK(server_started(outcome));
    CHECK(project.applied().size() == 3);
}

TEST_CASE("a name that does not resolve is worth waiting for: it may appear") {
    Project project(Kind::sqlite);
    project.add_three_steps();
    const Outcome outcome = run_program(gate_for(project, "postgresql://a:b@no-such-host.invalid/a", "1500ms"));
    check_gave_up(outcome, Milliseconds{1500});
    CHECK(outcome.err.contains("no-such-host.invalid"));
}

TEST_CASE("a name server that never answers holds nobody up longer than wait_timeout") {
    Project project(Kind::sqlite);
    project.add_three_steps();
    const Program program = gate_for(project, "postgresql://a:b@db.example.org/a", "2s");
    const Outcome outcome = run_program(without_name_server(program, project));
    check_gave_up(outcome, Milliseconds{2000});
    CHECK(outcome.err.contains("db.example.org"));
}

TEST_CASE("a signal ends the wait for a name server that never answers") {
    Project project(Kind::sqlite);
    project.add_three_steps();
    const Program program = gate_for(project, "postgresql://a:b@db.example.org/a", "50s");
    RunningProgram gate(without_name_server(program, project));
    REQUIRE(eventually([&] { return std::filesystem::exists(project.folder() / "bound"); }));
    pause_for(Milliseconds{1000});
    gate.send_signal(SIGTERM);
    const Outcome outcome = gate.wait();
    INFO(outcome.describe());
    CHECK(outcome.status() == 143);
    CHECK(outcome.duration < Milliseconds{5000});
}

TEST_CASE("a port that accepts and never answers is given up at wait_timeout") {
    Project project(Kind::sqlite);
    project.add_three_steps();
    const SilentPort silent;
    const std::string mode = GENERATE("", "?sslmode=require");
    const auto url = std::format("postgresql://a:b@127.0.0.1:{}/a{}", silent.port(), mode);
    check_gave_up(run_program(gate_for(project, url, "1500ms")), Milliseconds{1500});
}

TEST_CASE("a database that falls silent after the login is given up, too") {
    const PostgresServer& server = own_server();
    Project project(make_database(server.address()));
    project.add_three_steps();
    Relay relay(server.address().host, server.address().port);
    relay.set_silent(true);
    const auto url = server.address().with_port(relay.port()).url("postgres");
    check_gave_up(run_program(gate_for(project, url, "1500ms")), Milliseconds{1500});
}

TEST_CASE("a wrong password is final: 77, at once, and never repeated in the message") {
    const PostgresServer& server = own_server();
    Project project(make_database(server.address()));
    project.add_three_steps();
    const auto url = server.address().with_login("postgres", "wr0ng-s3cret").url("postgres");
    const Outcome outcome = run_program(gate_for(project, url, "30s"));
    check_refused(outcome, 77);
    CHECK_FALSE((outcome.out + outcome.err).contains("wr0ng-s3cret"));
    CHECK(outcome.err.contains("postgres"));
}

TEST_CASE("a role that does not exist is final: 77") {
    Project project(Kind::postgres);
    project.add_three_steps();
    const auto url = shared_server().with_login("no_such_role", "x").url("postgres");
    check_refused(run_program(gate_for(project, url, "30s")), 77);
}

TEST_CASE("a database that does not exist is final: 69, and named") {
    Project project(Kind::postgres);
    project.add_three_steps();
    const Outcome outcome = run_program(gate_for(project, shared_server().url("no_such_database"), "30s"));
    check_refused(outcome, 69);
    CHECK(outcome.err.contains("no_such_database"));
}

TEST_CASE("a server without TLS where TLS is required is final: 69") {
    const PostgresServer& server = own_server();
    Project project(Kind::sqlite);
    project.add_three_steps();
    check_refused(run_program(gate_for(project, server.url() + "?sslmode=require", "30s")), 69);
}

TEST_CASE("too many clients: the gate waits until one goes") {
    PostgresServer& server = own_server();
    Project project(make_database(server.address()));
    project.add_three_steps();
    std::vector<RunningProgram> crowd;
    const Program client{.executable = "psql",
                         .arguments = {"--dbname=" + server.url(), "--command=SELECT pg_sleep(60)"}};
    REQUIRE(eventually([&] {
        crowd.emplace_back(client);
        pause_for(Milliseconds{100});
        return std::ranges::any_of(crowd, [](const auto& one) { return one.err().contains("too many clients"); });
    }));
    RunningProgram gate(gate_for(project, project.database().url(), "60s"));
    pause_for(Milliseconds{1000});
    CHECK(gate.is_running());
    crowd.clear();
    server.restart();
    const Outcome outcome = gate.wait();
    INFO(outcome.describe());
    CHECK(server_started(outcome));
}

TEST_CASE("a server that is starting up is waited for") {
    PostgresServer& server = own_server();
    Project project(make_database(server.address()));
    project.add_three_steps();
    server.stop();
    // A standby that takes no sessions refuses as a server does that is recovering from a crash.
    const auto configuration = server.data_folder() / "postgresql.conf";
    const auto text = read_file(configuration);
    write_file(configuration, text + "hot_standby = off\n");
    write_file(server.data_folder() / "standby.signal", "");
    server.start_no_wait();
    RunningProgram gate(gate_for(project, project.database().url(), "60s"));
    pause_for(Milliseconds{1500});
    CHECK(gate.is_running());
    server.stop(StopMode::immediate);
    write_file(configuration, text);
    std::filesystem::remove(server.data_folder() / "standby.signal");
    server.start();
    const Outcome outcome = gate.wait();
    INFO(outcome.describe());
    CHECK(server_started(outcome));
    CHECK(project.applied().size() == 3);
}

TEST_CASE("a server that is shutting down is waited for") {
    PostgresServer& server = own_server();
    Project project(make_database(server.address()));
    project.add_three_steps();
    RunningProgram session(
        {.executable = "psql", .arguments = {"--dbname=" + server.url(), "--command=SELECT pg_sleep(2)"}});
    pause_for(Milliseconds{400});
    server.begin_smart_stop();
    RunningProgram gate(gate_for(project, project.database().url(), "60s"));
    CHECK(session.wait().exit_code == 0);
    CHECK(gate.is_running());
    server.stop();
    server.start();
    const Outcome outcome = gate.wait();
    INFO(outcome.describe());
    CHECK(server_started(outcome));
}

TEST_CASE("the gate reaches a server through its Unix socket") {
    const PostgresServer& server = own_server();
    Project project(make_database(server.address()));
    project.add_three_steps();
    PostgresAddress by_socket = server.address();
    by_socket.host = server.socket_folder();
    const auto name = project.database().value("SELECT current_database()");
    const Outcome outcome = run_program(gate_for(project, by_socket.url(name), "10s"));
    INFO(outcome.describe());
    CHECK(server_started(outcome));
    CHECK(project.applied().size() == 3);
}

TEST_CASE("SQLAlchemy's URL forms reach the same database") {
    Project project(Kind::postgres);
    project.add_three_steps();
    const std::string form = GENERATE("postgresql+asyncpg", "postgresql+psycopg", "postgres");
    const Outcome outcome = run_program(gate_for(project, form + project.database().url().substr(10), "10s"));
    INFO(form << "\n" << outcome.describe());
    CHECK(server_started(outcome));
    CHECK(project.applied().size() == 3);
}
