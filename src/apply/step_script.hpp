// SPDX-License-Identifier: Apache-2.0
// From a planned step to what a driver runs: the section's SQL and the change to the ledger.
#pragma once

#include <vector>

#include "apply/options.hpp"
#include "plan/planner.hpp"

namespace headgate::apply {

ledger::Row make_row(const revision::Revision& revision, const Author& author);

// Reads the file. Throws Error(bad_revisions) where it is no longer what was loaded.
database::StepScript make_step_script(const plan::Step& step, base::DialectId dialect, const Options& options);

}  // namespace headgate::apply
