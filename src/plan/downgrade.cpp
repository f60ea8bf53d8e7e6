// SPDX-License-Identifier: Apache-2.0
#include "plan/downgrade.hpp"

#include <algorithm>
#include <format>
#include <string>
#include <unordered_set>

#include "base/error.hpp"
#include "revision/lineage.hpp"

namespace headgate::plan {

namespace {

using base::Error;
using base::ErrorKind;
using revision::Direction;
using revision::Graph;
using revision::Revision;

using Ids = std::unordered_set<std::string_view>;
using Rows = std::vector<const ledger::Row*>;

Goals above(const Graph& graph, const Revision* goal) {
    return goal == nullptr ? graph.bases() : graph.successors_of(*goal);
}

// Of the revisions on `goal` those that lead to the branch; where it begins further down, those that are on it.
Goals on_the_way_to(const Graph& graph, const Revision* goal, const Revision& branch) {
    const auto next = above(graph, goal);
    const auto below = revision::ancestors_of(graph, {&branch}, revision::Follow::parents);
    Goals found;
    std::ranges::copy_if(next, std::back_inserter(found),
                         [&](const Revision* revision) { return below.contains(revision); });
    return found.empty() ? revision::filter_lineage(graph, next, branch) : found;
}

// Rows that build on `goal` itself; null: on nothing. What only depends on it may stay, since it stays.
// The ledger's own lineage counts: the files may have changed since.
Rows rows_on(const ledger::Ledger& ledger, const Revision* goal) {
    Rows found;
    for (const auto& row : ledger.rows()) {
        const bool is_on = goal == nullptr ? row.parents.empty() : std::ranges::contains(row.parents, goal->id);
        if (is_on) found.push_back(&row);
    }
    return found;
}

bool stands_on(const ledger::Row& row, const Ids& ids) {
    const auto is_in = [&](const std::string& id) { return ids.contains(id); };
    return std::ranges::any_of(row.parents, is_in) || std::ranges::any_of(row.depends_on, is_in);
}

// `roots` and every row above them, in the order of application.
Rows with_rows_above(const ledger::Ledger& ledger, const Rows& roots) {
    Ids ids;
    for (const auto* root : roots) ids.insert(root->revision);
    Rows found;
    for (const auto& row : ledger.rows()) {
        if (!ids.contains(row.revision) && !stands_on(row, ids)) continue;
        ids.insert(row.revision);
        found.push_back(&row);
    }
    return found;
}

Rows every_row(const ledger::Ledger& ledger) {
    Rows found;
    for (const auto& row : ledger.rows()) found.push_back(&row);
    return found;
}

Rows rows_above(const Graph& graph, const ledger::Ledger& ledger, const Revision* goal, const Revision* branch) {
    if (branch == nullptr) return goal == nullptr ? every_row(ledger) : with_rows_above(ledger, rows_on(ledger, goal));
    auto roots = rows_on(ledger, goal);
    if (above(graph, goal).size() > 1) {
        const auto wanted = on_the_way_to(graph, goal, *branch);
        std::erase_if(
            roots, [&](const ledger::Row* root) { return !std::ranges::contains(wanted, graph.find(root->revision)); });
    }
    return with_rows_above(ledger, roots);
}

Rows last_rows(const ledger::Ledger& ledger, const Target& target) {
    const auto count = static_cast<std::size_t>(-target.steps);
    const auto& rows = ledger.rows();
    if (count > rows.size()) {
        throw Error(ErrorKind::usage,
                    std::format("\"{}\" leads too far: only {} revisions are applied", target.render(), rows.size()));
    }
    Rows last;
    for (std::size_t i = rows.size() - count; i < rows.size(); ++i) last.push_back(&rows[i]);
    return last;
}

Rows rows_to_undo(const Graph& graph, const ledger::Ledger& ledger, const Target& target) {
    if (target.is_relative() && target.steps < 0 && target.branch.empty()) return last_rows(ledger, target);
    const auto* goal = find_goal(graph, ledger, target);
    if (goal != nullptr && !ledger.is_applied(goal->id)) {
        throw Error(ErrorKind::usage, std::format("revision {} is not applied: a downgrade cannot go there", goal->id))
            .with_hint("headgate current shows where the database is");
    }
    return rows_above(graph, ledger, goal, find_branch(graph, target));
}

Step undo(const Graph& graph, const ledger::Row& row) {
    const auto* revision = graph.find(row.revision);
    if (revision == nullptr) {
        throw Error(ErrorKind::history_mismatch,
                    std::format("revision {} is to be undone, but has no file here", row.revision))
            .with_hint("use the image or checkout that has it");
    }
    if (!revision->downgrade) {
        throw Error(ErrorKind::usage,
                    std::format("revision {} cannot be undone: it has no downgrade section", revision->id))
            .at({revision->path.string(), 0, 0})
            .with_hint("nothing was done; write the section, or restore a backup");
    }
    return {Direction::downgrade, revision};
}

// What somebody applied after the plan was made keeps the ground that it stands on.
void check_nothing_on_top(const Plan& plan, const ledger::Ledger& ledger) {
    Ids planned;
    for (const auto& step : plan.steps) planned.insert(step.revision->id);
    for (const auto& row : ledger.rows()) {
        if (planned.contains(row.revision) || !stands_on(row, planned)) continue;
        const auto& ground =
            *std::ranges::find_if(plan.steps, [&](const Step& step) { return stands_on(row, {step.revision->id}); });
        throw Error(ErrorKind::history_mismatch,
                    std::format("revision {} came on top of {} meanwhile: nothing more is undone", row.revision,
                                ground.revision->id))
            .with_hint("headgate current shows where the database is; then give the downgrade again");
    }
}

}  // namespace

Plan plan_downgrade(const Graph& graph, const ledger::Ledger& ledger, const Target& target) {
    Plan plan;
    auto rows = rows_to_undo(graph, ledger, target);
    std::ranges::reverse(rows);
    for (const auto* row : rows) plan.steps.push_back(undo(graph, *row));
    return plan;
}

Plan still_to_undo(const Plan& plan, const ledger::Ledger& ledger) {
    Plan left;
    for (const auto& step : plan.steps) {
        if (ledger.find(step.revision->id) != nullptr) left.steps.push_back(step);
    }
    check_nothing_on_top(left, ledger);
    return left;
}

}  // namespace headgate::plan
