// SPDX-License-Identifier: Apache-2.0
// Which revisions a target means, in these files and with this database. Pure, as all of plan.
#pragma once

#include <vector>

#include "ledger/ledger.hpp"
#include "plan/target.hpp"
#include "revision/graph.hpp"

namespace headgate::plan {

using Goals = std::vector<const revision::Revision*>;

// What the target's branch stands for: the revision that has the label, or the one named; null where it names none.
const revision::Revision* find_branch(const revision::Graph& graph, const Target& target);

// The applied revisions that no applied one builds or depends on: what Alembic's version table would hold.
// Throws Error(history_mismatch) for one that has no file here.
Goals find_current(const revision::Graph& graph, const ledger::Ledger& ledger);

// The revisions that a target names: several for "heads" and "current", none for "base", else one. A relative target
// counts from the database's place on the branch. Throws Error(usage) where it names none, Error(bad_revisions) for
// "head" where there are several.
Goals find_goals(const revision::Graph& graph, const ledger::Ledger& ledger, const Target& target);

// The one revision that a target names; null is base. Throws, beside what find_goals does, Error(usage) for several.
const revision::Revision* find_goal(const revision::Graph& graph, const ledger::Ledger& ledger, const Target& target);

// From `start` (null: base) as many revisions up or down as the target says, on its branch. Throws Error(usage) where
// the way ends before, or divides.
const revision::Revision* walk(const revision::Graph& graph, const revision::Revision* start, const Target& target);

}  // namespace headgate::plan
