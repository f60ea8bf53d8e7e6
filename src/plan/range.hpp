// SPDX-License-Identifier: Apache-2.0
// What lies between the two ends of a range, as history -r shows it.
#pragma once

#include <vector>

#include "plan/places.hpp"

namespace headgate::plan {

// Everything that `range.to` (missing: all heads) needs and that stands on `range.from` (missing: base), both ends with
// it, in the graph's order. A relative end counts from the other one, and stops at base. Throws what find_goals does,
// and Error(usage) where one end does not lead to the other.
std::vector<const revision::Revision*> revisions_in(const revision::Graph& graph, const ledger::Ledger& ledger,
                                                    const Range& range);

}  // namespace headgate::plan
