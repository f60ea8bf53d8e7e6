// SPDX-License-Identifier: Apache-2.0
// Graphs in a few words, for the tests of the graph.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "revision/graph.hpp"

namespace headgate::revision::testing {

struct Also {
    std::vector<std::string> depends_on = {};
    std::vector<std::string> labels = {};
};

inline Revision node(std::string id, std::vector<std::string> parents = {}, Also also = {}) {
    Revision revision;
    revision.path = id + ".sql";
    revision.id = std::move(id);
    revision.down_revisions = std::move(parents);
    revision.depends_on = std::move(also.depends_on);
    revision.branch_labels = std::move(also.labels);
    revision.lines = {.revision = 2, .down_revision = 3, .depends_on = 4, .branch_labels = 5};
    revision.downgrade.emplace();
    return revision;
}

template <typename Revisions>
std::vector<std::string> ids_of(const Revisions& revisions) {
    std::vector<std::string> ids;
    for (const Revision* revision : revisions) ids.push_back(revision->id);
    return ids;
}

}  // namespace headgate::revision::testing
