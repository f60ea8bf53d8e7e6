// SPDX-License-Identifier: Apache-2.0
// What every driver owes a revision with `transaction = false`.
#include "database/statement_session.hpp"

#include <catch2/catch_template_test_macros.hpp>

#include "contract/steps.hpp"
#include "contract/subject.hpp"

using namespace headgate;
using namespace headgate::contract;
using database::AloneEnd;
using database::StepEnd;

namespace {

database::LooseStatement loose(base::DialectId dialect, const std::string& sql) {
    return {"r1", 1, sql_step(dialect, sql).script};
}

}  // namespace

TEMPLATE_TEST_CASE("while a session holds the lock nobody else gets it, and then somebody does", "", SqliteSubject,
                   PostgresSubject) {
    const TestType subject;
    const auto first = subject.connect();
    const auto second = subject.connect();
    auto session = first->try_begin_statements("r1", {}, {});
    REQUIRE(session);
    CHECK_FALSE(second->try_begin_statements("r1", {}, {}));
    CHECK(apply(*second, revision_step(TestType::dialect, "r2", "CREATE TABLE a (n integer)")).end ==
          StepEnd::lock_busy);
    session.reset();
    CHECK(apply(*second, revision_step(TestType::dialect, "r2", "CREATE TABLE a (n integer)")).end ==
          StepEnd::committed);
    CHECK(second->try_begin_statements("r1", {}, {}));
}

TEMPLATE_TEST_CASE("a statement and its change of the ledger are one transaction under a session's lock", "",
                   SqliteSubject, PostgresSubject) {
    const TestType subject;
    const auto connection = subject.connect();
    auto session = connection->try_begin_statements("r1", {}, {});
    REQUIRE(session);
    KeptProgress progress;
    auto step = revision_step(TestType::dialect, "r1", "CREATE TABLE a (n integer)");
    step.statement = 1;
    auto result = session->run_in_transaction(step, expectation_of(*connection), progress, {});
    CHECK(result.end == StepEnd::committed);
    CHECK(result.ledger == expectation_of(*connection));
    CHECK(applied(*connection) == std::vector<std::string>{"r1"});

    auto wrong = revision_step(TestType::dialect, "r2", "INSERT INTO a VALUES (1); INSERT INTO nothing VALUES (1)");
    wrong.statement = 1;
    result = session->run_in_transaction(wrong, expectation_of(*connection), progress, {});
    CHECK(result.end == StepEnd::rolled_back);
    CHECK(result.error);
    CHECK(applied(*connection) == std::vector<std::string>{"r1"});
    session.reset();
    CHECK(holds(*connection, TestType::dialect, "(SELECT count(*) FROM a) = 0"));
}

TEMPLATE_TEST_CASE("a journal moves from what was read, and from nothing else", "", SqliteSubject, PostgresSubject) {
    const TestType subject;
    const auto connection = subject.connect();
    auto begun = revision_step(TestType::dialect, "r1", "");
    auto& row = std::get<database::InsertRow>(begun.changes.front()).row;
    row.state = ledger::State::partial;
    row.journal = "upgrade 5f idle";
    REQUIRE(apply(*connection, begun).end == StepEnd::committed);
    const auto move = [&](const std::string& from) {
        database::StepScript step;
        step.label = "r1";
        step.changes.emplace_back(database::UpdateJournal{
            "r1", from, "upgrade 6a idle", ledger::State::partial, 2, {}, base::Milliseconds(0)});
        return apply(*connection, step).end;
    };
    CHECK(move("upgrade 00 idle") == StepEnd::rolled_back);
    CHECK(move("upgrade 5f idle") == StepEnd::committed);
    const auto reading = connection->read_ledger({});
    CHECK(reading.ledger.find("r1")->journal == "upgrade 6a idle");
    CHECK(reading.ledger.find("r1")->statements_done == 2);
    CHECK_FALSE(reading.ledger.is_applied("r1"));
}

TEMPLATE_TEST_CASE("what no transaction allows runs alone", "", SqliteSubject, PostgresSubject) {
    const TestType subject;
    const auto connection = subject.connect();
    const auto session = connection->try_begin_statements("r1", {}, {});
    REQUIRE(session);
    KeptProgress progress;
    CHECK(session->run_alone(loose(TestType::dialect, "VACUUM"), progress, {}).end == AloneEnd::done);
    const auto failed = session->run_alone(loose(TestType::dialect, "VACUUM nothing_of_this_name"), progress, {});
    CHECK(failed.end == AloneEnd::failed);
    REQUIRE(failed.error);
    CHECK(failed.error->spot.line == 10);  // where the script begins in its file
    CHECK(session->find_outcome(loose(TestType::dialect, "VACUUM"), "", {}) == database::Outcome::not_done);
}
