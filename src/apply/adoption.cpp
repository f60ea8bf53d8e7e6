// SPDX-License-Identifier: Apache-2.0
#include "apply/adoption.hpp"

#include <format>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/text.hpp"
#include "plan/version_rows.hpp"

namespace headgate::apply {

namespace {

using base::Error;
using base::ErrorKind;

Error mismatch(std::string text, std::string hint) {
    return Error(ErrorKind::history_mismatch, std::move(text)).with_hint(std::move(hint));
}

void check_has_rows(const database::VersionTable& versions, const ledger::Ledger& ledger) {
    if (!versions.exists) {
        throw mismatch(std::format("there is no table {}: Alembic has not been here", versions.qualified_name),
                       "is this the right database, and is version_table what env.py says? On an empty database: "
                       "headgate upgrade");
    }
    if (!versions.rows.empty()) return;
    throw mismatch(
        std::format("{} has no rows: Alembic has applied nothing, or has undone everything", versions.qualified_name),
        ledger.rows().empty() ? "there is nothing to adopt: headgate upgrade starts from base"
                              : "if that is right, headgate stamp base has the ledger say so too");
}

void check_known(const revision::Graph& graph, std::string_view table, const std::vector<std::string>& revisions) {
    std::vector<std::string> unknown;
    for (const auto& revision : revisions) {
        if (graph.find(revision) == nullptr) unknown.push_back(revision);
    }
    if (unknown.empty()) return;
    throw mismatch(std::format("{} has what has no file here: {}", table, base::join(unknown, ", ")),
                   "use the checkout that has it, and import its revisions: headgate import alembic");
}

std::vector<std::string> revisions_of(const ledger::Ledger& ledger) {
    std::vector<std::string> revisions;
    for (const auto& row : ledger.rows()) revisions.push_back(row.revision);
    return revisions;
}

void check_whole(const ledger::Ledger& ledger) {
    for (const auto& row : ledger.rows()) {
        if (row.state == ledger::State::applied) continue;
        throw mismatch(
            std::format("the ledger has revision {} as partly applied, and Alembic has moved on since", row.revision),
            "look at what it did; then headgate stamp says where the database is");
    }
}

// A row twice, or one that another row stands on: Alembic refuses that, too, and nobody can know which one is meant.
void check_needed(const database::VersionTable& versions, const StampPlan& plan) {
    if (!plan.versions || plan.versions->changes.empty()) return;
    throw mismatch(std::format("{} has rows that say the same twice, or that others stand on: {}",
                               versions.qualified_name, base::join(versions.rows, ", ")),
                   "Alembic does not make such rows; delete those that are too much");
}

}  // namespace

StampPlan plan_adoption(const revision::Graph& graph, const database::LedgerReading& reading, const Author& author) {
    const auto& versions = reading.versions.value();
    check_has_rows(versions, reading.ledger);
    check_known(graph, versions.qualified_name, versions.rows);
    check_known(graph, "the ledger", revisions_of(reading.ledger));
    if (plan::VersionRows(reading.ledger).rows() == versions.rows) return {{}, std::nullopt, versions.rows};
    check_whole(reading.ledger);
    std::vector<plan::Target> targets;
    for (const auto& revision : versions.rows) targets.push_back({.symbol = revision, .steps = 0, .branch = {}});
    auto plan = plan_stamp(graph, reading, targets, UnknownRows::purge, author);
    check_needed(versions, plan);
    plan.heads = versions.rows;
    return plan;
}

}  // namespace headgate::apply
