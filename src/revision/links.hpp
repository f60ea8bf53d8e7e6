// SPDX-License-Identifier: Apache-2.0
// How revisions hang together, as indexes: what Graph is built from, and every fault that keeps it from being built.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "revision/revision.hpp"

namespace headgate::revision {

struct Links {
    std::vector<std::size_t> by_id;                    // indexes, in the order of their ids
    std::map<std::string_view, std::size_t> by_label;  // looks into the revisions; the first that has the label
    std::vector<std::vector<std::size_t>> parents;     // down_revisions, then depends_on; those that are there
};

Links link_revisions(std::span<const Revision> revisions);

// For each revision those that have it as a parent, in the order of the indexes.
std::vector<std::vector<std::size_t>> find_children(const Links& links);

std::optional<std::size_t> find_index(std::span<const Revision> revisions, const Links& links, std::string_view id);

// By id, else by branch label.
std::optional<std::size_t> find_named(std::span<const Revision> revisions, const Links& links, std::string_view name);

// What depends_on says with a branch label is said with the id of the revision that has the label.
void name_dependencies_by_id(std::span<Revision> revisions, const Links& links);

// Parents before children; among those that are free, by create_date, then by id. Those on a cycle, and what
// hangs on them, are left out.
std::vector<std::size_t> order_revisions(std::span<const Revision> revisions, const Links& links);

enum class MissingParents { report, ignore };

// Duplicate ids and labels, missing parents, cycles. `ignore` is for a history of which some files could not be read.
std::vector<base::Problem> check_links(std::span<const Revision> revisions, const Links& links, MissingParents missing);

}  // namespace headgate::revision
