// SPDX-License-Identifier: Apache-2.0
// The revisions as a directed acyclic graph: parents, children, bases and heads. Built once, then only asked.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "revision/links.hpp"
#include "revision/revision.hpp"

namespace headgate::revision {

class Graph {
public:
    // Throws Error(bad_revisions) with all problems: duplicate ids, missing parents, cycles.
    explicit Graph(std::vector<Revision> revisions);
    // Not copied: the links look into its own revisions, which stay where they are when it is moved.
    Graph(const Graph&) = delete;
    Graph& operator=(const Graph&) = delete;
    Graph(Graph&&) = default;
    Graph& operator=(Graph&&) = default;
    ~Graph() = default;

    // Parents before children; among those that are free, the order of create_date, then of id. Deterministic.
    std::span<const Revision> in_order() const { return revisions_; }
    bool is_empty() const { return revisions_.empty(); }

    const Revision* find(std::string_view id) const;          // exact id; null: not there
    const Revision* find_named(std::string_view name) const;  // exact id or branch label; null: not there
    // Exact id or branch label, or the beginning of only one. Throws Error(usage) naming the candidates, or the
    // nearest.
    const Revision& resolve(std::string_view name) const;
    // Those whose id or branch label begins so, in the graph's order.
    std::vector<const Revision*> find_by_prefix(std::string_view prefix) const;

    std::vector<const Revision*> heads() const;
    std::vector<const Revision*> bases() const;
    // `revision` belongs to this graph, here and below. The inverse of parents_of.
    std::vector<const Revision*> children_of(const Revision& revision) const;
    // down_revisions and depends_on.
    std::vector<const Revision*> parents_of(const Revision& revision) const;
    // Heads and branches are made by down_revisions alone, as in Alembic: without those that only depend.
    std::vector<const Revision*> successors_of(const Revision& revision) const;
    std::vector<const Revision*> predecessors_of(const Revision& revision) const;
    bool is_head(const Revision& revision) const { return successors_of(revision).empty(); }
    // No other revision depends on it either.
    bool is_effective_head(const Revision& revision) const { return children_[index_of(revision)].empty(); }
    bool is_branch_point(const Revision& revision) const { return successors_of(revision).size() > 1; }
    bool is_merge_point(const Revision& revision) const { return revision.down_revisions.size() > 1; }

    // The error that names these heads, their files and the merge command.
    static base::Error several_heads_error(const std::vector<const Revision*>& heads);
    // The only head. Throws Error(bad_revisions) naming the files and the merge command where there are several.
    const Revision* single_head() const;  // null for an empty graph

private:
    std::size_t index_of(const Revision& revision) const {
        return static_cast<std::size_t>(&revision - revisions_.data());
    }
    std::vector<const Revision*> revisions_at(const std::vector<std::size_t>& indexes) const;

    std::vector<Revision> revisions_;
    Links links_;
    std::vector<std::vector<std::size_t>> children_;
};

}  // namespace headgate::revision
