// SPDX-License-Identifier: Apache-2.0
// A revision with `transaction = false` in a script: its statements stand alone, and between them the ledger's row says
// how far it came, as in an online run (statement_run.hpp), which can go on where the script was cut.
#pragma once

#include <string>

#include "apply/options.hpp"
#include "database/offline.hpp"
#include "plan/planner.hpp"

namespace headgate::apply {

std::string render_offline_statements(const plan::Step& step, base::DialectId dialect,
                                      const database::OfflineDialect& offline, const database::AssumedHistory& assumed,
                                      const Options& options);

}  // namespace headgate::apply
