// SPDX-License-Identifier: Apache-2.0
#include "revision/lineage.hpp"

#include <algorithm>
#include <iterator>

namespace headgate::revision {

namespace {

// Everything that `next` leads to from `open`.
template <typename Next>
Members collect(std::vector<const Revision*> open, const Next& next) {
    Members members;
    while (!open.empty()) {
        const auto* revision = open.back();
        open.pop_back();
        if (members.insert(revision).second) std::ranges::copy(next(*revision), std::back_inserter(open));
    }
    return members;
}

}  // namespace

Members ancestors_of(const Graph& graph, const std::vector<const Revision*>& revisions, Follow follow) {
    return collect(revisions, [&](const Revision& revision) {
        return follow == Follow::parents ? graph.predecessors_of(revision) : graph.parents_of(revision);
    });
}

Members descendants_of(const Graph& graph, const std::vector<const Revision*>& revisions, Follow follow) {
    return collect(revisions, [&](const Revision& revision) {
        return follow == Follow::parents ? graph.successors_of(revision) : graph.children_of(revision);
    });
}

bool share_lineage(const Graph& graph, const Revision& one, const Revision& other, Follow follow) {
    // In the graph's order parents come first: only one of the two can be the ancestor.
    return &one < &other ? ancestors_of(graph, {&other}, follow).contains(&one)
                         : ancestors_of(graph, {&one}, follow).contains(&other);
}

std::vector<const Revision*> filter_lineage(const Graph& graph, const std::vector<const Revision*>& revisions,
                                            const Revision& branch, Follow follow) {
    auto members = ancestors_of(graph, {&branch}, follow);
    members.merge(descendants_of(graph, {&branch}, follow));
    std::vector<const Revision*> found;
    std::ranges::copy_if(revisions, std::back_inserter(found),
                         [&](const Revision* revision) { return members.contains(revision); });
    return found;
}

}  // namespace headgate::revision
