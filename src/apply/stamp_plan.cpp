// SPDX-License-Identifier: Apache-2.0
#include "apply/stamp_plan.hpp"

#include <format>
#include <string_view>
#include <unordered_set>

#include "apply/step_script.hpp"
#include "base/error.hpp"
#include "plan/version_rows.hpp"

namespace headgate::apply {

namespace {

using base::Error;
using base::ErrorKind;
using Changes = std::vector<database::LedgerChange>;

void check_known(const revision::Graph& graph, std::string_view table, const std::string& revision) {
    if (graph.find(revision) != nullptr) return;
    throw Error(ErrorKind::history_mismatch, std::format("{} has revision {}, which has no file here", table, revision))
        .with_hint("use the checkout that has it; --purge forgets it");
}

void check_known(const revision::Graph& graph, const database::LedgerReading& reading) {
    for (const auto& row : reading.ledger.rows()) check_known(graph, "the ledger", row.revision);
    if (!reading.versions) return;
    for (const auto& row : reading.versions->rows) check_known(graph, reading.versions->qualified_name, row);
}

Changes changes_towards(const std::vector<const revision::Revision*>& wanted, const ledger::Ledger& ledger,
                        const Author& author) {
    Changes changes;
    std::unordered_set<std::string_view> kept;
    for (const auto* revision : wanted) kept.insert(revision->id);
    for (const auto& row : ledger.rows()) {
        if (!kept.contains(row.revision)) changes.emplace_back(database::DeleteRow{row.revision});
    }
    for (const auto* revision : wanted) {
        if (ledger.is_applied(revision->id)) continue;
        if (ledger.find(revision->id) != nullptr) changes.emplace_back(database::DeleteRow{revision->id});
        changes.emplace_back(database::InsertRow{make_row(*revision, author)});
    }
    return changes;
}

// Those that no other one builds or depends on: the rows of Alembic's table.
std::vector<std::string> heads_of(const std::vector<const revision::Revision*>& wanted) {
    plan::VersionRows rows;
    for (const auto* revision : wanted) rows.take({revision::Direction::upgrade, revision});
    return rows.rows();
}

ledger::VersionStep versions_towards(const std::vector<std::string>& heads, const database::VersionTable& versions) {
    return {versions.exists, versions.rows, plan::find_version_changes(versions.rows, heads)};
}

}  // namespace

StampPlan plan_stamp(const revision::Graph& graph, const database::LedgerReading& reading,
                     const std::vector<plan::Target>& targets, UnknownRows unknown, const Author& author) {
    if (unknown == UnknownRows::keep) check_known(graph, reading);
    const ledger::Ledger nothing;
    const auto& kept = unknown == UnknownRows::keep ? reading.ledger : nothing;
    const auto wanted = plan::revisions_up_to(graph, plan::find_stamp_goals(graph, kept, targets));
    StampPlan plan{changes_towards(wanted, reading.ledger, author), std::nullopt, heads_of(wanted)};
    if (reading.versions) plan.versions = versions_towards(plan.heads, *reading.versions);
    return plan;
}

}  // namespace headgate::apply
