// SPDX-License-Identifier: Apache-2.0
// A revision with `transaction = false` runs statement by statement. What may run in a transaction does, together with
// its entry in the journal (ledger/journal.hpp); anything else is recorded as begun, then as done. So a run that was
// cut goes on where it was, and only what nobody can know asks for a person.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "apply/options.hpp"
#include "apply/patience.hpp"
#include "apply/statement_script.hpp"
#include "base/event.hpp"
#include "database/statement_session.hpp"
#include "ledger/journal.hpp"
#include "plan/planner.hpp"

namespace headgate::apply {

class StatementRun {
public:
    enum class End {
        done,
        busy,        // another headgate has the lock
        plan_again,  // the ledger is not what the plan assumed
        lost,        // the connection: the ledger tells how far it came
    };

    // The references outlive the run. `step` is of a revision with `transaction = false`.
    StatementRun(database::Connection& connection, const plan::Step& step, base::DialectId dialect,
                 const Options& options, GatePatience& gate_patience, base::EventLog& log, base::Stop stop);

    // Throws for what stops it: Error(outcome_unknown) where something of the revision was done or nobody can know,
    // else the statement's own error; Error(history_mismatch) where statements that are done were changed.
    End run(const ledger::Expectation& expected);

    const ledger::Expectation& ledger() const { return expected_; }  // after `done`
    base::Milliseconds duration() const;                             // of all runs that worked at it
    const base::Error& lost_because() const { return *lost_; }       // after `lost`

private:
    using Ending = std::optional<End>;  // nothing: go on

    void wait_for_left_behind();
    Ending take_up(const ledger::Ledger& ledger);
    void read_journal(const ledger::Row& row);
    template <typename Question>
    auto ask(Question question) const;
    Ending settle();
    Ending run_all();
    Ending run_in_transaction();
    database::StepsResult run_patiently(const database::StepScript& step);
    Ending run_alone();
    Ending record(std::size_t done, bool has_begun, const std::string& note);
    Ending take_back();
    Ending take(database::StepsResult result, std::size_t done, const ledger::Journal& journal);

    ledger::Journal journal_at(std::size_t done, bool has_begun, const std::string& note) const;
    database::LedgerChange change_to(std::size_t done, const ledger::Journal& journal) const;
    bool is_end(std::size_t done, const ledger::Journal& journal) const;
    std::optional<ledger::VersionStep> versions_at(std::size_t done, const ledger::Journal& journal) const;
    database::StepScript make_step(std::size_t done, const ledger::Journal& journal) const;
    database::LooseStatement loose_statement() const;
    std::size_t after_this() const { return script_.next_work(done_ + 1); }
    void write_done(base::Clock::time_point start) const;
    base::Error name_statement(base::Error error) const;
    base::Error explain(base::Error error) const;
    base::Error explain_open(base::Error error) const;
    base::Error unprovable() const;
    std::string repair_hint() const;

    database::Connection& connection_;
    const plan::Step& step_;
    const revision::Revision& revision_;
    const Options& options_;
    GatePatience& gate_patience_;
    base::EventLog& log_;
    base::Stop stop_;
    base::Clock::time_point start_ = base::Clock::now();

    StatementScript script_;
    std::unique_ptr<database::StatementSession> session_;
    ledger::Expectation expected_;
    bool has_row_ = false;
    bool is_recorded_ = false;  // the ledger's row says all that is true
    std::size_t done_ = 0;      // so many statements; the next one is this one
    ledger::Journal journal_;
    std::string journal_text_;  // as the ledger has it
    base::Milliseconds duration_before_{0};
    std::optional<base::Error> lost_;
};

}  // namespace headgate::apply
