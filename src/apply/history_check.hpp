// SPDX-License-Identifier: Apache-2.0
// Whether these files and this ledger belong together. Asked before every plan; throws where going on could do harm.
#pragma once

#include "apply/options.hpp"
#include "base/event.hpp"
#include "plan/standing.hpp"

namespace headgate::apply {

// Throws Error(history_mismatch): diverged, ahead and not allowed, an applied file was changed while something is
// pending; Error(outcome_unknown) for a step that is only half done.
void check_history(const plan::Standing& standing, const Options& options);

// Says what is no obstacle, but should be known: the database is ahead, applied files were edited.
void write_history_warnings(const plan::Standing& standing, const Options& options, base::EventLog& log);

// "No ledger" is not "base": throws Error(history_mismatch) where the ledger is absent or empty and the database is
// not.
void check_surroundings(const database::Surroundings& surroundings, const std::string& ledger_name);

}  // namespace headgate::apply
