// SPDX-License-Identifier: Apache-2.0
// Small histories and ledgers for the tests of plan.
#pragma once

#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "ledger/ledger.hpp"
#include "revision/graph.hpp"

namespace headgate::tests {

inline revision::Revision make_revision(std::string id, std::vector<std::string> parents = {}) {
    revision::Revision revision;
    revision.id = std::move(id);
    revision.down_revisions = std::move(parents);
    revision.path = revision.id + ".sql";
    revision.upgrade.checksums = {.raw = "raw " + revision.id, .tokens = "tokens " + revision.id, .algorithm = 1};
    revision.downgrade.emplace();
    return revision;
}

// a <- b <- c …
inline std::vector<revision::Revision> make_line(std::initializer_list<const char*> ids) {
    std::vector<revision::Revision> line;
    for (const auto* id : ids) {
        line.push_back(make_revision(id, line.empty() ? std::vector<std::string>{} : std::vector{line.back().id}));
    }
    return line;
}

inline ledger::Row make_row(const revision::Revision& revision, std::int64_t sequence) {
    ledger::Row row;
    row.sequence = sequence;
    row.revision = revision.id;
    row.parents = revision.down_revisions;
    row.depends_on = revision.depends_on;
    row.checksums = revision.upgrade.checksums;
    return row;
}

// The ledger after these revisions of the graph were applied in this order.
inline ledger::Ledger make_ledger(const revision::Graph& graph, const std::vector<std::string>& ids) {
    std::vector<ledger::Row> rows;
    for (const auto& id : ids) rows.push_back(make_row(*graph.find(id), std::ssize(rows) + 1));
    return ledger::Ledger(std::move(rows));
}

}  // namespace headgate::tests
