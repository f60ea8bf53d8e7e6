// SPDX-License-Identifier: Apache-2.0
// What a run makes of the ledger that it reads under the lock, against a session that plays a part. What real databases
// do is in tests/contract and tests/gate.
#include "apply/statement_run.hpp"

#include <catch2/catch_test_macros.hpp>

#include "base/error.hpp"
#include "revision/folder.hpp"
#include "revision/graph.hpp"
#include "support/temp_folder.hpp"

using namespace headgate;
using apply::StatementRun;
using ledger::State;

namespace {

class SilentLog : public base::EventLog {
public:
    void write(const base::Event&) noexcept override {}
    void show_progress(std::string_view) noexcept override {}
};

class ActingSession : public database::StatementSession {
public:
    explicit ActingSession(int& tries) : tries_(tries) {}
    std::optional<database::Session> find_left_behind(std::string_view, base::Stop) override { return std::nullopt; }
    database::StepsResult run_in_transaction(const database::StepScript&, const ledger::Expectation& expected,
                                             database::Progress&, base::Stop) override {
        ++tries_;
        database::StepsResult result;
        result.end = database::StepEnd::committed;
        result.committed = 1;
        result.ledger = expected;
        return result;
    }
    std::string note_before(const database::LooseStatement&, base::Stop) override { return ""; }
    database::AloneResult run_alone(const database::LooseStatement&, database::Progress&, base::Stop) override {
        ++tries_;
        return {database::AloneEnd::done, std::nullopt};
    }
    database::Outcome find_outcome(const database::LooseStatement&, const std::string&, base::Stop) override {
        return database::Outcome::not_done;
    }

private:
    int& tries_;
};

// The lock is free, and under it the ledger has these rows.
class ActingConnection : public database::Connection {
public:
    explicit ActingConnection(std::vector<ledger::Row> rows) : rows_(std::move(rows)) {}
    std::string server_version() const override { return "Stage 1"; }
    bool is_writable() const override { return true; }
    database::LedgerReading read_ledger(base::Stop) override { return {ledger::Ledger(rows_), "ledger", std::nullopt}; }
    database::Surroundings read_surroundings(base::Stop) override { return {}; }
    database::StepsResult apply_steps(std::span<const database::StepScript>, const ledger::Expectation&,
                                      database::Progress&, base::Stop) override {
        return {};  // no step of these cases is one
    }
    std::unique_ptr<database::StatementSession> try_begin_statements(std::string_view, const sql::Script&,
                                                                     base::Stop) override {
        return std::make_unique<ActingSession>(tries);
    }
    std::vector<database::Failure> read_failures(base::Stop) override { return {}; }
    void remember_failure(const database::Failure&, base::Stop) override {}
    void forget_failure(const std::string&, base::Stop) override {}

    int tries = 0;

private:
    std::vector<ledger::Row> rows_;
};

constexpr const char* text =
    "-- headgate:revision\n-- revision = \"x\"\n-- transaction = false\n-- headgate:upgrade\nSELECT 1;\nSELECT 2;\n"
    "-- headgate:downgrade\nSELECT 3;\n";

ledger::Row row_of(State state) {
    ledger::Row row;
    row.sequence = 1;
    row.revision = "x";
    row.state = state;
    return row;
}

// Planned with the one ledger, begun with the other.
StatementRun::End run(ActingConnection& connection, revision::Direction direction, State planned_with) {
    const support::TempFolder folder;
    support::write_file(folder / "x.sql", text);
    const revision::Graph graph(revision::read_folder(folder.path(), base::DialectId::sqlite));
    const plan::Step step{direction, graph.find("x")};
    const apply::Options options;
    SilentLog log;
    apply::GatePatience patience(options.gate_timeout, log, {});
    StatementRun run(connection, step, base::DialectId::sqlite, options, patience, log, {});
    return run.run(ledger::Ledger({row_of(planned_with)}).expectation());
}

}  // namespace

TEST_CASE("a revision that another gate finished while its lock was waited for is not run a second time") {
    ActingConnection connection({row_of(State::applied)});
    CHECK(run(connection, revision::Direction::upgrade, State::partial) == StatementRun::End::plan_again);
    CHECK(connection.tries == 0);
}

TEST_CASE("an applied revision is undone statement by statement") {
    ActingConnection connection({row_of(State::applied)});
    CHECK(run(connection, revision::Direction::downgrade, State::applied) == StatementRun::End::done);
    CHECK(connection.tries == 1);
}
