// SPDX-License-Identifier: Apache-2.0
// headgate downgrade TARGET: undo revisions, the last applied first.
#include "apply/migration.hpp"
#include "entrypoint/offline.hpp"
#include "entrypoint/table.hpp"
#include "entrypoint/workspace.hpp"

namespace headgate::entrypoint {

namespace {

Outcome downgrade(const Context& context) {
    if (is_offline(context)) return print_downgrade(context);
    const auto target = plan::parse_target(context.arguments.positionals.front());
    const auto connector = make_connector(context, database::Access::read_write);
    const auto graph = load_graph(context, connector.driver->dialect);
    const auto options = make_options(context);
    const auto report = apply::Migration(connector, graph, options, context.log, context.stop).downgrade(target);
    if (report.steps.empty()) context.log.write({base::Level::info, "nothing_to_undo", "nothing is to be undone", {}});
    return ExitCode::done;
}

}  // namespace

const Command downgrade_command{
    .name = "downgrade",
    .summary = "undo revisions, the last applied first",
    .options = {sql_option, dialect_option},
    .positional = {Positional::Count::one, "target", "base, a revision to go back to, -N; FROM:TO with --sql"},
    .takes = Takes::no_server,
    .run = downgrade,
};

}  // namespace headgate::entrypoint
