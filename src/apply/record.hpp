// SPDX-License-Identifier: Apache-2.0
// Changing the ledger without running anything: stamp, adopt and repair are steps without SQL.
#pragma once

#include <string>
#include <vector>

#include "apply/options.hpp"
#include "apply/stamp_plan.hpp"
#include "base/event.hpp"
#include "plan/target.hpp"
#include "revision/graph.hpp"

namespace headgate::apply {

// Makes the ledger say that `targets` and everything below them are applied, and nothing above ("base": nothing is).
// Branches that no target is on stay as they are; `purge` forgets them, and revisions without a file here. Gives the
// heads. Throws Error(history_mismatch) where the ledger has revisions without a file here, unless they are purged.
std::vector<std::string> stamp(const Connector& connector, const revision::Graph& graph,
                               const std::vector<plan::Target>& targets, UnknownRows unknown, const Options& options,
                               base::EventLog& log, base::Stop stop);

// Accepts the file of an applied revision as it is now. Throws Error(usage) where it is not applied.
void repair(const Connector& connector, const revision::Revision& revision, const Options& options, base::EventLog& log,
            base::Stop stop);

// Of a revision that stopped half way through its statements: the next run goes on with statement `number` (from 1; one
// more than there are: nothing is left). Throws Error(usage) where it did not stop, or has no such statement.
void resume_at(const Connector& connector, const revision::Revision& revision, std::size_t number,
               const Options& options, base::EventLog& log, base::Stop stop);

// What adopt changed, or would change.
struct Adoption {
    std::vector<std::string> heads;
    std::vector<std::string> recorded;   // parents before children
    std::vector<std::string> taken_out;  // of the ledger: Alembic has undone them

    bool is_empty() const { return recorded.empty() && taken_out.empty(); }
};
enum class Extent { record, look_only };

// Makes the ledger say what Alembic's table says (adoption.hpp), whatever it said before.
Adoption adopt(const Connector& connector, const revision::Graph& graph, Extent extent, const Options& options,
               base::EventLog& log, base::Stop stop);

}  // namespace headgate::apply
