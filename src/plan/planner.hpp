// SPDX-License-Identifier: Apache-2.0
// Turns (graph, ledger, target) into a plan: an ordered list of steps. Pure: no input or output.
#pragma once

#include <optional>
#include <vector>

#include "ledger/version_step.hpp"
#include "plan/places.hpp"

namespace headgate::plan {

struct Step {
    revision::Direction direction = revision::Direction::upgrade;
    const revision::Revision* revision = nullptr;      // owned by the graph
    std::optional<ledger::VersionStep> versions = {};  // where Alembic's table is kept valid (version_rows.hpp)
};

struct Plan {
    std::vector<Step> steps;
    bool is_empty() const { return steps.empty(); }
};

// `goals` and everything below them, in the graph's order.
std::vector<const revision::Revision*> revisions_up_to(const revision::Graph& graph, const Goals& goals);

// The goals of an upgrade. Throws, beside what find_goals does, Error(usage) for a target below what is applied: that
// is an error, not a silent nothing.
Goals find_upgrade_goals(const revision::Graph& graph, const ledger::Ledger& ledger, const Target& target);

// The heads that the ledger has once it was stamped with these targets: they take the place of what stands in their
// lineage, other branches stay, "base" leaves none.
Goals find_stamp_goals(const revision::Graph& graph, const ledger::Ledger& ledger, const std::vector<Target>& targets);

// What is not applied of the goals and below them: parents before children.
Plan plan_upgrade(const revision::Graph& graph, const ledger::Ledger& ledger, const Goals& goals);

}  // namespace headgate::plan
