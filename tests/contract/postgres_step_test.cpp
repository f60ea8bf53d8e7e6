// SPDX-License-Identifier: Apache-2.0
// What a step is on PostgreSQL: one message, all or nothing, nothing of it left in the session.
#include <fstream>
#include <string>

#include <catch2/catch_test_macros.hpp>

#include "contract/postgres_session.hpp"
#include "support/relay.hpp"

namespace headgate::contract {

namespace {

using base::ErrorKind;
using database::StepEnd;
using support::TestDatabase;

long resident_kilobytes() {
    std::ifstream status("/proc/self/status");
    for (std::string word; status >> word;) {
        if (word != "VmRSS:") continue;
        long kilobytes = 0;
        status >> kilobytes;
        return kilobytes;
    }
    return 0;
}

}  // namespace

TEST_CASE("postgres: a step writes its row with what the database knows") {
    const TestDatabase database;
    PostgresSession session(database);
    auto step = make_step("a1", "CREATE TABLE t (i int); SELECT pg_sleep(0.02);");
    auto& row = std::get<database::InsertRow>(step.changes.front()).row;
    row.applied_by = "alice";
    row.parents = {"x", "y"};
    row.checksums = {"raw", "tokens", 3};
    row.is_breaking = true;

    const auto result = session.apply(step);
    REQUIRE(result.end == StepEnd::committed);
    const auto ledger = session.ledger();
    CHECK(ledger.expectation() == result.ledger);
    REQUIRE(ledger.rows().size() == 1);
    const auto& read = ledger.rows().front();
    CHECK(read.revision == "a1");
    CHECK(read.message == "what it's for");
    CHECK(read.parents == std::vector<std::string>{"x", "y"});
    CHECK(read.checksums == base::Checksums{"raw", "tokens", 3});
    CHECK(read.applied_by == "postgres (alice)");
    CHECK(read.is_breaking);
    CHECK(read.duration == result.durations.front());
    CHECK(read.duration >= base::Milliseconds(20));
    CHECK(read.applied_at.size() == std::string("2026-11-23T10:00:00.000Z").size());
    CHECK(read.applied_at.ends_with('Z'));
}

TEST_CASE("postgres: nothing pending costs one round trip after login, and so does a step") {
    const TestDatabase database;
    support::Relay relay(database.server().host, database.server().port);
    PostgresSession session(database.server().with_port(relay.port()).url(database.name()));

    auto before = relay.turns();
    const auto expected = session.ledger().expectation();
    CHECK(relay.turns() - before == 1);

    before = relay.turns();
    const auto step = make_step("a1", "CREATE TABLE t (i int); INSERT INTO t VALUES (1);");
    const auto first =
        session.connection->apply_steps({&step, 1}, expected, session.recorder, within(std::chrono::minutes(1)));
    REQUIRE(first.end == StepEnd::committed);
    CHECK(relay.turns() - before == 1);

    before = relay.turns();
    CHECK(session.ledger().rows().size() == 1);
    CHECK(relay.turns() - before == 1);
    CHECK(relay.connections() == 1);
}

TEST_CASE("postgres: COPY data goes where psql would put it") {
    const TestDatabase database;
    PostgresSession session(database);
    const auto result = session.apply("a1",
                                      "CREATE TABLE t (i int, word text);\n"
                                      "COPY t (i, word) FROM stdin;\n1\tä;'ß\n2\t\\N\n3\ta\\tb\n\\.\n"
                                      "COPY t (i) FROM stdin;\n\\.\n"
                                      "INSERT INTO t VALUES (4, 'after');\n"
                                      "COPY t FROM stdin WITH (FORMAT csv);\n5,\"x,y\"\n\\.\n"
                                      "UPDATE t SET i = i * 10;\n");
    REQUIRE(result.end == StepEnd::committed);
    CHECK(
        database.rows("SELECT i, word FROM t ORDER BY i") ==
        std::vector<support::TextRow>{{"10", "ä;'ß"}, {"20", "NULL"}, {"30", "a\tb"}, {"40", "after"}, {"50", "x,y"}});
}

TEST_CASE("postgres: many megabytes of COPY data stream, and nothing stays of them when a later row is wrong") {
    const TestDatabase database;
    PostgresSession session(database);
    std::string data;
    for (int row = 0; row < 400'000; ++row) data += std::to_string(row) + "\tsome words that make the row longer\n";
    const std::string start = "CREATE TABLE IF NOT EXISTS t (i int PRIMARY KEY, word text);\nCOPY t FROM stdin;\n";
    const auto failed = session.apply("a1", start + data + "oops\tx\n\\.\n");
    REQUIRE(failed.end == StepEnd::rolled_back);
    CHECK(failed.error->code == "22P02");
    CHECK(failed.error->spot.line == 2);
    CHECK(failed.error->detail.contains("line 400001"));
    CHECK(database.value("SELECT to_regclass('t') IS NULL") == "t");

    REQUIRE(session.apply("a1", start + data + "\\.\n").end == StepEnd::committed);
    CHECK(database.value("SELECT count(*) FROM t") == "400000");
}

TEST_CASE("postgres: the rows of a SELECT in a step are not kept") {
    const TestDatabase database;
    PostgresSession session(database);
    REQUIRE(session.apply("a1", "SELECT 1;").end == StepEnd::committed);
    const auto before = resident_kilobytes();
    REQUIRE(session.apply("a2", "SELECT i, repeat('x', 1000) FROM generate_series(1, 500000) AS i;").end ==
            StepEnd::committed);
    // Kept, they would be 500 MB. The address sanitizer holds back 256 MB of what is freed.
#ifdef __SANITIZE_ADDRESS__
    CHECK(resident_kilobytes() - before < 450'000);
#else
    CHECK(resident_kilobytes() - before < 30'000);
#endif
}

TEST_CASE("postgres: COPY TO STDOUT in a step is dropped") {
    const TestDatabase database;
    PostgresSession session(database);
    CHECK(session.apply("a1", "COPY (SELECT generate_series(1, 100000)) TO STDOUT; CREATE TABLE t ();").end ==
          StepEnd::committed);
    CHECK(database.value("SELECT to_regclass('t')") == "t");
}

TEST_CASE("postgres: nothing that a step sets reaches the ledger or the next step") {
    const TestDatabase database;
    database.execute("CREATE SCHEMA other; CREATE ROLE hg_leak_" + database.name() + ";");
    const auto role = "hg_leak_" + database.name();
    database.execute("GRANT CREATE ON SCHEMA public TO " + role);
    PostgresSession session(database);
    REQUIRE(session.apply("a0", "CREATE TABLE before (i int);").end == StepEnd::committed);

    const std::vector<std::string> scripts = {
        "SET search_path = other;",
        "SELECT pg_catalog.set_config('search_path', '', false);",
        "SET ROLE " + role + "; CREATE TABLE owned ();",
        "SET SESSION AUTHORIZATION " + role + ";",
        "RESET ALL;",
        "CREATE TEMP TABLE headgate_ledger (revision text);",
        "SET default_transaction_isolation = 'serializable'; SET default_transaction_read_only = on;",
        "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY;",
        "LISTEN channel;",
        "PREPARE p AS SELECT 1;",
        "CREATE TEMP TABLE kept AS SELECT 1 AS i; DECLARE c CURSOR WITH HOLD FOR SELECT * FROM kept;",
        "SET statement_timeout = 1; RESET statement_timeout; SET lock_timeout = 1; SET application_name = 'mine';",
        "SET standard_conforming_strings = on; SET client_encoding = 'UTF8'; SET DateStyle = 'German'; SET TimeZone = "
        "'Asia/Tokyo';",
        "SET row_security = off; SET session_replication_role = replica;",
    };
    for (std::size_t i = 0; i < scripts.size(); ++i) {
        INFO(scripts[i]);
        const auto result = session.apply("b" + std::to_string(i), scripts[i]);
        if (result.error) INFO(result.error->message);
        REQUIRE(result.end == StepEnd::committed);
        const auto probe = session.apply(
            "c" + std::to_string(i),
            "DO $$ BEGIN "
            "ASSERT current_user = 'postgres' AND session_user = 'postgres', 'role'; "
            "ASSERT current_setting('search_path') = '\"$user\", public', 'search_path'; "
            "ASSERT current_setting('default_transaction_read_only') = 'off', 'read only'; "
            "ASSERT current_setting('default_transaction_isolation') = 'read committed', 'isolation'; "
            "ASSERT current_setting('session_replication_role') = 'origin', 'triggers'; "
            "ASSERT current_setting('row_security') = 'on', 'row security'; "
            "ASSERT current_setting('statement_timeout') = '0', 'statement_timeout'; "
            "ASSERT current_setting('application_name') LIKE 'headgate (run 1) c%', 'application_name'; "
            "ASSERT NOT EXISTS (SELECT FROM pg_listening_channels()), 'channels'; "
            "ASSERT NOT EXISTS (SELECT FROM pg_prepared_statements), 'statements'; "
            "ASSERT NOT EXISTS (SELECT FROM pg_cursors WHERE name = 'c'), 'cursors'; "
            "ASSERT to_regclass('pg_temp.kept') IS NULL AND to_regclass('pg_temp.headgate_ledger') IS NULL, 'temp'; "
            "END $$;");
        if (probe.error) INFO(probe.error->message);
        REQUIRE(probe.end == StepEnd::committed);
    }
    CHECK(session.ledger().rows().size() == 1 + 2 * scripts.size());
    CHECK(database.value("SELECT tableowner FROM pg_tables WHERE tablename = 'owned'") == role);
    database.execute("DROP OWNED BY " + role + "; DROP ROLE " + role);
}

TEST_CASE("postgres: a database's defaults do not get into a step") {
    const TestDatabase database;
    for (const std::string setting :
         {"default_transaction_isolation = 'repeatable read'", "default_transaction_read_only = on",
          "statement_timeout = '100ms'", "standard_conforming_strings = off", "lock_timeout = '1ms'",
          "client_encoding = 'LATIN1'", "search_path = 'nowhere', 'public'", "DateStyle = 'German'"}) {
        INFO(setting);
        // From another database: this one's defaults may forbid it.
        const auto name = support::quote_name(database.name());
        support::query_postgres(database.server().url(), "ALTER DATABASE " + name + " RESET ALL");
        support::query_postgres(database.server().url(), "ALTER DATABASE " + name + " SET " + setting);
        PostgresSession session(database);
        for (int i = 0; i < 2; ++i) {
            const auto rows = session.ledger().rows().size();
            const auto result = session.apply("r" + std::to_string(rows), "SELECT pg_sleep(0.15), 'a\\nb', 'ä';");
            if (result.error) INFO(result.error->message);
            REQUIRE(result.end == StepEnd::committed);
            CHECK(session.ledger().rows().back().message == "what it's for");
        }
    }
}

TEST_CASE("postgres: with a role that owns, everything made belongs to it and the ledger stays readable") {
    const TestDatabase database;
    const auto owner = "hg_owner_" + database.name();
    const auto login = "hg_login_" + database.name();
    database.execute("CREATE ROLE " + owner + "; CREATE ROLE " + login + " LOGIN NOINHERIT PASSWORD 'x' IN ROLE " +
                     owner + "; CREATE SCHEMA app AUTHORIZATION " + owner);
    database::ConnectOptions options;
    options.role = owner;
    options.ledger_schema = "app";
    PostgresSession session(database.url(login, "x"), options);
    REQUIRE(session.apply("a1", "CREATE TABLE app.t (i int);").end == StepEnd::committed);
    REQUIRE(session.apply("a2", "RESET ROLE; SELECT 1;").end == StepEnd::committed);
    CHECK(session.ledger().rows().size() == 2);
    CHECK(database.value("SELECT string_agg(DISTINCT tableowner, ',') FROM pg_tables WHERE schemaname = 'app'") ==
          owner);
    session.connection.reset();
    database.execute("DROP OWNED BY " + owner + " CASCADE; DROP ROLE " + login + "; DROP ROLE " + owner);
}

TEST_CASE("postgres: notices are handed over, headgate's own are not") {
    const TestDatabase database;
    PostgresSession session(database);
    REQUIRE(session.apply("a1", "DO $$ BEGIN RAISE NOTICE 'hello %', 1; RAISE WARNING 'careful'; END $$;").end ==
            StepEnd::committed);
    CHECK(session.recorder.notices == std::vector<std::string>{"NOTICE: hello 1", "WARNING: careful"});
}

TEST_CASE("postgres: a running step says so every second") {
    const TestDatabase database;
    PostgresSession session(database);
    REQUIRE(session.apply("a1", "SELECT pg_sleep(2.3);").end == StepEnd::committed);
    CHECK(session.recorder.seconds == 2);
}

TEST_CASE("postgres: a downgrade removes its row, and one that is not there fails the step") {
    const TestDatabase database;
    PostgresSession session(database);
    REQUIRE(session.apply("a1", "CREATE TABLE t ();").end == StepEnd::committed);
    REQUIRE(session.apply("a2", "").end == StepEnd::committed);
    auto down = make_step("a2", "");
    down.changes = {database::DeleteRow{"a2"}};
    const auto undone = session.apply(down);
    REQUIRE(undone.end == StepEnd::committed);
    CHECK(undone.ledger == session.ledger().expectation());
    CHECK(session.ledger().rows().size() == 1);

    down.script = make_step("a2", "DROP TABLE t;").script;
    const auto missing = session.apply(down);
    CHECK(missing.end == StepEnd::rolled_back);
    CHECK(missing.error->kind == ErrorKind::history_mismatch);
    CHECK(database.value("SELECT to_regclass('t')") == "t");
}

TEST_CASE("postgres: a database without plpgsql works the same way") {
    const TestDatabase database;
    database.execute("DROP EXTENSION plpgsql CASCADE");
    PostgresSession session(database);
    PostgresSession other(database);
    CHECK_FALSE(session.ledger().exists());
    const auto base = session.ledger().expectation();
    REQUIRE(session.apply("a1", "CREATE TABLE t (i int);").end == StepEnd::committed);
    REQUIRE(session.apply("a2", "INSERT INTO t VALUES (1);").end == StepEnd::committed);
    CHECK(session.ledger().rows().size() == 2);

    const auto late = make_step("a1", "DROP TABLE t;");
    CHECK(other.ledger().rows().size() == 2);
    CHECK(other.connection->apply_steps({&late, 1}, base, other.recorder, within(std::chrono::seconds(9))).end ==
          StepEnd::ledger_moved);
    CHECK(
        other.connection->apply_steps({&late, 1}, {true, 1, 1}, other.recorder, within(std::chrono::seconds(9))).end ==
        StepEnd::ledger_moved);
    CHECK(database.value("SELECT count(*) FROM t") == "1");
}

}  // namespace headgate::contract
