// SPDX-License-Identifier: Apache-2.0
// Whether Alembic's own table says what the ledger says: where Alembic has moved on since, nothing may be applied
// twice.
#pragma once

#include "database/connection.hpp"
#include "plan/planner.hpp"

namespace headgate::apply {

// Throws Error(history_mismatch), or outcome_unknown where a revision is half applied. Nothing where the table is not
// there, or was not asked for.
void check_versions(const database::LedgerReading& reading);

// What the plan's steps do to the table, where it was asked for.
void add_version_steps(plan::Plan& plan, const database::LedgerReading& reading);

}  // namespace headgate::apply
