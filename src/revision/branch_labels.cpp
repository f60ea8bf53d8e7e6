// SPDX-License-Identifier: Apache-2.0
#include "revision/branch_labels.hpp"

#include <algorithm>

#include "revision/lineage.hpp"

namespace headgate::revision {

namespace {

// Where the history is more than one line.
bool is_junction(const Graph& graph, const Revision& revision) {
    return graph.children_of(revision).size() > 1 || graph.is_merge_point(revision);
}

// The branch of a label that is written in `revision`. As in Alembic, it reaches below `revision` only where nothing
// above it branches or merges.
Members branch_of(const Graph& graph, const Revision& revision) {
    auto members = descendants_of(graph, {&revision}, Follow::parents);
    const bool is_line =
        std::ranges::none_of(members, [&](const Revision* member) { return is_junction(graph, *member); });
    if (!is_line) return members;
    for (const auto* below = &revision; !below->is_base();) {
        below = graph.predecessors_of(*below).front();
        if (is_junction(graph, *below)) break;
        members.insert(below);
    }
    return members;
}

}  // namespace

BranchLabels::BranchLabels(const Graph& graph) {
    for (const auto& revision : graph.in_order()) {
        if (revision.branch_labels.empty()) continue;
        for (const auto* member : branch_of(graph, revision)) {
            auto& labels = labels_[member];
            labels.insert(labels.end(), revision.branch_labels.begin(), revision.branch_labels.end());
        }
    }
    for (auto& [member, labels] : labels_) std::ranges::sort(labels);
}

std::vector<std::string_view> BranchLabels::of(const Revision& revision) const {
    const auto found = labels_.find(&revision);
    return found == labels_.end() ? std::vector<std::string_view>{} : found->second;
}

}  // namespace headgate::revision
