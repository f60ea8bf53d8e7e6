// SPDX-License-Identifier: Apache-2.0
// Story, parts 5 to 8: reach the database, read the ledger, plan, and apply step by step, however many others try the
// same. All retry policy is here: drivers do a thing once and say how it ended.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "apply/known_failures.hpp"
#include "apply/options.hpp"
#include "apply/patience.hpp"
#include "base/event.hpp"
#include "plan/planner.hpp"

namespace headgate::apply {

struct Report {
    std::vector<std::string> steps;  // revisions that were applied or undone, in that order
    std::vector<std::string> heads;  // of the ledger, at the end
};

class Migration {
public:
    // References are kept; they outlive the migration.
    Migration(const Connector& connector, const revision::Graph& graph, const Options& options, base::EventLog& log,
              base::Stop stop);

    // Both throw what history_check.hpp, the planner and the drivers throw; Error::applied tells what was committed.
    Report upgrade(const plan::Target& target);
    Report downgrade(const plan::Target& target);

private:
    enum class Next { next_step, same_step, plan_again };
    using Planning = std::function<plan::Plan()>;

    Report run(const Planning& planning);
    void apply_until_done(const Planning& planning);
    void connect();
    void read_ledger();
    void check_upgrade();
    void check_not_foreign();
    Next apply_plan(const plan::Plan& plan);
    Next apply_step(const plan::Step& step, LockPatience& patience);
    Next find_out(const plan::Step& step, const base::Error& lost);
    void note_committed(const plan::Step& step, base::Milliseconds duration);

    const Connector& connector_;
    const revision::Graph& graph_;
    const Options& options_;
    base::EventLog& log_;
    base::Stop stop_;
    GatePatience gate_patience_;
    KnownFailures known_failures_;

    std::unique_ptr<database::Connection> connection_;
    database::LedgerReading reading_;
    ledger::Expectation expected_;
    bool is_history_checked_ = false;
    Report report_;
};

}  // namespace headgate::apply
