// SPDX-License-Identifier: Apache-2.0
// How a step ends that does not end well: where the error is, what is left, and what may be tried again.
#include <array>
#include <csignal>
#include <future>
#include <string>
#include <thread>

#include <catch2/catch_test_macros.hpp>
#include <pthread.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "contract/postgres_session.hpp"
#include "support/relay.hpp"

namespace headgate::contract {

namespace {

using base::Clock;
using base::ErrorKind;
using base::Milliseconds;
using database::StepEnd;
using support::TestDatabase;

// Waits until a session of the database, with this in its application_name or query, sleeps.
std::string wait_for_sleeper(const TestDatabase& database, const std::string& part) {
    for (int tries = 0; tries < 500; ++tries) {
        const auto rows = database.rows(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> "
            "pg_backend_pid() AND wait_event = 'PgSleep' AND application_name || query LIKE '%" +
            part + "%'");
        if (!rows.empty()) return rows.front().front();
        std::this_thread::sleep_for(Milliseconds(10));
    }
    FAIL("no session sleeps: " << part);
    return {};
}

// A signal that stays pending in this thread and wakes a Stop, as the whole process has it in the program.
class PendingSignal {
public:
    explicit PendingSignal(int number) {
        sigemptyset(&set_);
        sigaddset(&set_, number);
        pthread_sigmask(SIG_BLOCK, &set_, &before_);
        fd_ = signalfd(-1, &set_, SFD_NONBLOCK | SFD_CLOEXEC);
    }
    ~PendingSignal() {
        signalfd_siginfo taken{};
        while (read(fd_, &taken, sizeof taken) == sizeof taken) continue;
        close(fd_);
        pthread_sigmask(SIG_SETMASK, &before_, nullptr);
    }
    PendingSignal(const PendingSignal&) = delete;
    PendingSignal& operator=(const PendingSignal&) = delete;

    base::Stop stop() const { return {fd_, Clock::now() + std::chrono::minutes(1)}; }

private:
    sigset_t set_{};
    sigset_t before_{};
    int fd_ = -1;
};

}  // namespace

TEST_CASE("postgres: an error points at its place in the file, counted in characters") {
    const TestDatabase database;
    PostgresSession session(database);
    struct Case {
        std::string text;
        std::string code;
        std::size_t line;
        std::size_t column;
        std::string excerpt;
    };
    const std::vector<Case> cases = {
        {"SELECT 1;\nSELECT 'äöü€😀', nope;\n", "42703", 11, 17, "SELECT 'äöü€😀', nope;\n                ^"},
        {"SELECT 1;\n-- ünïcode\n  SELEC 2;\n", "42601", 12, 3, "  SELEC 2;\n  ^"},
        {"CREATE TABLE ok ();\nSELECT (1;\n", "42601", 11, 10, "SELECT (1;\n         ^"},
        {"SELECT 1;\nSELECT 1/0;\n", "22012", 11, 1, "SELECT 1/0;\n^"},
        {"CREATE TABLE c (i int);\n/* é */ COPY c FROM stdin;\n1\n\\.\nSELECT * FROM\n   missing;", "42P01", 15, 4,
         "   missing;\n   ^"},
        {"SELECT 1;\r\nSELECT 2;\r\nSELECT nope;\r\n", "42703", 12, 8, "SELECT nope;\n       ^"},
        {"SELECT 'no end of the last statement' FROM nowhere -- a comment", "42P01", 10, 44,
         "SELECT 'no end of the last statement' FROM nowhere -- a comment\n" + std::string(43, ' ') + "^"},
    };
    for (const auto& each : cases) {
        INFO(each.text);
        const auto result = session.apply(make_step("a1", each.text, 10));
        REQUIRE(result.end == StepEnd::rolled_back);
        CHECK(result.committed == 0);
        const auto& error = *result.error;
        CHECK(error.kind == ErrorKind::step_failed);
        CHECK(error.code == each.code);
        CHECK(error.spot == base::SourceSpot{"migrations/a1.sql", each.line, each.column});
        CHECK(error.excerpt == each.excerpt);
    }
    CHECK_FALSE(session.ledger().exists());
    CHECK(database.value("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == "0");
}

TEST_CASE("postgres: an error inside a function brings its context, detail and hint") {
    const TestDatabase database;
    PostgresSession session(database);
    const auto result =
        session.apply("a1",
                      "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no' "
                      "USING DETAIL = 'a detail', HINT = 'a hint', ERRCODE = 'ZZ001'; END $$;\n"
                      "SELECT f();");
    REQUIRE(result.end == StepEnd::rolled_back);
    CHECK(result.error->message == "no");
    CHECK(result.error->code == "ZZ001");
    CHECK(result.error->hint == "a hint");
    CHECK(result.error->detail.starts_with("a detail\nPL/pgSQL function f()"));
    CHECK(result.error->spot.line == 2);
}

TEST_CASE("postgres: a deferred constraint that fails at COMMIT rolls the step back") {
    const TestDatabase database;
    PostgresSession session(database);
    const auto result = session.apply("a1",
                                      "CREATE TABLE p (i int PRIMARY KEY);"
                                      "CREATE TABLE c (i int REFERENCES p DEFERRABLE INITIALLY DEFERRED);"
                                      "INSERT INTO c VALUES (1);");
    REQUIRE(result.end == StepEnd::rolled_back);
    CHECK(result.error->code == "23503");
    CHECK(result.error->spot.file == "migrations/a1.sql");
    CHECK(result.error->hint.contains("COMMIT"));
    CHECK(session.apply("a1", "CREATE TABLE p ();").end == StepEnd::committed);
}

TEST_CASE("postgres: lock_timeout and deadlocks may be tried again, NOWAIT and a step's own error may not") {
    const TestDatabase database;
    database.execute("CREATE TABLE t (i int)");
    PostgresSession session(database);
    PostgresSession holder(database);
    auto held =
        std::async(std::launch::async, [&] { return holder.apply("h1", "LOCK TABLE t; SELECT pg_sleep(1.5);").end; });
    wait_for_sleeper(database, "h1");

    // The holder has headgate's own lock too.
    const auto reading = session.connection->read_ledger(within(std::chrono::seconds(5)));
    REQUIRE(reading.holder);
    CHECK(reading.holder->description.contains("headgate (run 1) h1"));
    auto step = make_step("a1", "ALTER TABLE t ADD COLUMN j int;");
    CHECK(session.apply(step).end == StepEnd::lock_busy);
    CHECK(held.get() == StepEnd::committed);

    auto locked =
        std::async(std::launch::async, [&] { database.execute("BEGIN; LOCK TABLE t; SELECT pg_sleep(1.2); COMMIT"); });
    wait_for_sleeper(database, "pg_sleep(1.2)");
    step.lock_timeout = Milliseconds(100);
    const auto timed_out = session.apply(step);
    CHECK(timed_out.end == StepEnd::retryable);
    CHECK(timed_out.error->code == "55P03");
    const auto nowait = session.apply("a1", "LOCK TABLE t NOWAIT;");
    CHECK(nowait.end == StepEnd::rolled_back);
    CHECK(nowait.error->code == "55P03");
    const auto raised = session.apply("a1", "DO $$ BEGIN RAISE EXCEPTION 'mine' USING ERRCODE = '55P03'; END $$;");
    CHECK(raised.end == StepEnd::rolled_back);
    locked.get();
    step.lock_timeout = Milliseconds(5000);
    CHECK(session.apply(step).end == StepEnd::committed);

    for (const std::string code : {"40001", "40P01"}) {
        CHECK(session.apply("a2", "DO $$ BEGIN RAISE EXCEPTION 'again' USING ERRCODE = '" + code + "'; END $$;").end ==
              StepEnd::retryable);
    }
}

TEST_CASE("postgres: a ledger that moved stops the step before its SQL") {
    const TestDatabase database;
    PostgresSession session(database);
    PostgresSession other(database);
    const auto base = session.ledger().expectation();
    REQUIRE(other.apply("a1", "CREATE TABLE t ();").end == StepEnd::committed);
    const auto step = make_step("a1", "CREATE TABLE t ();");
    CHECK(session.connection->apply_steps({&step, 1}, base, session.recorder, {}).end == StepEnd::ledger_moved);
    CHECK(session.connection->apply_steps({&step, 1}, {true, 1, 7}, session.recorder, {}).end == StepEnd::ledger_moved);
    const auto expected = session.ledger().expectation();
    database.execute("DROP TABLE headgate_ledger");
    CHECK(session.connection->apply_steps({&step, 1}, expected, session.recorder, {}).end == StepEnd::ledger_moved);
    // The same revision twice.
    REQUIRE(other.apply("a1", "").end == StepEnd::committed);
    CHECK(other.apply("a1", "").end == StepEnd::ledger_moved);
}

TEST_CASE("postgres: the deadline cancels the running statement and rolls it back") {
    const TestDatabase database;
    PostgresSession session(database);
    const auto start = Clock::now();
    const auto result =
        session.apply(make_step("a1", "CREATE TABLE t (); SELECT pg_sleep(30);"), within(Milliseconds(400)));
    const auto took = Clock::now() - start;
    REQUIRE(result.end == StepEnd::rolled_back);
    CHECK(result.error->kind == ErrorKind::step_failed);
    CHECK(result.error->message.contains("deadline"));
    CHECK(took >= Milliseconds(390));
    CHECK(took < Milliseconds(900));
    CHECK_FALSE(session.ledger().exists());
    CHECK(database.value("SELECT to_regclass('t') IS NULL") == "t");
    CHECK(session.apply("a1", "CREATE TABLE t ();").end == StepEnd::committed);
}

TEST_CASE("postgres: a signal reaches the server within 100 ms, and the rollback is seen") {
    const TestDatabase database;
    PostgresSession session(database);
    const PendingSignal signal(SIGTERM);
    auto running = std::async(std::launch::async, [&, receiver = pthread_self()] {
        wait_for_sleeper(database, "a1");
        const auto sent = Clock::now();
        pthread_kill(receiver, SIGTERM);
        return sent;
    });
    const auto result = session.connection->apply_steps(
        std::array{make_step("a1", "CREATE TABLE t (); SELECT pg_sleep(30);")}, {}, session.recorder, signal.stop());
    const auto took = Clock::now() - running.get();
    REQUIRE(result.end == StepEnd::rolled_back);
    CHECK(result.error->kind == ErrorKind::interrupted);
    CHECK(result.error->signal == SIGTERM);
    CHECK(took < Milliseconds(100));
    CHECK(database.value("SELECT to_regclass('t') IS NULL") == "t");
}

TEST_CASE("postgres: a function that catches the cancel is cancelled again") {
    const TestDatabase database;
    PostgresSession session(database);
    const auto step = make_step("a1",
                                "DO $$ BEGIN BEGIN PERFORM pg_sleep(30); EXCEPTION WHEN query_canceled THEN "
                                "RAISE WARNING 'caught'; END; PERFORM pg_sleep(30); END $$;");
    const auto result = session.apply(step, within(Milliseconds(700)));
    CHECK(result.end == StepEnd::rolled_back);
    CHECK(session.recorder.notices == std::vector<std::string>{"WARNING: caught"});
    CHECK_FALSE(session.ledger().exists());
}

TEST_CASE("postgres: COPY data under way is stopped too") {
    const TestDatabase database;
    PostgresSession session(database);
    std::string data;
    for (int row = 0; row < 300'000; ++row) data += std::to_string(row) + "\n";
    const auto result = session.apply(
        make_step("a1",
                  "CREATE TABLE t (i int); CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM "
                  "pg_sleep(0.001); RETURN NEW; END $$; CREATE TRIGGER s BEFORE INSERT ON t FOR EACH ROW EXECUTE "
                  "FUNCTION slow(); COPY t FROM stdin;\n" +
                      data + "\\.\n"),
        within(Milliseconds(600)));
    CHECK(result.end == StepEnd::rolled_back);
    CHECK(database.value("SELECT to_regclass('t') IS NULL") == "t");
    CHECK(session.ledger().is_empty());
}

TEST_CASE("postgres: a step whose session is ended from outside has an unknown end") {
    const TestDatabase database;
    for (const std::string how : {"terminate", "cut"}) {
        INFO(how);
        support::Relay relay(database.server().host, database.server().port);
        PostgresSession session(database.server().with_port(relay.port()).url(database.name()));
        auto running = std::async(std::launch::async,
                                  [&] { return session.apply("a1", "CREATE TABLE t (); SELECT pg_sleep(20);"); });
        const auto pid = wait_for_sleeper(database, "a1");
        if (how == "terminate") {
            database.execute("SELECT pg_terminate_backend(" + pid + ")");
        } else {
            relay.cut();
        }
        const auto result = running.get();
        CHECK(result.end == StepEnd::unknown);
        CHECK(result.error.has_value());
        const auto again = make_step("a1", "SELECT 1;");
        CHECK(session.connection->apply_steps({&again, 1}, {}, session.recorder, {}).end == StepEnd::unknown);
        CHECK_THROWS_AS(session.ledger(), base::Error);
        // The server notices by itself that the client is gone.
        PostgresSession next(database);
        for (int tries = 0; tries < 100 && next.connection->read_ledger({}).holder; ++tries) {
            std::this_thread::sleep_for(Milliseconds(100));
        }
        CHECK_FALSE(next.connection->read_ledger({}).holder);
        CHECK_FALSE(next.ledger().exists());
    }
}

TEST_CASE("postgres: a ledger that may not be read is not an absent one") {
    const TestDatabase database;
    PostgresSession owner(database);
    REQUIRE(owner.apply("a1", "").end == StepEnd::committed);
    const auto role = "hg_reader_" + database.name();
    database.execute("CREATE ROLE " + role + " LOGIN PASSWORD 'x'");
    const auto refusal = [&](const std::string& preparation) {
        database.execute(preparation);
        try {
            PostgresSession(database.url(role, "x")).ledger();
        } catch (const base::Error& error) {
            return error.kind;
        }
        return ErrorKind::internal;
    };
    CHECK(refusal("SELECT 1") == ErrorKind::access_refused);
    CHECK(refusal("GRANT SELECT ON headgate_ledger TO " + role + "; REVOKE USAGE ON SCHEMA public FROM PUBLIC") ==
          ErrorKind::access_refused);
    database.execute("GRANT USAGE ON SCHEMA public TO " + role);
    PostgresSession reader(database.url(role, "x"));
    CHECK(reader.ledger().rows().size() == 1);
    const auto step = reader.apply("a2", "SELECT 1;");
    CHECK(step.end == StepEnd::rolled_back);
    CHECK(step.error->kind == ErrorKind::access_refused);
    reader.connection.reset();
    database.execute("DROP OWNED BY " + role + "; DROP ROLE " + role);
}

TEST_CASE("postgres: a ledger of a newer layout, or another shape, is refused") {
    const TestDatabase database;
    PostgresSession session(database);
    REQUIRE(session.apply("a1", "").end == StepEnd::committed);
    const auto kind = [&] {
        try {
            session.ledger();
        } catch (const base::Error& error) {
            return error.kind;
        }
        return ErrorKind::internal;
    };
    database.execute("UPDATE headgate_ledger SET layout = 2");
    CHECK(kind() == ErrorKind::history_mismatch);
    database.execute("ALTER TABLE headgate_ledger DROP COLUMN kind");
    CHECK(kind() == ErrorKind::history_mismatch);
}

}  // namespace headgate::contract
