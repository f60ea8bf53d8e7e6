// SPDX-License-Identifier: Apache-2.0
// Tries every revision up, down and up again, on a database that is there for nothing else: a downgrade that was never
// run is usually wrong.
#pragma once

#include <string>
#include <vector>

#include "apply/options.hpp"
#include "base/event.hpp"
#include "database/scratch.hpp"
#include "revision/graph.hpp"

namespace headgate::apply {

struct RoundtripFault {
    const revision::Revision* revision;
    std::string message;
    std::vector<std::string> details;  // "left behind: table public.users"
};

struct RoundtripReport {
    std::size_t tried = 0;
    std::vector<const revision::Revision*> irreversible;  // have no downgrade section; only applied
    std::vector<RoundtripFault> faults;
    bool is_complete = true;  // false: after the last fault no further revision could be tried
};

// `connector` leads to the scratch database. Throws Error(usage) where that is not empty; what connecting throws; and
// Error(interrupted).
RoundtripReport try_roundtrip(const Connector& connector, database::Scratch& scratch, const revision::Graph& graph,
                              const Options& options, base::EventLog& log, base::Stop stop);

}  // namespace headgate::apply
