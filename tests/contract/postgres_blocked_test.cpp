// SPDX-License-Identifier: Apache-2.0
// A step on PostgreSQL that takes long: who is in its way, and how far it is. What tells is a second session, which
// must never do the step any harm.
#include <algorithm>
#include <format>

#include <catch2/catch_test_macros.hpp>

#include "contract/postgres_session.hpp"
#include "support/program.hpp"

using namespace headgate;
using namespace headgate::contract;
using namespace headgate::database;
using namespace std::chrono_literals;

namespace {

// Another application's session, idle in a transaction that has read the table, until it goes out of scope.
class Reader {
public:
    Reader(const support::TestDatabase& database, const std::string& name)
        : session_({.executable = "psql",
                    .arguments = {"--no-psqlrc", "--quiet", "--dbname=" + database.url(), "--file=-"},
                    .environment = {{"PGAPPNAME", name}},
                    .input = "BEGIN;\nSELECT count(*), 'a secret'\n  FROM busy;\n\\! sleep 600\n"}) {
        REQUIRE(support::eventually([&] { return !find_pid(database, name).empty(); }));
        pid = std::stoll(find_pid(database, name));
    }

    std::int64_t pid = 0;

private:
    static std::string find_pid(const support::TestDatabase& database, const std::string& name) {
        const auto rows = database.rows(std::format(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = '{}' AND "
            "state = 'idle in transaction' AND query LIKE '%busy%'",
            name));
        return rows.empty() ? std::string() : rows[0][0];
    }

    support::RunningProgram session_;
};

StepScript blocked_step(base::Milliseconds lock_timeout = 2s) {
    auto step = make_step("r1", "CREATE TABLE before_it (a integer); ALTER TABLE busy ADD COLUMN b integer;");
    step.lock_timeout = lock_timeout;
    return step;
}

// A role of the test's own, which owns the table `busy` and may see nobody else's sessions.
class PlainRole {
public:
    explicit PlainRole(const support::TestDatabase& database, std::string_view options = "")
        : database_(database), name_(database.name() + "_plain") {
        database.execute(
            std::format("CREATE ROLE {0} LOGIN PASSWORD 'plain' {1}; GRANT ALL ON SCHEMA public TO {0}; "
                        "ALTER TABLE busy OWNER TO {0}",
                        name_, options));
    }
    ~PlainRole() { database_.execute(std::format("DROP OWNED BY {0} CASCADE; DROP ROLE {0}", name_)); }
    PlainRole(const PlainRole&) = delete;
    PlainRole& operator=(const PlainRole&) = delete;

    std::string url() const { return database_.url(name_, "plain"); }

private:
    const support::TestDatabase& database_;
    std::string name_;
};

std::string sessions_of_headgate(const support::TestDatabase& database) {
    return database.value(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE "
        "'headgate%'");
}

}  // namespace

TEST_CASE("a step that waits for a lock says who holds it, before the default lock_timeout ends it") {
    const support::TestDatabase database;
    database.execute("CREATE TABLE busy (a integer)");
    const Reader reader(database, "monthly report");
    PostgresSession session(database);
    const auto result = session.apply(blocked_step());
    CHECK(result.end == StepEnd::retryable);
    REQUIRE(session.recorder.blockers.size() == 1);
    const auto& blocker = session.recorder.blockers[0];
    INFO(render_holder(blocker));
    CHECK(blocker.pid == reader.pid);
    CHECK(blocker.application == "monthly report");
    CHECK(blocker.client == "127.0.0.1");
    CHECK(blocker.state == "idle in transaction");
    CHECK(blocker.since.ends_with("Z"));
    CHECK(blocker.query == "SELECT count(*), '…' FROM busy;");
    CHECK(blocker.holds == "AccessShareLock");
    CHECK(blocker.wanted == "AccessExclusiveLock on public.busy");
    CHECK(blocker.others == 0);
    CHECK(blocker.waited >= 500ms);
    CHECK(blocker.waited <= 2s);
    CHECK(support::eventually([&] { return sessions_of_headgate(database) == "1"; }));
}

TEST_CASE("a step that waits long says so again after ten seconds, and at once when another one is in its way") {
    const support::TestDatabase database;
    database.execute("CREATE TABLE busy (a integer)");
    std::optional<Reader> first(std::in_place, database, "first");
    const auto first_pid = first->pid;
    // Ends the first after it was told, when the second holds its lock already.
    const Reader second(database, "second");
    support::RunningProgram killer(
        {.executable = "psql",
         .arguments = {"--no-psqlrc", "--dbname=" + database.url(),
                       std::format("--command=SELECT pg_sleep(5), pg_terminate_backend({})", first_pid)}});
    PostgresSession session(database);
    session.apply(blocked_step(0ms), within(18s));
    std::vector<std::int64_t> pids;
    for (const auto& each : session.recorder.blockers) pids.push_back(each.pid);
    REQUIRE(pids.size() >= 2);
    CHECK(pids.size() <= 3);
    CHECK(std::ranges::contains(pids, second.pid));
    CHECK(session.recorder.blockers.front().others == 1);
    CHECK(pids.back() == second.pid);
    CHECK(session.recorder.blockers.back().waited >= 3s);
}

TEST_CASE("a role that may not see other sessions' queries is still told who blocks") {
    const support::TestDatabase database;
    database.execute("CREATE TABLE busy (a integer)");
    const PlainRole role(database);
    const Reader reader(database, "monthly report");
    PostgresSession session(role.url());
    CHECK(session.apply(blocked_step()).end == StepEnd::retryable);
    REQUIRE(session.recorder.blockers.size() == 1);
    const auto& blocker = session.recorder.blockers[0];
    CHECK(blocker.pid == reader.pid);
    CHECK(blocker.application == "monthly report");
    CHECK(blocker.wanted == "AccessExclusiveLock on public.busy");
    CHECK(blocker.query.empty());
    CHECK(blocker.state.empty());
}

TEST_CASE("where no second session is to be had a blocked step goes on as ever, and nothing is said") {
    const support::TestDatabase database;
    database.execute("CREATE TABLE busy (a integer)");
    const PlainRole role(database, "CONNECTION LIMIT 1");
    std::optional<Reader> reader(std::in_place, database, "monthly report");
    PostgresSession session(role.url());
    const auto started = base::Clock::now();
    CHECK(session.apply(blocked_step()).end == StepEnd::retryable);
    CHECK(base::Clock::now() - started < 6s);
    CHECK(session.recorder.blockers.empty());
    reader.reset();
    CHECK(session.apply(blocked_step()).end == StepEnd::committed);
}

TEST_CASE("a second session that hangs in its login does not hold up the end of the step") {
    const support::TestDatabase database;
    if (database.value("SELECT current_setting('server_version_num')::int >= 170000") != "t")
        SKIP("login triggers came with PostgreSQL 17");
    database.execute("CREATE TABLE busy (a integer)");
    const Reader reader(database, "monthly report");
    PostgresSession session(database);
    const auto expected = session.connection->read_ledger(within(30s)).ledger.expectation();
    database.execute(
        "CREATE FUNCTION hang() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(600); END $$; "
        "CREATE EVENT TRIGGER hang ON login EXECUTE FUNCTION hang(); ALTER EVENT TRIGGER hang ENABLE ALWAYS");
    const auto step = blocked_step(0ms);
    const auto started = base::Clock::now();
    const auto result = session.connection->apply_steps({&step, 1}, expected, session.recorder, within(4s));
    const auto took = base::Clock::now() - started;
    CHECK(result.end == StepEnd::rolled_back);
    CHECK(took >= 4s);
    CHECK(took < 6s);
    CHECK(session.recorder.blockers.empty());
}

TEST_CASE("a step that works for long and waits for nobody says nothing of blockers") {
    const support::TestDatabase database;
    PostgresSession session(database);
    CHECK(session.apply("r1", "SELECT pg_sleep(3);").end == StepEnd::committed);
    CHECK(session.recorder.blockers.empty());
    CHECK(session.recorder.phases.empty());
    CHECK(session.recorder.seconds >= 2);
    CHECK(support::eventually([&] { return sessions_of_headgate(database) == "1"; }));
}

TEST_CASE("a step that is not slow opens no second session") {
    const support::TestDatabase database;
    database.execute("CREATE TABLE seen (n integer)");
    PostgresSession session(database);
    CHECK(session
              .apply("r1",
                     "SELECT pg_sleep(0.2); INSERT INTO seen SELECT count(*) FROM pg_stat_activity WHERE datname = "
                     "current_database() AND application_name LIKE 'headgate%';")
              .end == StepEnd::committed);
    CHECK(database.value("SELECT n FROM seen") == "1");
}

TEST_CASE("an index build tells its phase") {
    const support::TestDatabase database;
    database.execute(
        "CREATE FUNCTION slowly(a integer) RETURNS integer IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN PERFORM "
        "pg_sleep(0.01); RETURN a; END $$; CREATE TABLE large AS SELECT generate_series(1, 400) AS a");
    PostgresSession session(database);
    CHECK(session.apply("r1", "CREATE INDEX slow_index ON large (slowly(a));").end == StepEnd::committed);
    REQUIRE_FALSE(session.recorder.phases.empty());
    CHECK(session.recorder.phases[0].name.starts_with("building index"));
    CHECK(session.recorder.blockers.empty());
}
