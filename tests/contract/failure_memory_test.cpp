// SPDX-License-Identifier: Apache-2.0
// The table headgate_attempts: what one connection remembers another finds, and nothing about it can hurt a run.
#include <chrono>

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>

#include "contract/postgres_session.hpp"
#include "contract/steps.hpp"
#include "contract/subject.hpp"
#include "support/program.hpp"

using namespace headgate;
using namespace headgate::contract;
using namespace headgate::database;
using namespace std::chrono_literals;

namespace {

Failure make_failure(const std::string& revision, std::string error = "division by zero") {
    return {.revision = revision,
            .checksum = "tokens of " + revision,
            .host = "web-3",
            .run_id = "12ab",
            .code = "22012",
            .error = std::move(error),
            .failed_at = {}};
}

}  // namespace

TEMPLATE_TEST_CASE("a remembered failure is found by others, with its age, until it is forgotten", "", SqliteSubject,
                   PostgresSubject) {
    const TestType subject;
    const auto one = subject.connect();
    REQUIRE(apply(*one, revision_step(subject.dialect, "r1", "")).end == StepEnd::committed);
    CHECK(one->read_failures({}).empty());
    one->remember_failure(make_failure("r2", "it's \\ \"odd\"; --"), {});
    const auto other = subject.connect();
    const auto found = other->read_failures({});
    REQUIRE(found.size() == 1);
    CHECK(found[0].revision == "r2");
    CHECK(found[0].checksum == "tokens of r2");
    CHECK(found[0].host == "web-3");
    CHECK(found[0].run_id == "12ab");
    CHECK(found[0].code == "22012");
    CHECK(found[0].error == "it's \\ \"odd\"; --");
    CHECK(found[0].failed_at.ends_with("Z"));
    CHECK(found[0].age >= -1s);
    CHECK(found[0].age < 30s);
    other->forget_failure("r2", {});
    CHECK(one->read_failures({}).empty());
}

TEMPLATE_TEST_CASE("a revision that fails again has one row, the last", "", SqliteSubject, PostgresSubject) {
    const TestType subject;
    const auto one = subject.connect();
    one->read_ledger({});
    REQUIRE(apply(*one, revision_step(subject.dialect, "r1", "")).end == StepEnd::committed);
    one->remember_failure(make_failure("r2", "first"), {});
    one->remember_failure(make_failure("r3", "another"), {});
    one->remember_failure(make_failure("r2", "second"), {});
    const auto found = one->read_failures({});
    REQUIRE(found.size() == 2);
    CHECK((found[0].error == "second" || found[1].error == "second"));
}

TEMPLATE_TEST_CASE("the memory is no table of the schema, and no step is disturbed by it", "", SqliteSubject,
                   PostgresSubject) {
    const TestType subject;
    const auto one = subject.connect();
    // Nothing is there yet, not even a ledger.
    auto failed = apply(*one, revision_step(subject.dialect, "r1", "SELECT nothing;"));
    REQUIRE(failed.end == StepEnd::rolled_back);
    one->remember_failure(make_failure("r1"), {});
    CHECK(one->read_failures({}).size() == 1);
    CHECK(one->read_surroundings({}).tables.empty());
    CHECK(apply(*one, revision_step(subject.dialect, "r1", "CREATE TABLE a (x integer);")).end == StepEnd::committed);
    CHECK(applied(*one) == std::vector<std::string>{"r1"});
}

TEST_CASE("failures are remembered by the role of the steps") {
    const support::TestDatabase database;
    const auto owner = database.name() + "_owner";
    database.execute("CREATE ROLE " + owner + "; GRANT ALL ON SCHEMA public TO " + owner);
    {
        PostgresSession session(database, {.role = owner});
        session.connection->remember_failure(make_failure("r1"), within(30s));
        CHECK(session.connection->read_failures(within(30s)).size() == 1);
        CHECK(database.value("SELECT tableowner FROM pg_tables WHERE tablename = 'headgate_attempts'") == owner);
        CHECK(database.value("SELECT current_user <> '" + owner + "'") == "t");
    }
    database.execute("DROP OWNED BY " + owner + "; DROP ROLE " + owner);
}

TEST_CASE("a memory that cannot be written or read is no failure, and the connection is as good as before") {
    const support::TestDatabase database;
    const auto weak = database.name() + "_weak";
    database.execute("CREATE TABLE headgate_attempts (other integer); CREATE ROLE " + weak + " LOGIN PASSWORD 'weak'");
    {
        PostgresSession session(database.url(weak, "weak"));
        session.connection->remember_failure(make_failure("r1"), within(30s));
        CHECK(session.connection->read_failures(within(30s)).empty());
        session.connection->forget_failure("r1", within(30s));
        CHECK_FALSE(session.ledger().exists());
    }
    PostgresSession session(database);
    session.connection->remember_failure(make_failure("r1"), within(30s));
    CHECK(session.connection->read_failures(within(30s)).empty());
    CHECK(session.apply("r1", "CREATE TABLE a (x integer);").end == StepEnd::committed);
    database.execute("DROP ROLE " + weak);
}

TEST_CASE("a memory that somebody has locked holds nobody up for long") {
    const support::TestDatabase database;
    PostgresSession session(database);
    session.connection->remember_failure(make_failure("r1"), within(30s));
    const support::RunningProgram locker(
        {.executable = "psql",
         .arguments = {"--no-psqlrc", "--quiet", "--dbname=" + database.url(), "--file=-"},
         .input = "BEGIN;\nLOCK TABLE headgate_attempts;\n\\! sleep 600\n"});
    REQUIRE(support::eventually([&] {
        return database.value(
                   "SELECT count(*) FROM pg_locks WHERE relation = 'headgate_attempts'::regclass AND "
                   "mode = 'AccessExclusiveLock'") == "1";
    }));
    const auto started = base::Clock::now();
    CHECK(session.connection->read_failures(within(30s)).empty());
    session.connection->remember_failure(make_failure("r2"), within(30s));
    CHECK(base::Clock::now() - started < 6s);
    CHECK(session.apply("r1", "CREATE TABLE a (x integer);").end == StepEnd::committed);
}
