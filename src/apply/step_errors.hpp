// SPDX-License-Identifier: Apache-2.0
// What is said of a step that cannot be begun, that failed, or whose end nobody saw.
#pragma once

#include "base/error.hpp"
#include "ledger/ledger.hpp"
#include "plan/planner.hpp"

namespace headgate::apply {

// Throws Error(outcome_unknown) where the file says one transaction, and the ledger that it was begun without.
void check_not_half_done(const plan::Step& step, const ledger::Ledger& ledger);

// Half a revision has no downgrade: throws Error(history_mismatch).
void check_not_half_applied(const plan::Plan& plan, const ledger::Ledger& ledger);

// `error` ended the step, of which nothing is left.
base::Error name_step(base::Error error, const plan::Step& step);

// The connection was lost, and the step is not done: where it is one transaction, nothing of it is left.
base::Error make_not_done_error(const plan::Step& step, base::Error lost);

// The connection was lost, and `why` keeps us from seeing how the step ended.
base::Error make_unseen_error(const plan::Step& step, const base::Error& lost, base::Error why);

}  // namespace headgate::apply
