// SPDX-License-Identifier: Apache-2.0
// What a stamp changes: the ledger's rows, and Alembic's where they are kept. Pure; the same for a database and for a
// script (offline.hpp).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "apply/options.hpp"
#include "plan/planner.hpp"
#include "plan/target.hpp"
#include "revision/graph.hpp"

namespace headgate::apply {

enum class UnknownRows { keep, purge };

struct StampPlan {
    std::vector<database::LedgerChange> changes;
    std::optional<ledger::VersionStep> versions;
    std::vector<std::string> heads;

    bool is_empty() const { return changes.empty() && (!versions || (versions->exists && versions->changes.empty())); }
};

// Throws Error(history_mismatch) where the ledger, or Alembic's table, has revisions without a file here, unless they
// are purged. Alembic's rows are taken as they are, so that a stamp also settles what Alembic did alone.
StampPlan plan_stamp(const revision::Graph& graph, const database::LedgerReading& reading,
                     const std::vector<plan::Target>& targets, UnknownRows unknown, const Author& author);

}  // namespace headgate::apply
