// SPDX-License-Identifier: Apache-2.0
// Which failures are heeded, and which are worth remembering.
#include "apply/known_failures.hpp"

#include <catch2/catch_test_macros.hpp>

#include "database/statement_session.hpp"

using namespace headgate;
using base::ErrorKind;
using base::Milliseconds;

namespace {

// Keeps what it is told.
class Notebook : public database::Connection {
public:
    std::string server_version() const override { return "notebook"; }
    database::LedgerReading read_ledger(base::Stop) override { return {}; }
    database::Surroundings read_surroundings(base::Stop) override { return {}; }
    database::StepsResult apply_steps(std::span<const database::StepScript>, const ledger::Expectation&,
                                      database::Progress&, base::Stop) override {
        return {};
    }
    std::unique_ptr<database::StatementSession> try_begin_statements(std::string_view, const sql::Script&,
                                                                     base::Stop) override {
        return nullptr;
    }
    std::vector<database::Failure> read_failures(base::Stop) override {
        ++readings;
        return failures;
    }
    void remember_failure(const database::Failure& failure, base::Stop) override { failures.push_back(failure); }
    void forget_failure(const std::string& revision, base::Stop) override { forgotten.push_back(revision); }

    std::vector<database::Failure> failures;
    std::vector<std::string> forgotten;
    int readings = 0;
};

revision::Revision make_revision() {
    revision::Revision revision;
    revision.id = "r1";
    revision.upgrade.checksums.tokens = "tokens";
    return revision;
}

plan::Plan plan_of(const revision::Revision& revision, revision::Direction direction) {
    plan::Plan plan;
    plan.steps.push_back({direction, &revision});
    return plan;
}

database::Failure make_failure(Milliseconds age, std::string checksum = "tokens") {
    return {.revision = "r1",
            .checksum = std::move(checksum),
            .host = "web-3",
            .run_id = "12ab",
            .code = "22012",
            .error = "division by zero",
            .failed_at = "2026-11-23T12:00:03Z",
            .age = age};
}

class Case {
public:
    explicit Case(apply::FailureMemory memory = apply::FailureMemory::heed,
                  revision::Direction direction = revision::Direction::upgrade)
        : plan(plan_of(revision, direction)) {
        options.failure_memory = memory;
        options.author.host = "web-1";
    }

    std::optional<base::Error> check(const database::Failure& failure) {
        notebook.failures = {failure};
        apply::KnownFailures known(options, base::Stop());
        known.read(notebook, plan);
        try {
            known.count_to_try(plan.steps);
        } catch (const base::Error& error) {
            return error;
        }
        return std::nullopt;
    }
    std::size_t remember(const base::Error& error, base::Stop stop = {}) {
        apply::KnownFailures(options, stop).remember(notebook, plan.steps.front(), error);
        return notebook.failures.size();
    }

    revision::Revision revision = make_revision();
    plan::Plan plan;
    apply::Options options;
    Notebook notebook;
};

base::Error step_error(std::string code) {
    return base::Error(ErrorKind::step_failed, "division by zero").with_code(std::move(code));
}

}  // namespace

TEST_CASE("a gate fails at once with the words of a failure of the last minute") {
    const auto error = Case().check(make_failure(Milliseconds(12'000)));
    REQUIRE(error);
    CHECK(error->kind == ErrorKind::step_failed);
    CHECK(error->revision == "r1");
    CHECK(error->code == "22012");
    for (const auto* words : {"r1 was not tried again", "12.0 s ago", "web-3", "2026-11-23T12:00:03Z", "for another 4",
                              "division by zero"}) {
        CAPTURE(words, error->message);
        CHECK(error->message.contains(words));
    }
}

TEST_CASE("a failure is heeded for a minute, of the same file only, and only by a gate that goes up") {
    CHECK_FALSE(Case().check(make_failure(Milliseconds(60'000))));
    CHECK_FALSE(Case().check(make_failure(Milliseconds(-60'000))));
    CHECK_FALSE(Case().check(make_failure(Milliseconds(1'000), "other tokens")));
    CHECK_FALSE(Case(apply::FailureMemory::ignore).check(make_failure(Milliseconds(1'000))));
    Case down(apply::FailureMemory::heed, revision::Direction::downgrade);
    CHECK_FALSE(down.check(make_failure(Milliseconds(1'000))));
    CHECK(down.notebook.readings == 0);
}

TEST_CASE("only what the step itself did wrong is remembered") {
    CHECK(Case().remember(step_error("22012")) == 1);
    CHECK(Case().remember(step_error("")) == 1);
    CHECK(Case().remember(step_error("57014")) == 0);  // cancelled by somebody
    CHECK(Case().remember(step_error("55P03")) == 0);  // NOWAIT
    for (const auto kind : {ErrorKind::interrupted, ErrorKind::busy, ErrorKind::unreachable, ErrorKind::access_refused,
                            ErrorKind::outcome_unknown})
        CHECK(Case().remember(base::Error(kind, "something else")) == 0);
    CHECK(Case().remember(step_error("22012"), base::Stop().within(Milliseconds(-1))) == 0);
    CHECK(Case(apply::FailureMemory::ignore).remember(step_error("22012")) == 0);
}

TEST_CASE("what is remembered says who, which file and why") {
    Case one;
    REQUIRE(one.remember(step_error("22012").at({"r1.sql", 7, 3})) == 1);
    const auto& failure = one.notebook.failures[0];
    CHECK(failure.revision == "r1");
    CHECK(failure.checksum == "tokens");
    CHECK(failure.host == "web-1");
    CHECK(failure.code == "22012");
    CHECK(failure.error == "division by zero (at r1.sql:7:3)");
}

TEST_CASE("a success forgets the failure of its revision, whoever runs it, and asks nothing where there was none") {
    Case one(apply::FailureMemory::ignore);
    apply::KnownFailures known(one.options, base::Stop());
    known.read(one.notebook, one.plan);
    known.forget(one.notebook, one.plan.steps);
    CHECK(one.notebook.forgotten.empty());
    one.notebook.failures = {make_failure(Milliseconds(90'000))};
    known.read(one.notebook, one.plan);
    known.forget(one.notebook, one.plan.steps);
    CHECK(one.notebook.forgotten == std::vector<std::string>{"r1"});
}
