// SPDX-License-Identifier: Apache-2.0
// Whether these files and this ledger belong together. Asked before every plan; throws where going on could do harm.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "apply/options.hpp"
#include "base/error.hpp"
#include "base/event.hpp"
#include "plan/standing.hpp"

namespace headgate::apply {

// Throws Error(history_mismatch): diverged, ahead and not allowed, an applied file was changed while something is
// pending; Error(outcome_unknown) for a step that is only half done; Error(usage) where --allow-diverged names a
// revision that needs no such leave.
void check_history(const plan::Standing& standing, const Options& options);

// Says what is no obstacle, but should be known: the database is ahead, applied files were edited.
void write_history_warnings(const plan::Standing& standing, const Options& options, base::EventLog& log);

// "a1, a2, a3, a4, a5 and 12 more": a history may have thousands.
std::string render_revisions(const std::vector<const ledger::Row*>& rows);

// "No ledger" is not "base": an Error(history_mismatch) where the ledger is absent or empty and the database is not.
std::optional<base::Error> find_foreign(const database::Surroundings& surroundings, const std::string& ledger_name);

}  // namespace headgate::apply
