// SPDX-License-Identifier: Apache-2.0
#include "revision/graph.hpp"

#include <algorithm>
#include <format>
#include <set>
#include <string>
#include <utility>

#include "base/error.hpp"
#include "base/text.hpp"

namespace headgate::revision {

namespace {

constexpr std::size_t most_named = 10;

[[noreturn]] void throw_problems(std::vector<base::Problem> problems) {
    throw base::Error(base::ErrorKind::bad_revisions, std::format("the revisions make no history: {} fault{}",
                                                                  problems.size(), problems.size() == 1 ? "" : "s"))
        .with_problems(std::move(problems));
}

// Puts revisions[order[i]] in place i, without a second vector of them.
void put_in_order(std::vector<Revision>& revisions, std::vector<std::size_t> order) {
    for (std::size_t start = 0; start < order.size(); ++start) {
        Revision first = std::move(revisions[start]);
        std::size_t place = start;
        while (order[place] != start) {
            revisions[place] = std::move(revisions[order[place]]);
            place = std::exchange(order[place], place);
        }
        revisions[place] = std::move(first);
        order[place] = place;
    }
}

// "1975ea83b712 (migrations/0001.sql), …"
std::string list_files(const std::vector<const Revision*>& revisions) {
    std::string names;
    for (const Revision* revision : revisions) {
        if (!names.empty()) names += ", ";
        names += std::format("{} ({})", revision->id, revision->path.string());
    }
    return names;
}

base::Error ambiguous_error(std::string_view prefix, std::vector<const Revision*> found) {
    const std::size_t count = found.size();
    found.resize(std::min(count, most_named));
    return base::Error(base::ErrorKind::usage, std::format("\"{}\" is the beginning of {} revisions: {}{}", prefix,
                                                           count, list_files(found), count > most_named ? ", …" : ""))
        .with_hint("write more of the id");
}

base::Error unknown_error(std::string_view id, std::span<const Revision> revisions) {
    std::vector<std::string_view> ids;
    for (const Revision& revision : revisions) {
        ids.push_back(revision.id);
        ids.insert(ids.end(), revision.branch_labels.begin(), revision.branch_labels.end());
    }
    const std::optional<std::string> nearest = base::find_nearest(id, ids);
    return base::Error(base::ErrorKind::usage,
                       std::format("there is no revision or branch \"{}\" in the migrations folder", id))
        .with_hint(nearest ? std::format("did you mean {}?", *nearest) : "headgate history lists the revisions");
}

}  // namespace

Graph::Graph(std::vector<Revision> revisions) : revisions_(std::move(revisions)) {
    links_ = link_revisions(revisions_);
    std::vector<base::Problem> problems = check_links(revisions_, links_, MissingParents::report);
    if (!problems.empty()) throw_problems(std::move(problems));
    name_dependencies_by_id(revisions_, links_);
    put_in_order(revisions_, order_revisions(revisions_, links_));
    links_ = link_revisions(revisions_);
    children_ = find_children(links_);
}

const Revision* Graph::find(std::string_view id) const {
    const std::optional<std::size_t> index = find_index(revisions_, links_, id);
    return index ? &revisions_[*index] : nullptr;
}

const Revision* Graph::find_named(std::string_view name) const {
    const std::optional<std::size_t> index = revision::find_named(revisions_, links_, name);
    return index ? &revisions_[*index] : nullptr;
}

std::vector<const Revision*> Graph::find_by_prefix(std::string_view prefix) const {
    const auto start_of = [&](std::size_t index) {
        return std::string_view(revisions_[index].id).substr(0, prefix.size());
    };
    const auto ids = std::ranges::equal_range(links_.by_id, prefix, {}, start_of);
    std::set<std::size_t> found(ids.begin(), ids.end());
    for (auto label = links_.by_label.lower_bound(prefix);
         label != links_.by_label.end() && label->first.starts_with(prefix); ++label) {
        found.insert(label->second);
    }
    return revisions_at({found.begin(), found.end()});
}

const Revision& Graph::resolve(std::string_view name) const {
    if (const Revision* exact = find_named(name)) return *exact;
    if (name.empty()) throw base::Error(base::ErrorKind::usage, "a revision is wanted, and none is named");
    std::vector<const Revision*> found = find_by_prefix(name);
    if (found.empty()) throw unknown_error(name, revisions_);
    if (found.size() > 1) throw ambiguous_error(name, std::move(found));
    return *found.front();
}

std::vector<const Revision*> Graph::revisions_at(const std::vector<std::size_t>& indexes) const {
    std::vector<const Revision*> found;
    found.reserve(indexes.size());
    for (const std::size_t index : indexes) found.push_back(&revisions_[index]);
    return found;
}

std::vector<const Revision*> Graph::heads() const {
    std::vector<const Revision*> found;
    for (const Revision& revision : revisions_) {
        if (is_head(revision)) found.push_back(&revision);
    }
    return found;
}

std::vector<const Revision*> Graph::bases() const {
    std::vector<const Revision*> found;
    for (const Revision& revision : revisions_) {
        if (revision.is_base()) found.push_back(&revision);
    }
    return found;
}

std::vector<const Revision*> Graph::children_of(const Revision& revision) const {
    return revisions_at(children_[index_of(revision)]);
}

std::vector<const Revision*> Graph::parents_of(const Revision& revision) const {
    return revisions_at(links_.parents[index_of(revision)]);
}

std::vector<const Revision*> Graph::successors_of(const Revision& revision) const {
    std::vector<const Revision*> found = children_of(revision);
    std::erase_if(found,
                  [&](const Revision* child) { return !std::ranges::contains(child->down_revisions, revision.id); });
    return found;
}

std::vector<const Revision*> Graph::predecessors_of(const Revision& revision) const {
    std::vector<const Revision*> found = parents_of(revision);
    found.resize(revision.down_revisions.size());  // they come first
    return found;
}

base::Error Graph::several_heads_error(const std::vector<const Revision*>& heads) {
    std::string ids;
    for (const Revision* head : heads) ids += " " + head->id;
    return base::Error(base::ErrorKind::bad_revisions,
                       std::format("the history has {} heads: {}", heads.size(), list_files(heads)))
        .with_hint(std::format("join them with: headgate merge -m \"…\"{}; or name one; \"heads\" means all", ids));
}

const Revision* Graph::single_head() const {
    const std::vector<const Revision*> found = heads();
    if (found.empty()) return nullptr;
    if (found.size() > 1) throw several_heads_error(found);
    return found.front();
}

}  // namespace headgate::revision
