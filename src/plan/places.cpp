// SPDX-License-Identifier: Apache-2.0
#include "plan/places.hpp"

#include <algorithm>
#include <cstdlib>
#include <format>
#include <string>
#include <unordered_set>

#include "base/error.hpp"
#include "revision/lineage.hpp"

namespace headgate::plan {

namespace {

using base::Error;
using base::ErrorKind;
using revision::Graph;
using revision::Revision;

std::string list_ids(const Goals& revisions) {
    std::string ids;
    for (const auto* revision : revisions) ids += std::format("{}{}", ids.empty() ? "" : ", ", revision->id);
    return ids;
}

Error no_such_walk(const Target& target, int walked) {
    return Error(ErrorKind::usage,
                 std::format("\"{}\" leads too far: there {} only {} revision{} that way", target.render(),
                             walked == 1 ? "is" : "are", walked, walked == 1 ? "" : "s"))
        .with_hint("headgate history shows the way");
}

Error ambiguous_walk(const Target& target, const Goals& choices) {
    return Error(ErrorKind::usage,
                 std::format("\"{}\" is ambiguous: the way leads to {}", target.render(), list_ids(choices)))
        .with_hint(target.branch.empty() ? "name the revision itself, or the branch: LABEL@…"
                                         : "name the revision itself");
}

Error several_places(const Target& target, const Goals& places) {
    return Error(ErrorKind::usage,
                 std::format("\"{}\" is ambiguous: the database is at {}", target.render(), list_ids(places)))
        .with_hint("name the revision itself, or the branch: LABEL@…");
}

Error not_on_branch(const Target& target, const Revision& found) {
    return Error(ErrorKind::usage, std::format("revision {} is not a member of branch \"{}\"", found.id, target.branch))
        .at({found.path.string(), 0, 0})
        .with_hint("headgate branches shows where branches begin");
}

Goals next_up(const Graph& graph, const Revision* here, const Revision* branch) {
    auto next = here == nullptr ? graph.bases() : graph.successors_of(*here);
    return branch == nullptr ? next : revision::filter_lineage(graph, next, *branch);
}

Goals heads_on(const Graph& graph, const Revision* branch) {
    auto heads = graph.heads();
    return branch == nullptr ? heads : revision::filter_lineage(graph, heads, *branch);
}

Goals single_head_on(const Graph& graph, const Revision* branch) {
    auto heads = heads_on(graph, branch);
    if (heads.size() > 1) throw Graph::several_heads_error(heads);
    return heads;
}

// A beginning that several revisions share may still name only one of the branch.
const Revision& resolve_on(const Graph& graph, const Target& target, const Revision* branch) {
    if (branch == nullptr) return graph.resolve(target.symbol);
    const auto on_branch = revision::filter_lineage(graph, graph.find_by_prefix(target.symbol), *branch);
    if (on_branch.size() == 1) return *on_branch.front();
    const auto& found = graph.resolve(target.symbol);
    if (!revision::share_lineage(graph, found, *branch)) throw not_on_branch(target, found);
    return found;
}

// Those that none of the others builds or depends on.
Goals tips_of(const Graph& graph, const Goals& revisions) {
    std::unordered_set<const Revision*> below;
    for (const auto* revision : revisions) {
        for (const auto* parent : graph.parents_of(*revision)) below.insert(parent);
    }
    auto tips = revisions;
    std::erase_if(tips, [&](const Revision* revision) { return below.contains(revision); });
    return tips;
}

// The database's place on a branch may lie below one of another branch that depends on it.
Goals current_on(const Graph& graph, const Goals& current, const Revision& branch) {
    auto found = revision::filter_lineage(graph, current, branch);
    if (!found.empty()) return found;
    const auto active = revision::ancestors_of(graph, current, revision::Follow::dependencies);
    return tips_of(graph, revision::filter_lineage(graph, {active.begin(), active.end()}, branch));
}

Goals find_start(const Graph& graph, const ledger::Ledger& ledger, const Target& target) {
    const auto* branch = find_branch(graph, target);
    if (target.is_relative()) {
        auto current = find_current(graph, ledger);
        return branch == nullptr ? current : current_on(graph, current, *branch);
    }
    if (target.symbol == "heads") return heads_on(graph, branch);
    if (target.symbol == "head") return single_head_on(graph, branch);
    if (target.symbol == "base") return {};
    return {&resolve_on(graph, target, branch)};
}

}  // namespace

const Revision* find_branch(const Graph& graph, const Target& target) {
    return target.branch.empty() ? nullptr : &graph.resolve(target.branch);
}

Goals find_current(const Graph& graph, const ledger::Ledger& ledger) {
    Goals applied;
    for (const auto& row : ledger.rows()) {
        if (row.state == ledger::State::applied && graph.find(row.revision) != nullptr) {
            applied.push_back(graph.find(row.revision));
        }
    }
    for (const auto* row : ledger.heads()) {
        if (graph.find(row->revision) != nullptr) continue;
        throw Error(ErrorKind::history_mismatch,
                    std::format("the database is at revision {}, which has no file here", row->revision));
    }
    return tips_of(graph, applied);
}

const Revision* walk(const Graph& graph, const Revision* start, const Target& target) {
    const auto* here = start;
    const auto* branch = find_branch(graph, target);
    const int wanted = std::abs(target.steps);
    for (int walked = 0; walked < wanted; ++walked) {
        if (target.steps < 0 && here != nullptr && here->is_base()) {
            here = nullptr;
            continue;
        }
        Goals next;
        if (target.steps > 0) next = next_up(graph, here, branch);
        if (target.steps < 0 && here != nullptr) next = graph.predecessors_of(*here);
        if (next.empty()) throw no_such_walk(target, walked);
        if (next.size() > 1) throw ambiguous_walk(target, next);
        here = next.front();
    }
    return here;
}

Goals find_goals(const Graph& graph, const ledger::Ledger& ledger, const Target& target) {
    auto start = find_start(graph, ledger, target);
    if (target.steps == 0) return start;
    if (start.size() > 1) throw several_places(target, start);
    const auto* goal = walk(graph, start.empty() ? nullptr : start.front(), target);
    return goal == nullptr ? Goals{} : Goals{goal};
}

const Revision* find_goal(const Graph& graph, const ledger::Ledger& ledger, const Target& target) {
    const auto goals = find_goals(graph, ledger, target);
    if (goals.size() > 1) throw several_places(target, goals);
    return goals.empty() ? nullptr : goals.front();
}

}  // namespace headgate::plan
