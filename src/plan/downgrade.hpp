// SPDX-License-Identifier: Apache-2.0
// The way back: which applied revisions are undone, and in which order.
#pragma once

#include "plan/planner.hpp"

namespace headgate::plan {

// Children before parents, the last applied first. "-1" undoes the last applied step; "LABEL@…" leaves other branches
// alone. Throws Error(usage) for a target that is not below, or a revision without downgrade section: said before
// anything runs; Error(history_mismatch) where a revision to undo has no file here.
Plan plan_downgrade(const revision::Graph& graph, const ledger::Ledger& ledger, const Target& target);

// What is left of the plan of a downgrade when some of it is done. Throws Error(history_mismatch) where a revision that
// the plan does not have stands on one that is left.
Plan still_to_undo(const Plan& plan, const ledger::Ledger& ledger);

}  // namespace headgate::plan
