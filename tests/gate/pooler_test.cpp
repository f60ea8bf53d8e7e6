// SPDX-License-Identifier: Apache-2.0
// Through PgBouncer, in transaction and in session mode: races, pools of one connection, restarts. And more gates than
// the server takes connections, through it and without it.
#include <cstdio>
#include <format>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "gate/marked_steps.hpp"
#include "support/pgbouncer.hpp"

using namespace headgate::gate;
using namespace headgate::support;

namespace {

// A project that is reached through a pooler, and asked about past it.
class Pooled {
public:
    explicit Pooled(PgBouncerOptions options) : Pooled(shared_server(), std::move(options)) {}
    Pooled(const PostgresAddress& server, PgBouncerOptions options)
        : project(make_database(server)), pooler((require_program("pgbouncer"), server), std::move(options)) {}

    Program gate() const {
        Program program = project.gate();
        const auto name = project.database().value("SELECT current_database()");
        program.environment["DATABASE_URL"] = pooler.address().url(name);
        return program;
    }

    Project project;
    PgBouncer pooler;
};

std::string name_of(PoolMode mode) {
    return mode == PoolMode::transaction ? "PgBouncer in transaction mode" : "PgBouncer in session mode";
}

// All of them become servers, and say how long it took.
void race(const Program& gate, int count, const std::string& where) {
    const auto start = std::chrono::steady_clock::now();
    std::vector<RunningProgram> gates;
    for (int i = 0; i < count; ++i) gates.emplace_back(gate);
    int opened = 0;
    for (auto& each : gates) {
        const Outcome outcome = each.wait();
        INFO(outcome.describe());
        CHECK(server_started(outcome));
        if (server_started(outcome)) ++opened;
    }
    const auto took = std::chrono::duration_cast<Milliseconds>(std::chrono::steady_clock::now() - start);
    std::printf("%d gates at once, %s: %d servers after %ld ms\n", count, where.c_str(), opened,
                static_cast<long>(took.count()));
}

PostgresServer& small_server() {
    if (!PostgresServer::find_programs()) skip_or_fail("no PostgreSQL server is installed");
    static PostgresServer server([] {
        PostgresOptions options;
        options.max_connections = 12;
        options.configuration = "superuser_reserved_connections = 0\nreserved_connections = 0\nmax_wal_senders = 0";
        return options;
    }());
    return server;
}

}  // namespace

TEST_CASE("ten gates at once through PgBouncer: ten servers, each step once") {
    const auto mode = GENERATE(PoolMode::transaction, PoolMode::session);
    Pooled pooled({.mode = mode, .pool_size = 4, .configuration = ""});
    add_marked_steps(pooled.project, 6);
    race(pooled.gate(), 10, name_of(mode));
    CHECK(find_fault(pooled.project, 6) == std::nullopt);
}

TEST_CASE("a pool of one connection: steps run, and gates that share it all open") {
    const auto mode = GENERATE(PoolMode::transaction, PoolMode::session);
    Pooled pooled({.mode = mode, .pool_size = 1, .configuration = ""});
    add_marked_steps(pooled.project, 4, 2, "SELECT pg_sleep(1);");
    race(pooled.gate(), 5, name_of(mode) + ", a pool of one");
    CHECK(find_fault(pooled.project, 4) == std::nullopt);
}

TEST_CASE("a failing step through a pool of one connection leaves nothing, and the pool to others") {
    const auto mode = GENERATE(PoolMode::transaction, PoolMode::session);
    Pooled pooled({.mode = mode, .pool_size = 1, .configuration = ""});
    add_marked_steps(pooled.project, 2, 2, "SET statement_timeout = '1ms'; SET search_path = nowhere; SELECT 1/0;");
    const Outcome failed = run_program(pooled.gate());
    INFO(failed.describe());
    CHECK(failed.exit_code == 79);
    CHECK(find_fault(pooled.project, 1) == std::nullopt);
    const auto url = pooled.gate().environment["DATABASE_URL"];
    CHECK(query_postgres(url, "SHOW statement_timeout") == std::vector<TextRow>{{"0"}});
    CHECK(query_postgres(url, "SELECT step FROM marks") == std::vector<TextRow>{{"1"}});
}

TEST_CASE("fifty gates at once on a server that takes twelve connections: the others wait, all open, each step once") {
    PostgresServer& server = small_server();
    Project project(make_database(server.address()));
    add_marked_steps(project, 6);
    race(project.gate(), 50, "twelve connections");
    CHECK(find_fault(project, 6) == std::nullopt);
}

TEST_CASE("fifty gates at once through PgBouncer: all open, each step once") {
    const auto mode = GENERATE(PoolMode::transaction, PoolMode::session);
    Pooled pooled(small_server().address(), {.mode = mode, .pool_size = 8, .configuration = ""});
    add_marked_steps(pooled.project, 6);
    race(pooled.gate(), 50, name_of(mode));
    CHECK(find_fault(pooled.project, 6) == std::nullopt);
}

TEST_CASE("PgBouncer restarted in the middle of a step: the gate goes on by itself, each step once") {
    const auto mode = GENERATE(PoolMode::transaction, PoolMode::session);
    Pooled pooled({.mode = mode, .pool_size = 4, .configuration = ""});
    add_marked_steps(pooled.project, 3, 2, "SELECT pg_sleep(2);");
    RunningProgram gate(pooled.gate());
    REQUIRE(wait_for_slow_step(pooled.project));
    if (GENERATE(true, false))
        pooled.pooler.restart();
    else {
        pooled.pooler.kill9();
        pooled.pooler.start();
    }
    const Outcome outcome = gate.wait();
    INFO(outcome.describe());
    CHECK(server_started(outcome));
    CHECK(find_fault(pooled.project, 3) == std::nullopt);
}

TEST_CASE("PgBouncer restarted between steps, while a gate waits for another one: it goes on") {
    const auto mode = GENERATE(PoolMode::transaction, PoolMode::session);
    Pooled pooled({.mode = mode, .pool_size = 4, .configuration = ""});
    add_marked_steps(pooled.project, 3, 2, "SELECT pg_sleep(3);");
    RunningProgram direct(pooled.project.gate());
    REQUIRE(wait_for_slow_step(pooled.project));
    RunningProgram waiting(pooled.gate());
    REQUIRE(waiting.wait_for_text("waiting for", Milliseconds{20'000}));
    pooled.pooler.restart();
    const Outcome outcome = waiting.wait();
    INFO(outcome.describe());
    CHECK(server_started(outcome));
    CHECK(server_started(direct.wait()));
    CHECK(find_fault(pooled.project, 3) == std::nullopt);
}
