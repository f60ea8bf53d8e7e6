// SPDX-License-Identifier: Apache-2.0
// Turns (graph, ledger, target) into a plan: an ordered list of steps. Pure: no input or output.
#pragma once

#include <vector>

#include "ledger/ledger.hpp"
#include "plan/target.hpp"
#include "revision/graph.hpp"

namespace headgate::plan {

struct Step {
    revision::Direction direction = revision::Direction::upgrade;
    const revision::Revision* revision = nullptr;  // owned by the graph
};

struct Plan {
    std::vector<Step> steps;
    bool is_empty() const { return steps.empty(); }
};

using Goals = std::vector<const revision::Revision*>;

// The revisions that a target names: all heads for "heads", none for "base", else one. A relative target means
// something else once a step is done, so it is settled once, and only then planned for.
// Throws Error(usage) where it names none or several, Error(bad_revisions) for "head" where there are several.
Goals find_goals(const revision::Graph& graph, const ledger::Ledger& ledger, const Target& target);

// `goals` and everything below them, in the graph's order.
std::vector<const revision::Revision*> revisions_up_to(const revision::Graph& graph, const Goals& goals);

// The goals of an upgrade. Throws, beside what find_goals does, Error(usage) for a target below what is applied: that
// is an error, not a silent nothing.
Goals find_upgrade_goals(const revision::Graph& graph, const ledger::Ledger& ledger, const Target& target);

// What is not applied of the goals and below them: parents before children.
Plan plan_upgrade(const revision::Graph& graph, const ledger::Ledger& ledger, const Goals& goals);

// Children before parents, the last applied first. "-1" undoes the last applied step. Throws Error(usage) for a
// target that is not below, or a revision without downgrade section: said before anything runs;
// Error(history_mismatch) where a revision to undo has no file here.
Plan plan_downgrade(const revision::Graph& graph, const ledger::Ledger& ledger, const Target& target);

// What is left of the plan of a downgrade when some of it is done.
Plan still_to_undo(const Plan& plan, const ledger::Ledger& ledger);

}  // namespace headgate::plan
