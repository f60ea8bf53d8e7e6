// SPDX-License-Identifier: Apache-2.0
// The tools of the tests themselves: what the other cases stand on.
#include <csignal>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "support/postgres_server.hpp"
#include "support/relay.hpp"
#include "support/shared_server.hpp"
#include "support/test_database.hpp"

using namespace headgate::support;

TEST_CASE("a program's bytes, exit code, signal and time limit come back as they are") {
    const Outcome echo =
        run_program({.executable = "sh", .arguments = {"-c", "cat; echo no >&2; exit 3"}, .input = "a\0b"});
    CHECK(echo.exit_code == 3);
    CHECK(echo.err == "no\n");
    const Outcome killed = run_program({.executable = "sh", .arguments = {"-c", "kill -USR1 $$"}});
    CHECK(killed.signal == SIGUSR1);
    const Outcome late = run_program({.executable = "sleep", .arguments = {"60"}, .time_limit = Milliseconds{100}});
    CHECK(late.timed_out);
    CHECK(late.duration < Milliseconds{5000});
    CHECK_THROWS(run_program({.executable = "/nowhere/at-all"}));
}

TEST_CASE("a PostgreSQL of our own starts, dies and starts again with its data") {
    if (!PostgresServer::find_programs()) skip_or_fail("no PostgreSQL server is installed");
    std::filesystem::path folder;
    {
        PostgresOptions options;
        options.authentication = Authentication::scram;
        PostgresServer server(options);
        folder = server.socket_folder();
        query_postgres(server.url(), "CREATE TABLE kept (a int)");
        server.kill9();
        CHECK_THROWS(query_postgres(server.url(), "SELECT 1"));
        server.start();
        CHECK(query_postgres(server.url(), "SELECT count(*), NULL FROM kept") == std::vector<TextRow>{{"0", "NULL"}});
        server.restart();
        PostgresAddress by_socket = server.address();
        by_socket.host = server.socket_folder();
        CHECK(query_postgres(by_socket.url(), "SELECT 1").size() == 1);
        CHECK_THROWS(query_postgres(server.address().with_login("postgres", "wrong").url(), "SELECT 1"));
    }
    CHECK_FALSE(std::filesystem::exists(folder));
}

TEST_CASE("the relay counts round trips, delays and cuts") {
    const TestDatabase database;
    Relay relay(database.server().host, database.server().port);
    const std::string url = database.server().with_port(relay.port()).url(database.name());
    CHECK(query_postgres(url, "SELECT 1").size() == 1);
    const auto once = relay.turns();
    CHECK(once > 1);
    CHECK(relay.connections() == 1);
    relay.set_delay(std::chrono::milliseconds(20));
    const auto started = std::chrono::steady_clock::now();
    query_postgres(url, "SELECT 1");
    CHECK(relay.turns() == 2 * once);
    CHECK(std::chrono::steady_clock::now() - started >= once * std::chrono::milliseconds(40));
    relay.cut_after_bytes_to_server(20);
    CHECK_THROWS(query_postgres(url, "SELECT 1"));
}

TEST_CASE("the relay counts messages, and cuts, silences and half opens a connection after exactly so many") {
    const TestDatabase database;
    Relay relay(database.server().host, database.server().port);
    const std::string url = database.server().with_port(relay.port()).url(database.name()) + "?sslmode=disable";
    // A client's goodbye may still be on its way when the client is gone.
    const auto count_messages = [&] {
        auto seen = relay.messages_to_server();
        while (eventually([&] { return relay.messages_to_server() != seen; }, Milliseconds{300}))
            seen = relay.messages_to_server();
        return seen;
    };
    query_postgres(url, "SELECT 1");
    const auto messages = count_messages();
    query_postgres(url, "SELECT 1");
    CHECK(count_messages() == 2 * messages);

    // The query is the last but one: a client says goodbye.
    const auto kind = GENERATE(Incident::Kind::cut, Incident::Kind::half_open);
    relay.expect({Direction::to_server, Incident::Unit::messages, messages - 1, kind});
    CHECK_FALSE(relay.has_happened());
    CHECK_THROWS(query_postgres(url, "CREATE TABLE arrived (a int)"));
    CHECK(relay.has_happened());
    CHECK(eventually([&] { return !database.rows("SELECT 1 FROM pg_class WHERE relname = 'arrived'").empty(); }));

    relay.expect({Direction::to_server, Incident::Unit::messages, messages - 2, kind});
    CHECK_THROWS(query_postgres(url, "CREATE TABLE never_arrived (a int)"));
    CHECK(relay.has_happened());
    CHECK(query_postgres(url, "SELECT 1 FROM pg_class WHERE relname = 'never_arrived'").empty());
}

TEST_CASE("a test database is dropped, whoever is connected") {
    std::string name;
    {
        const TestDatabase database;
        name = database.name();
        database.execute("CREATE TABLE t (a int); INSERT INTO t VALUES (1)");
        CHECK(dump_postgres(database.url()).contains("CREATE TABLE public.t"));
        CHECK(database.value("SELECT a FROM t") == "1");
    }
    CHECK(query_postgres(shared_server().url(), "SELECT 1 FROM pg_database WHERE datname = '" + name + "'").empty());
}
