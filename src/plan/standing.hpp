// SPDX-License-Identifier: Apache-2.0
// Where the database stands, seen from these revision files.
#pragma once

#include <string>
#include <vector>

#include "ledger/ledger.hpp"
#include "revision/graph.hpp"

namespace headgate::plan {

enum class DriftKind {
    comments_only,  // the text changed, its meaning did not
    statements_changed,
    other_algorithm,  // checksums that cannot be compared
};

// An applied revision whose file is no longer what was applied.
struct Drift {
    const revision::Revision* revision = nullptr;
    DriftKind kind = DriftKind::comments_only;
};

struct Standing {
    std::vector<const revision::Revision*> pending;  // files that are not applied, in the graph's order
    std::vector<const ledger::Row*> unknown;         // applied, but no file here
    std::vector<const ledger::Row*> partial;
    std::vector<Drift> drift;
    std::size_t in_common = 0;  // revisions that are applied and have a file here

    bool is_at_head() const { return pending.empty() && unknown.empty() && partial.empty(); }
    // All of ours are applied, and more: an older image on a newer database.
    bool is_ahead() const { return pending.empty() && !unknown.empty() && partial.empty(); }
    // Unknown revisions while some of ours are pending.
    bool is_diverged() const { return !pending.empty() && !unknown.empty(); }
    bool has_changed_statements() const;
};

Standing find_standing(const revision::Graph& graph, const ledger::Ledger& ledger);

}  // namespace headgate::plan
