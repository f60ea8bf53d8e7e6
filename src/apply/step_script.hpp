// SPDX-License-Identifier: Apache-2.0
// From a planned step to what a driver runs: the section's SQL and the change to the ledger.
#pragma once

#include <span>
#include <vector>

#include "apply/options.hpp"
#include "plan/planner.hpp"

namespace headgate::apply {

ledger::Row make_row(const revision::Revision& revision, const Author& author);

// How many of the steps, from the first, are handed to the database together: their texts are in memory meanwhile. At
// least one, and none that is run statement by statement.
std::size_t count_handed_together(std::span<const plan::Step> steps);

// Reads the files. Throws Error(bad_revisions) where one is no longer what was loaded.
std::vector<database::StepScript> make_step_scripts(std::span<const plan::Step> steps, base::DialectId dialect,
                                                    const Options& options);

}  // namespace headgate::apply
