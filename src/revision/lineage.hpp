// SPDX-License-Identifier: Apache-2.0
// What lies below and above revisions of a graph.
#pragma once

#include <unordered_set>
#include <vector>

#include "revision/graph.hpp"

namespace headgate::revision {

using Members = std::unordered_set<const Revision*>;

enum class Follow {
    parents,       // down_revisions alone: what makes a branch
    dependencies,  // depends_on too: what has to be applied
};

// With those given themselves; they belong to `graph`.
Members ancestors_of(const Graph& graph, const std::vector<const Revision*>& revisions, Follow follow);
Members descendants_of(const Graph& graph, const std::vector<const Revision*>& revisions, Follow follow);

// Whether one is the other, or lies below or above it.
bool share_lineage(const Graph& graph, const Revision& one, const Revision& other, Follow follow = Follow::parents);

// Those of `revisions` that share lineage with `branch`, in their order.
std::vector<const Revision*> filter_lineage(const Graph& graph, const std::vector<const Revision*>& revisions,
                                            const Revision& branch, Follow follow = Follow::parents);

}  // namespace headgate::revision
