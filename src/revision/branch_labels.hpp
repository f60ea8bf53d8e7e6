// SPDX-License-Identifier: Apache-2.0
// Which branch a revision is on. A label is written in one file and names the whole branch: what stands above that
// revision, and the line below it down to the nearest branch point or merge.
#pragma once

#include <map>
#include <string_view>
#include <vector>

#include "revision/graph.hpp"

namespace headgate::revision {

class BranchLabels {
public:
    // Looks into `graph`, which outlives it.
    explicit BranchLabels(const Graph& graph);

    std::vector<std::string_view> of(const Revision& revision) const;  // sorted

private:
    std::map<const Revision*, std::vector<std::string_view>> labels_;
};

}  // namespace headgate::revision
