// SPDX-License-Identifier: Apache-2.0
// Waiting until somebody else has brought the database to head: needs rights to read the ledger only, changes nothing,
// and holds no connection while it sleeps.
#pragma once

#include "apply/options.hpp"
#include "base/event.hpp"
#include "plan/standing.hpp"
#include "revision/graph.hpp"

namespace headgate::apply {

// Comes back when every revision of the graph is applied (a database ahead is good enough, as its options say). Throws
// Error(busy) naming what is still pending after gate_timeout or the stop's deadline, Error(unreachable) where the
// database cannot be reached for wait_timeout, and what check_history throws.
void wait_for_head(const Connector& connector, const revision::Graph& graph, const Options& options,
                   base::EventLog& log, base::Stop stop);

}  // namespace headgate::apply
