// SPDX-License-Identifier: Apache-2.0
#include "entrypoint/named_revisions.hpp"

#include <format>

#include "base/error.hpp"
#include "entrypoint/workspace.hpp"

namespace headgate::entrypoint {

plan::Goals find_named_revisions(const Context& context, const revision::Graph& graph) {
    const auto target = plan::parse_target(context.arguments.positionals.front());
    const auto ledger = target.is_relative() ? read_ledger(context) : ledger::Ledger();
    auto revisions = plan::find_goals(graph, ledger, target);
    if (!revisions.empty()) return revisions;
    throw base::Error(base::ErrorKind::usage, std::format("\"{}\" is no revision here, but base", target.render()))
        .with_hint("headgate history lists the revisions");
}

}  // namespace headgate::entrypoint
