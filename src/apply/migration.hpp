// SPDX-License-Identifier: Apache-2.0
// Story, parts 5 to 8: reach the database, read the ledger, plan, and apply step by step, however many others try the
// same. All retry policy is here: drivers do a thing once and say how it ended.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "apply/known_failures.hpp"
#include "apply/lasting_connection.hpp"
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
    // The references to graph, options and log are kept; they outlive the migration.
    Migration(const Connector& connector, const revision::Graph& graph, const Options& options, base::EventLog& log,
              base::Stop stop);

    // Both throw what history_check.hpp, the planner and the drivers throw; Error::applied and Error::undone tell what
    // was committed.
    Report upgrade(const plan::Target& target);
    Report downgrade(const plan::Target& target);

private:
    enum class Next { go_on, plan_again };
    struct Advance {
        Next next;
        std::size_t steps;  // of those given, from the first: not to be tried again
    };
    using Planning = std::function<plan::Plan()>;

    Report run(revision::Direction direction, const Planning& planning);
    void apply_until_done(const Planning& planning);
    void read_ledger();
    void check_upgrade();
    void check_not_foreign();
    Next apply_plan(const plan::Plan& plan);
    Advance apply_steps(std::span<const plan::Step> steps);
    Next take_failure(std::span<const plan::Step> steps, database::StepsResult result, const std::string& holder);
    LockPatience& lock_patience_for(const plan::Step& step);
    Advance apply_statements(const plan::Step& step);
    Next find_out(std::span<const plan::Step> steps, const base::Error& lost);
    void note_committed(const plan::Step& step, base::Milliseconds duration);

    base::DialectId dialect_;
    const revision::Graph& graph_;
    const Options& options_;
    base::EventLog& log_;
    base::Stop stop_;
    GatePatience gate_patience_;
    ServerPatience server_patience_;
    std::optional<LockPatience> lock_patience_;  // with `patient_step_`
    const revision::Revision* patient_step_ = nullptr;
    KnownFailures known_failures_;

    LastingConnection connection_;
    database::LedgerReading reading_;
    ledger::Expectation expected_;
    bool is_history_checked_ = false;
    Report report_;
};

}  // namespace headgate::apply
