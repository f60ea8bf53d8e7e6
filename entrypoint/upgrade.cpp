// SPDX-License-Identifier: Apache-2.0
// headgate upgrade [TARGET]: apply what is pending.
#include <format>

#include "apply/migration.hpp"
#include "entrypoint/offline.hpp"
#include "entrypoint/table.hpp"
#include "entrypoint/workspace.hpp"
#include "ledger/ledger.hpp"

namespace headgate::entrypoint {

namespace {

Outcome upgrade(const Context& context) {
    if (is_offline(context)) return print_upgrade(context);
    const auto& given = context.arguments.positionals;
    const auto target = plan::parse_target(given.empty() ? context.settings.target : given.front());
    const auto connector = make_connector(context, database::Access::read_write);
    const auto graph = load_graph(context, connector.driver->dialect);
    const auto options = make_options(context);
    const auto report = apply::Migration(connector, graph, options, context.log, context.stop).upgrade(target);
    if (report.steps.empty()) {
        context.log.write({base::Level::info,
                           "nothing_pending",
                           std::format("nothing is pending; the database is at {}", ledger::render_heads(report.heads)),
                           {{"heads", base::join(report.heads, ",")}}});
    }
    return ExitCode::done;
}

}  // namespace

const Command upgrade_command{
    .name = "upgrade",
    .summary = "apply what is pending, up to a revision",
    .options = {allow_diverged_option, onto_existing_option, sql_option, dialect_option},
    .positional = {Positional::Count::optional, "target", "head (default), heads, a revision, +N; FROM:TO with --sql"},
    .takes = Takes::no_server,
    .run = upgrade,
};

}  // namespace headgate::entrypoint
