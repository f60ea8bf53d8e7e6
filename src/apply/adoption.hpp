// SPDX-License-Identifier: Apache-2.0
// What adopt changes: the ledger comes to say what Alembic's own table says. Pure.
#pragma once

#include "apply/stamp_plan.hpp"

namespace headgate::apply {

// Empty where the two agree. Throws Error(history_mismatch) where Alembic's table is not there or has no rows, where it
// or the ledger has revisions without a file here, and where the two differ while a revision is only partly applied.
StampPlan plan_adoption(const revision::Graph& graph, const database::LedgerReading& reading, const Author& author);

}  // namespace headgate::apply
