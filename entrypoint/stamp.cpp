// SPDX-License-Identifier: Apache-2.0
// headgate stamp REV…: make the ledger say so, and run nothing.
#include <format>

#include "apply/record.hpp"
#include "entrypoint/offline.hpp"
#include "entrypoint/table.hpp"
#include "entrypoint/workspace.hpp"
#include "ledger/ledger.hpp"

namespace headgate::entrypoint {

namespace {

Outcome stamp(const Context& context) {
    if (is_offline(context)) return print_stamp(context);
    std::vector<plan::Target> targets;
    for (const auto& text : context.arguments.positionals) targets.push_back(plan::parse_target(text));
    const auto connector = make_connector(context, database::Access::read_write);
    const auto graph = load_graph(context, connector.driver->dialect);
    const auto unknown = context.arguments.has("purge") ? apply::UnknownRows::purge : apply::UnknownRows::keep;
    const auto heads =
        apply::stamp(connector, graph, targets, unknown, make_options(context), context.log, context.stop);
    context.log.write({base::Level::info,
                       "stamped",
                       std::format("the ledger says {}; nothing was run", ledger::render_heads(heads)),
                       {{"heads", base::join(heads, ",")}}});
    return ExitCode::done;
}

}  // namespace

const Command stamp_command{
    .name = "stamp",
    .summary = "record revisions as applied without running anything",
    .options = {{"--purge", "", "forget everything that is recorded first, also what has no file here"},
                sql_option,
                dialect_option},
    .positional = {Positional::Count::many, "revisions", "head, heads, base or revisions"},
    .takes = Takes::no_server,
    .run = stamp,
};

}  // namespace headgate::entrypoint
