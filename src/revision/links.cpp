// SPDX-License-Identifier: Apache-2.0
#include "revision/links.hpp"

#include <algorithm>
#include <numeric>
#include <queue>
#include <string>
#include <tuple>

namespace headgate::revision {

namespace {

std::vector<std::size_t> sort_by_id(std::span<const Revision> revisions) {
    std::vector<std::size_t> indexes(revisions.size());
    std::iota(indexes.begin(), indexes.end(), std::size_t{0});
    std::ranges::sort(indexes, [&](std::size_t left, std::size_t right) {
        return std::tie(revisions[left].id, revisions[left].path.native()) <
               std::tie(revisions[right].id, revisions[right].path.native());
    });
    return indexes;
}

std::map<std::string_view, std::size_t> list_labels(std::span<const Revision> revisions) {
    std::map<std::string_view, std::size_t> by_label;
    for (std::size_t index = 0; index < revisions.size(); ++index) {
        for (const std::string& label : revisions[index].branch_labels) by_label.try_emplace(label, index);
    }
    return by_label;
}

void add_parent(Links& links, std::size_t child, std::optional<std::size_t> parent) {
    std::vector<std::size_t>& parents = links.parents[child];
    if (parent && !std::ranges::contains(parents, *parent)) parents.push_back(*parent);
}

}  // namespace

Links link_revisions(std::span<const Revision> revisions) {
    Links links{.by_id = sort_by_id(revisions),
                .by_label = list_labels(revisions),
                .parents = std::vector<std::vector<std::size_t>>(revisions.size())};
    for (std::size_t child = 0; child < revisions.size(); ++child) {
        for (const std::string& id : revisions[child].down_revisions) {
            add_parent(links, child, find_index(revisions, links, id));
        }
        for (const std::string& name : revisions[child].depends_on) {
            add_parent(links, child, find_named(revisions, links, name));
        }
    }
    return links;
}

std::vector<std::vector<std::size_t>> find_children(const Links& links) {
    std::vector<std::vector<std::size_t>> children(links.parents.size());
    for (std::size_t child = 0; child < children.size(); ++child) {
        for (const std::size_t parent : links.parents[child]) children[parent].push_back(child);
    }
    return children;
}

std::optional<std::size_t> find_index(std::span<const Revision> revisions, const Links& links, std::string_view id) {
    const auto id_of = [&](std::size_t index) -> std::string_view { return revisions[index].id; };
    const auto found = std::ranges::lower_bound(links.by_id, id, {}, id_of);
    if (found == links.by_id.end() || id_of(*found) != id) return {};
    return *found;
}

std::optional<std::size_t> find_named(std::span<const Revision> revisions, const Links& links, std::string_view name) {
    if (const auto index = find_index(revisions, links, name)) return index;
    const auto label = links.by_label.find(name);
    if (label == links.by_label.end()) return {};
    return label->second;
}

void name_dependencies_by_id(std::span<Revision> revisions, const Links& links) {
    for (Revision& revision : revisions) {
        for (std::string& name : revision.depends_on) {
            if (const auto index = find_named(revisions, links, name)) name = revisions[*index].id;
        }
    }
}

// Kahn's algorithm; the queue decides among the free ones, so that the order does not depend on file names.
std::vector<std::size_t> order_revisions(std::span<const Revision> revisions, const Links& links) {
    const auto comes_later = [&](std::size_t left, std::size_t right) {
        return std::tie(revisions[left].create_date, revisions[left].id) >
               std::tie(revisions[right].create_date, revisions[right].id);
    };
    std::priority_queue<std::size_t, std::vector<std::size_t>, decltype(comes_later)> free(comes_later);
    const std::vector<std::vector<std::size_t>> children = find_children(links);
    std::vector<std::size_t> waits_for(revisions.size());
    for (std::size_t index = 0; index < revisions.size(); ++index) {
        waits_for[index] = links.parents[index].size();
        if (waits_for[index] == 0) free.push(index);
    }
    std::vector<std::size_t> order;
    order.reserve(revisions.size());
    while (!free.empty()) {
        const std::size_t index = free.top();
        free.pop();
        order.push_back(index);
        for (const std::size_t child : children[index]) {
            if (--waits_for[child] == 0) free.push(child);
        }
    }
    return order;
}

}  // namespace headgate::revision
