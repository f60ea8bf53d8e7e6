// SPDX-License-Identifier: Apache-2.0
#include "plan/standing.hpp"

#include <algorithm>
#include <optional>

namespace headgate::plan {

namespace {

std::optional<DriftKind> find_drift(const base::Checksums& file, const base::Checksums& applied) {
    // A row that was written without a file knows no checksum: there is nothing to compare.
    if (applied.raw.empty()) return std::nullopt;
    const bool same_text = file.raw == applied.raw;
    if (file.algorithm != applied.algorithm) {
        return same_text ? std::nullopt : std::optional(DriftKind::other_algorithm);
    }
    // The text may be the same and the meaning not: parents and `transaction` stand in the header.
    if (same_text && file.tokens == applied.tokens) return std::nullopt;
    return file.tokens == applied.tokens ? DriftKind::comments_only : DriftKind::statements_changed;
}

}  // namespace

bool Standing::has_changed_statements() const {
    return std::ranges::contains(drift, DriftKind::statements_changed, &Drift::kind);
}

Standing find_standing(const revision::Graph& graph, const ledger::Ledger& ledger) {
    Standing standing;
    for (const auto& revision : graph.in_order()) {
        const auto* row = ledger.find(revision.id);
        if (row == nullptr || row->state != ledger::State::applied) {
            standing.pending.push_back(&revision);
            continue;
        }
        ++standing.in_common;
        if (const auto kind = find_drift(revision.upgrade.checksums, row->checksums)) {
            standing.drift.push_back({&revision, *kind});
        }
    }
    for (const auto& row : ledger.rows()) {
        if (row.state == ledger::State::partial) standing.partial.push_back(&row);
        if (graph.find(row.revision) == nullptr) standing.unknown.push_back(&row);
    }
    return standing;
}

}  // namespace headgate::plan
