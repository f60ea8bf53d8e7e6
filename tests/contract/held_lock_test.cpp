// SPDX-License-Identifier: Apache-2.0
#include "database/postgres/held_lock.hpp"

#include <format>
#include <thread>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "database/postgres/connect.hpp"
#include "support/postgres_server.hpp"
#include "support/relay.hpp"
#include "support/shared_server.hpp"
#include "support/test_database.hpp"

using namespace headgate;
using namespace std::chrono_literals;
using database::postgres::HeldLock;

TEST_CASE("the lock is taken on the primary, also by a run that began where a standby was good enough") {
    if (!support::PostgresServer::find_programs()) support::skip_or_fail("no PostgreSQL server is installed");
    const support::PostgresServer primary;
    support::PostgresOptions options;
    options.standby_of = primary.address();
    const support::PostgresServer standby(options);
    const auto url = url::parse_database_url(std::format("postgresql://postgres@127.0.0.1:{},127.0.0.1:{}/postgres",
                                                         standby.address().port, primary.address().port));
    const database::ConnectOptions first{.application_name = "headgate contract",
                                         .access = database::Access::read_first};
    CHECK(HeldLock::try_take(url, first, "ledger", base::Stop().within(30s)));
}

TEST_CASE("a lock that nobody looked after for a while is free as soon as it is given back") {
    const support::TestDatabase database;
    const auto url = url::parse_database_url(database.url());
    const database::ConnectOptions options{.application_name = "headgate contract"};
    const auto other = database::postgres::open_session(url, options, base::Stop().within(30s));
    // Asked by a session that is there already: a new one takes longer than the end of the old one.
    const auto is_free = [&] {
        const database::postgres::OwnedResult answer(
            PQexec(other.get(),
                   "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = "
                   "(SELECT oid FROM pg_database WHERE datname = current_database())"));
        return std::string(PQgetvalue(answer.get(), 0, 0)) == "0";
    };
    auto held = HeldLock::try_take(url, options, "ledger", base::Stop().within(30s));
    REQUIRE(held);
    const bool is_question_open = GENERATE(false, true);
    std::this_thread::sleep_for(5100ms);  // then the server is asked for a word
    if (is_question_open) CHECK_FALSE(held->is_lost());
    REQUIRE_FALSE(is_free());
    held.reset();
    CHECK(is_free());
}

TEST_CASE("a lock that nobody looked after for longer than a server may be silent is still held") {
    const support::TestDatabase database;
    const auto url = url::parse_database_url(database.url());
    auto held = HeldLock::try_take(url, {}, "ledger", base::Stop().within(30s), {.pause = 50ms, .longest_silence = 2s});
    REQUIRE(held);
    std::this_thread::sleep_for(2100ms);
    CHECK_FALSE(held->is_lost());
    std::this_thread::sleep_for(2100ms);
    CHECK_FALSE(held->is_lost());
}

TEST_CASE("a lock whose server says nothing for too long is lost") {
    const support::TestDatabase database;
    support::Relay relay(support::shared_server().host, support::shared_server().port);
    const auto address = support::shared_server().with_port(relay.port());
    const auto url = url::parse_database_url(address.url(database.name()) + "?sslmode=disable");
    auto held = HeldLock::try_take(url, {}, "ledger", base::Stop().within(30s), {.pause = 50ms, .longest_silence = 1s});
    REQUIRE(held);
    relay.set_silent(true);
    std::this_thread::sleep_for(100ms);
    const auto asked = base::Clock::now();
    CHECK_FALSE(held->is_lost());
    CHECK(support::eventually([&] { return held->is_lost(); }));
    CHECK(base::Clock::now() - asked >= 1s);
}
