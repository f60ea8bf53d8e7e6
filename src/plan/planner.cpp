// SPDX-License-Identifier: Apache-2.0
#include "plan/planner.hpp"

#include <algorithm>
#include <cstdlib>
#include <format>
#include <string>
#include <unordered_set>

#include "base/error.hpp"

namespace headgate::plan {

namespace {

using base::Error;
using base::ErrorKind;
using revision::Direction;
using revision::Graph;
using revision::Revision;

using Ids = std::unordered_set<std::string_view>;

Error no_such_walk(const Target& target, int walked) {
    return Error(ErrorKind::usage,
                 std::format("\"{}\" leads too far: there are only {} revisions that way", target.render(), walked));
}

Error ambiguous_walk(const Target& target, const std::vector<const Revision*>& choices) {
    std::string names;
    for (const auto* choice : choices) names += std::format("{}{}", names.empty() ? "" : ", ", choice->id);
    return Error(ErrorKind::usage, std::format("\"{}\" is ambiguous: the way leads to {}", target.render(), names))
        .with_hint("name the revision itself");
}

// From `start` (null: base) up or down `steps` revisions. Null is base.
const Revision* walk(const Graph& graph, const Revision* start, const Target& target) {
    const Revision* here = start;
    const int wanted = std::abs(target.steps);
    for (int walked = 0; walked < wanted; ++walked) {
        std::vector<const Revision*> next;
        if (target.steps > 0) {
            next = here == nullptr ? graph.bases() : graph.children_of(*here);
        } else if (here != nullptr) {
            if (here->is_base()) {
                here = nullptr;
                continue;
            }
            for (const auto& id : here->down_revisions) next.push_back(graph.find(id));
        }
        if (next.empty()) throw no_such_walk(target, walked);
        if (next.size() > 1) throw ambiguous_walk(target, next);
        here = next.front();
    }
    return here;
}

// The revision that is applied now, where there is one place to go on from; null is base.
const Revision* current_place(const Graph& graph, const ledger::Ledger& ledger, const Target& target) {
    const auto heads = ledger.heads();
    if (heads.empty()) return nullptr;
    if (heads.size() > 1) {
        throw Error(ErrorKind::usage,
                    std::format("\"{}\" is ambiguous: the database has {} heads", target.render(), heads.size()))
            .with_hint("name the revision itself");
    }
    if (const auto* revision = graph.find(heads.front()->revision)) return revision;
    throw Error(ErrorKind::history_mismatch,
                std::format("the database is at revision {}, which has no file here", heads.front()->revision));
}

// The one revision that a target means; null is base. Not for "heads" nor for what only a direction can say.
const Revision* find_place(const Graph& graph, const ledger::Ledger& ledger, const Target& target) {
    const Revision* start = nullptr;
    if (target.is_relative()) {
        start = current_place(graph, ledger, target);
    } else if (target.symbol == "head") {
        start = graph.single_head();
    } else if (target.symbol != "base") {
        start = &graph.resolve(target.symbol);
    }
    return walk(graph, start, target);
}

// `goals` and everything below them.
Ids with_ancestors(const Graph& graph, const std::vector<const Revision*>& goals) {
    Ids ids;
    std::vector<const Revision*> open(goals);
    while (!open.empty()) {
        const auto* revision = open.back();
        open.pop_back();
        if (!ids.insert(revision->id).second) continue;
        for (const auto* parent : graph.parents_of(*revision)) open.push_back(parent);
    }
    return ids;
}

// Children without a file here do not count: that is a database ahead of these files, not a target below.
bool has_applied_child(const Graph& graph, const ledger::Ledger& ledger, const Revision& revision) {
    return std::ranges::any_of(graph.children_of(revision),
                               [&](const Revision* child) { return ledger.is_applied(child->id); });
}

void check_not_below(const Graph& graph, const ledger::Ledger& ledger, const Revision* goal, const Target& target) {
    const bool is_below =
        goal == nullptr ? !ledger.is_empty() : ledger.is_applied(goal->id) && has_applied_child(graph, ledger, *goal);
    if (!is_below) return;
    throw Error(ErrorKind::usage,
                std::format("the database is above \"{}\" already: an upgrade cannot go there", target.render()))
        .with_hint(std::format("to go back: headgate downgrade {}", target.render()));
}

// Applied rows that stand on `goal` (by the ledger's own lineage; the files may have changed since).
std::vector<const ledger::Row*> rows_above(const ledger::Ledger& ledger, const Revision* goal) {
    std::vector<const ledger::Row*> above;
    Ids ids;
    if (goal != nullptr) ids.insert(goal->id);
    const auto stands_on = [&](const std::string& parent) { return ids.contains(parent); };
    for (const auto& row : ledger.rows()) {
        if (goal != nullptr && std::ranges::none_of(row.parents, stands_on) &&
            std::ranges::none_of(row.depends_on, stands_on))
            continue;
        ids.insert(row.revision);
        above.push_back(&row);
    }
    return above;
}

std::vector<const ledger::Row*> last_rows(const ledger::Ledger& ledger, const Target& target) {
    const auto count = static_cast<std::size_t>(-target.steps);
    const auto& rows = ledger.rows();
    if (count > rows.size()) throw no_such_walk(target, static_cast<int>(rows.size()));
    std::vector<const ledger::Row*> last;
    for (std::size_t i = rows.size() - count; i < rows.size(); ++i) last.push_back(&rows[i]);
    return last;
}

std::vector<const ledger::Row*> rows_to_undo(const Graph& graph, const ledger::Ledger& ledger, const Target& target) {
    if (target.is_relative() && target.steps < 0) return last_rows(ledger, target);
    const auto* goal = find_place(graph, ledger, target);
    if (goal != nullptr && !ledger.is_applied(goal->id)) {
        throw Error(ErrorKind::usage, std::format("revision {} is not applied: a downgrade cannot go there", goal->id))
            .with_hint("headgate current shows where the database is");
    }
    return rows_above(ledger, goal);
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

}  // namespace

std::vector<const Revision*> revisions_up_to(const Graph& graph, const Goals& goals) {
    const auto wanted = with_ancestors(graph, goals);
    std::vector<const Revision*> revisions;
    for (const auto& revision : graph.in_order()) {
        if (wanted.contains(revision.id)) revisions.push_back(&revision);
    }
    return revisions;
}

Goals find_goals(const Graph& graph, const ledger::Ledger& ledger, const Target& target) {
    if (target.symbol == "heads" && target.steps == 0) return graph.heads();
    const auto* goal = find_place(graph, ledger, target);
    return goal == nullptr ? Goals{} : Goals{goal};
}

Goals find_upgrade_goals(const Graph& graph, const ledger::Ledger& ledger, const Target& target) {
    if (graph.is_empty()) return {};
    auto goals = find_goals(graph, ledger, target);
    if (target.symbol != "heads") check_not_below(graph, ledger, goals.empty() ? nullptr : goals.front(), target);
    return goals;
}

Plan plan_upgrade(const Graph& graph, const ledger::Ledger& ledger, const Goals& goals) {
    Plan plan;
    for (const auto* revision : revisions_up_to(graph, goals)) {
        if (!ledger.is_applied(revision->id)) plan.steps.push_back({Direction::upgrade, revision});
    }
    return plan;
}

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
    return left;
}

}  // namespace headgate::plan
