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

// The revisions that a target names: all heads for "heads", none for "base", else one.
// Throws Error(usage) where it names none or several, Error(bad_revisions) for "head" where there are several.
std::vector<const revision::Revision*> find_goals(const revision::Graph& graph, const ledger::Ledger& ledger,
                                                  const Target& target);

// `goals` and everything below them, in the graph's order.
std::vector<const revision::Revision*> revisions_up_to(const revision::Graph& graph,
                                                       const std::vector<const revision::Revision*>& goals);

// Parents before children, in the graph's order. Throws Error(usage) for a target that is not above what is applied
// ("upgrade to a revision below current"), Error(bad_revisions) for "head" where there are several.
Plan plan_upgrade(const revision::Graph& graph, const ledger::Ledger& ledger, const Target& target);

// Children before parents, the last applied first. "-1" undoes the last applied step. Throws Error(usage) for a
// target that is not below, or a revision without downgrade section: said before anything runs;
// Error(history_mismatch) where a revision to undo has no file here.
Plan plan_downgrade(const revision::Graph& graph, const ledger::Ledger& ledger, const Target& target);

}  // namespace headgate::plan
