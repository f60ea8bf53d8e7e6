// SPDX-License-Identifier: Apache-2.0
// headgate repair REV: accept the file of an applied revision as it is now.
#include <format>

#include "apply/record.hpp"
#include "entrypoint/table.hpp"
#include "entrypoint/workspace.hpp"

namespace headgate::entrypoint {

namespace {

Outcome repair(const Context& context) {
    const auto connector = make_connector(context, database::Access::read_write);
    const auto graph = load_graph(context, connector.driver->dialect);
    const auto& revision = graph.resolve(context.arguments.positionals.front());
    apply::repair(connector, revision, make_options(context), context.log, context.stop);
    context.log.write({base::Level::info,
                       "repaired",
                       std::format("the ledger has the checksums of {} as it is now", revision.path.string()),
                       {{"revision", revision.id}}});
    return ExitCode::done;
}

}  // namespace

const Command repair_command{
    .name = "repair",
    .summary = "accept the file of an applied revision as it is now",
    .options = {},
    .positional = {Positional::Count::one, "revision", "a revision or its first characters"},
    .takes = Takes::no_server,
    .run = repair,
};

}  // namespace headgate::entrypoint
