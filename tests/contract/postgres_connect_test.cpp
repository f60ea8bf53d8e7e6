// SPDX-License-Identifier: Apache-2.0
// Connecting: what is worth another try, what is final, and that no way to connect blocks.
#include <string>

#include <catch2/catch_test_macros.hpp>

#include "contract/postgres_session.hpp"
#include "support/relay.hpp"

namespace headgate::contract {

namespace {

using base::Clock;
using base::ErrorKind;
using base::Milliseconds;
using support::TestDatabase;

base::Error failure_of(const std::string& url, base::Clock::duration time = std::chrono::seconds(20)) {
    try {
        connect(url, {}, within(time));
    } catch (const base::Error& error) {
        return error;
    }
    FAIL("connected");
    return {ErrorKind::internal, ""};
}

}  // namespace

TEST_CASE("postgres: what is not there yet is unreachable") {
    const auto refused = failure_of("postgresql://u@127.0.0.1:" + std::to_string(support::find_free_port()) + "/d");
    CHECK(refused.kind == ErrorKind::unreachable);
    CHECK(refused.message.contains("Connection refused"));
    CHECK(failure_of("postgresql://u@no-such-host.invalid/d").kind == ErrorKind::unreachable);
    CHECK(failure_of("postgresql://u@/d?host=/nowhere").kind == ErrorKind::unreachable);
}

TEST_CASE("postgres: a port that accepts and never answers is given up at the deadline, or after connect_timeout") {
    const support::SilentPort silent;
    const auto url = "postgresql://u@127.0.0.1:" + std::to_string(silent.port()) + "/d";
    auto start = Clock::now();
    CHECK(failure_of(url, Milliseconds(300)).kind == ErrorKind::unreachable);
    CHECK(Clock::now() - start < Milliseconds(1000));
    start = Clock::now();
    CHECK(failure_of(url + "?connect_timeout=1").kind == ErrorKind::unreachable);
    CHECK(Clock::now() - start < Milliseconds(3000));
}

TEST_CASE("postgres: a refused login and a missing database are final, and the password is not told") {
    support::PostgresOptions options;
    options.authentication = support::Authentication::scram;
    const support::PostgresServer server(options);
    const auto secret = "wr0ng-secret";
    const auto wrong = failure_of(server.address().with_login("postgres", secret).url());
    CHECK(wrong.kind == ErrorKind::access_refused);
    CHECK(wrong.code == "28P01");
    CHECK_FALSE(wrong.message.contains(secret));
    const auto nobody = failure_of(server.address().with_login("nobody", secret).url());
    CHECK(nobody.kind == ErrorKind::access_refused);
    CHECK(failure_of(server.address().with_login("postgres", "").url()).kind == ErrorKind::access_refused);
    const auto missing = failure_of(server.url("not_there"));
    CHECK(missing.kind == ErrorKind::database_refused);
    CHECK(missing.code == "3D000");
    CHECK(missing.message.contains("not_there"));
    const auto no_tls = failure_of(server.url() + "?sslmode=require");
    CHECK(no_tls.kind == ErrorKind::database_refused);
    CHECK(connect(server.url())->server_version().starts_with("PostgreSQL "));
}

TEST_CASE("postgres: a full server and one that shuts down are worth another try") {
    support::PostgresOptions options;
    options.max_connections = 4;
    options.configuration = "superuser_reserved_connections = 0\nreserved_connections = 0\nmax_wal_senders = 0\n";
    support::PostgresServer server(options);
    std::vector<std::unique_ptr<database::Connection>> sessions;
    for (int i = 0; i < 4; ++i) sessions.push_back(connect(server.url()));
    const auto full = failure_of(server.url());
    CHECK(full.kind == ErrorKind::unreachable);
    CHECK(full.code == "53300");
    sessions.pop_back();
    server.begin_smart_stop();
    base::Stop().sleep_for(Milliseconds(200));
    CHECK(failure_of(server.url()).kind == ErrorKind::unreachable);
    sessions.clear();
}

TEST_CASE("postgres: hosts are tried in order until one answers") {
    const TestDatabase database;
    const auto& server = database.server();
    const auto dead = std::to_string(support::find_free_port());
    const auto url = "postgresql://" + server.user +
                     (server.password.empty() ? "" : ":" + support::percent_encode(server.password)) +
                     "@127.0.0.1:" + dead + "," + server.host + ":" + std::to_string(server.port) + "/" +
                     database.name();
    CHECK(connect(url)->server_version().starts_with("PostgreSQL "));
}

TEST_CASE("postgres: localhost, and a folder of Unix sockets") {
    const support::PostgresServer server;
    const auto port = std::to_string(server.address().port);
    CHECK(connect("postgresql://postgres@localhost:" + port + "/postgres"));
    CHECK(connect("postgresql://postgres@/postgres?host=" + support::percent_encode(server.socket_folder().string()) +
                  "&port=" + port));
}

TEST_CASE("postgres: a database that was used before is described") {
    const TestDatabase database;
    database.execute(
        "CREATE TABLE users (i int); CREATE SCHEMA app; CREATE TABLE app.headgate_ledger (revision text); "
        "INSERT INTO app.headgate_ledger VALUES ('x'); CREATE SCHEMA empty; CREATE TABLE empty.headgate_ledger (r "
        "text); "
        "CREATE TABLE alembic_version (version_num text); INSERT INTO alembic_version VALUES ('1975ea83b712'); "
        "CREATE TABLE app.schema_migrations (version bigint, dirty boolean); INSERT INTO app.schema_migrations VALUES "
        "(1, false); "
        "CREATE TABLE schema_migrations (version text); CREATE TABLE goose_db_version (other int); "
        "CREATE EXTENSION pg_stat_statements SCHEMA public;");
    PostgresSession session(database);
    const auto around = session.connection->read_surroundings(within(std::chrono::seconds(9)));
    CHECK(around.tables ==
          std::vector<std::string>{"alembic_version", "goose_db_version", "schema_migrations", "users"});
    CHECK(around.other_ledgers == std::vector<std::string>{"\"app\".\"headgate_ledger\""});
    CHECK(around.other_histories ==
          std::vector<std::string>{"app.schema_migrations (golang-migrate)", "alembic_version (head 1975ea83b712)"});
}

TEST_CASE("postgres: what may not be looked at counts as being there") {
    const TestDatabase database;
    const auto role = "hg_looker_" + database.name();
    database.execute("CREATE ROLE " + role +
                     " LOGIN PASSWORD 'x'; CREATE SCHEMA app; CREATE TABLE app.headgate_ledger (r text); "
                     "CREATE TABLE alembic_version (version_num text)");
    {
        PostgresSession session(database.url(role, "x"));
        const auto around = session.connection->read_surroundings(within(std::chrono::seconds(9)));
        CHECK(around.other_ledgers.size() == 1);
        CHECK(around.other_histories == std::vector<std::string>{"alembic_version (alembic)"});
    }
    database.execute("DROP ROLE " + role);
}

TEST_CASE("postgres: an empty database has nothing around it") {
    const TestDatabase database;
    PostgresSession session(database);
    const auto reading = session.connection->read_ledger(within(std::chrono::seconds(9)));
    CHECK_FALSE(reading.ledger.exists());
    CHECK(reading.qualified_name == "\"public\".\"headgate_ledger\"");
    CHECK_FALSE(reading.holder);
    const auto around = session.connection->read_surroundings(within(std::chrono::seconds(9)));
    CHECK(around.tables.empty());
    CHECK(around.other_ledgers.empty());
    CHECK(around.other_histories.empty());
}

TEST_CASE("postgres: the ledger's schema is the setting, or the first of the search_path that exists") {
    const TestDatabase database;
    database.execute("CREATE SCHEMA \"Odd \"\"Name\"; CREATE SCHEMA second");
    database.execute("ALTER DATABASE " + support::quote_name(database.name()) +
                     " SET search_path = 'missing', \"$user\", \"Odd \"\"Name\", second, public");
    PostgresSession session(database);
    CHECK(session.connection->read_ledger({}).qualified_name == "\"Odd \"\"Name\".\"headgate_ledger\"");
    REQUIRE(session.apply("a1", "").end == database::StepEnd::committed);
    CHECK(session.ledger().rows().size() == 1);

    database::ConnectOptions options;
    options.ledger_schema = "second";
    CHECK_FALSE(PostgresSession(database, options).ledger().exists());
    options.ledger_schema = "missing";
    PostgresSession wrong(database, options);
    CHECK_THROWS_AS(wrong.ledger(), base::Error);
}

}  // namespace headgate::contract
