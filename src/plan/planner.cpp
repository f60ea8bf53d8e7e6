// SPDX-License-Identifier: Apache-2.0
#include "plan/planner.hpp"

#include <algorithm>
#include <format>
#include <string>

#include "base/error.hpp"
#include "revision/lineage.hpp"

namespace headgate::plan {

namespace {

using base::Error;
using base::ErrorKind;
using revision::Direction;
using revision::Follow;
using revision::Graph;
using revision::Revision;

// Children without a file here do not count: that is a database ahead of these files, not a target below.
bool has_applied_successor(const Graph& graph, const ledger::Ledger& ledger, const Revision& revision) {
    return std::ranges::any_of(graph.successors_of(revision),
                               [&](const Revision* child) { return ledger.is_applied(child->id); });
}

void check_not_below(const Graph& graph, const ledger::Ledger& ledger, const Revision* goal, const Target& target) {
    const bool is_below = goal == nullptr ? !ledger.is_empty()
                                          : ledger.is_applied(goal->id) && has_applied_successor(graph, ledger, *goal);
    if (!is_below) return;
    throw Error(ErrorKind::usage,
                std::format("the database is above \"{}\" already: an upgrade cannot go there", target.render()))
        .with_hint(std::format("to go back: headgate downgrade {}", target.render()));
}

Goals replaced_by(const Graph& graph, const Goals& current, const Goals& goals) {
    Goals replaced;
    for (const auto* goal : goals) {
        std::ranges::copy(revision::filter_lineage(graph, current, *goal, Follow::dependencies),
                          std::back_inserter(replaced));
    }
    return replaced;
}

// "base" means every branch, "LABEL@base" one.
Goals replaced_by_base(const Graph& graph, const Goals& current, const Target& target) {
    const auto* branch = find_branch(graph, target);
    return branch == nullptr ? current : revision::filter_lineage(graph, current, *branch, Follow::dependencies);
}

}  // namespace

std::vector<const Revision*> revisions_up_to(const Graph& graph, const Goals& goals) {
    const auto wanted = revision::ancestors_of(graph, goals, Follow::dependencies);
    std::vector<const Revision*> revisions;
    for (const auto& revision : graph.in_order()) {
        if (wanted.contains(&revision)) revisions.push_back(&revision);
    }
    return revisions;
}

Goals find_upgrade_goals(const Graph& graph, const ledger::Ledger& ledger, const Target& target) {
    if (graph.is_empty()) return {};
    auto goals = find_goals(graph, ledger, target);
    if (target.symbol != "heads") check_not_below(graph, ledger, goals.empty() ? nullptr : goals.front(), target);
    return goals;
}

Goals find_stamp_goals(const Graph& graph, const ledger::Ledger& ledger, const std::vector<Target>& targets) {
    auto kept = find_current(graph, ledger);
    Goals goals;
    for (const auto& target : targets) {
        const auto named = find_goals(graph, ledger, target);
        const auto replaced = named.empty() ? replaced_by_base(graph, kept, target) : replaced_by(graph, kept, named);
        std::erase_if(kept, [&](const Revision* revision) { return std::ranges::contains(replaced, revision); });
        goals.insert(goals.end(), named.begin(), named.end());
    }
    goals.insert(goals.end(), kept.begin(), kept.end());
    return goals;
}

Plan plan_upgrade(const Graph& graph, const ledger::Ledger& ledger, const Goals& goals) {
    Plan plan;
    for (const auto* revision : revisions_up_to(graph, goals)) {
        if (!ledger.is_applied(revision->id)) plan.steps.push_back({Direction::upgrade, revision});
    }
    return plan;
}

}  // namespace headgate::plan
