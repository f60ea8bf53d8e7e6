// SPDX-License-Identifier: Apache-2.0
// Waiting until somebody else has brought the database to head: needs rights to read the ledger only, changes nothing,
// and holds no connection while it sleeps.
#pragma once

#include "apply/options.hpp"
#include "base/event.hpp"
#include "plan/planner.hpp"
#include "plan/standing.hpp"
#include "revision/graph.hpp"

namespace headgate::apply {

// Comes back when every revision up to the target (head, heads or a revision) is applied; a database ahead is good
// enough, as its options say. Throws Error(busy) naming what is still pending after gate_timeout or the stop's
// deadline, Error(access_refused) where the ledger may not be read, Error(unreachable) where the database cannot be
// reached for wait_timeout, and what plan::find_goals and check_history throw.
void wait_for_head(const Connector& connector, const revision::Graph& graph, const plan::Target& target,
                   const Options& options, base::EventLog& log, base::Stop stop);

}  // namespace headgate::apply
