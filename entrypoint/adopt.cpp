// SPDX-License-Identifier: Apache-2.0
// headgate adopt: take over a database that Alembic manages, and what Alembic did to it since.
#include <format>

#include "apply/record.hpp"
#include "base/error.hpp"
#include "entrypoint/output.hpp"
#include "entrypoint/revision_lines.hpp"
#include "entrypoint/table.hpp"
#include "entrypoint/workspace.hpp"

namespace headgate::entrypoint {

namespace {

// Without the setting, the table would be wrong from the next step on, and Alembic would do that step again.
void check_kept(const settings::Settings& settings) {
    if (!settings.alembic_version_table.empty()) return;
    throw base::Error(base::ErrorKind::bad_configuration,
                      "adopt is not told which table is Alembic's, to be kept valid from now on")
        .with_hint(
            "in headgate.toml: [alembic] version_table = \"alembic_version\"; or everywhere, gates too: "
            "HEADGATE_ALEMBIC_VERSION_TABLE=alembic_version");
}

void print_plan(const revision::Graph& graph, const apply::Adoption& adoption) {
    const RevisionLines lines(graph);
    for (const auto& id : adoption.recorded) print_line("record " + lines.line(*graph.find(id)));
    for (const auto& id : adoption.taken_out) print_line("take out " + lines.line(*graph.find(id)));
}

void write_result(const apply::Adoption& adoption, base::EventLog& log) {
    const auto heads = base::join(adoption.heads, ",");
    if (adoption.is_empty()) {
        return log.write({base::Level::info,
                          "nothing_to_adopt",
                          std::format("the ledger and Alembic's table agree: {}", ledger::render_heads(adoption.heads)),
                          {{"heads", heads}}});
    }
    log.write({base::Level::info,
               "adopted",
               std::format("the ledger says {} now, as Alembic's table does; nothing was run (revisions recorded: {}, "
                           "taken out: {})",
                           ledger::render_heads(adoption.heads), adoption.recorded.size(), adoption.taken_out.size()),
               {{"heads", heads},
                {"recorded", std::ssize(adoption.recorded)},
                {"taken_out", std::ssize(adoption.taken_out)}}});
}

Outcome adopt(const Context& context) {
    check_kept(context.settings);
    const auto connector = make_connector(context, database::Access::read_write);
    const auto graph = load_graph(context, connector.driver->dialect);
    const auto extent = context.arguments.has("dry-run") ? apply::Extent::look_only : apply::Extent::record;
    const auto adoption = apply::adopt(connector, graph, extent, make_options(context), context.log, context.stop);
    if (extent == apply::Extent::look_only) {
        print_plan(graph, adoption);
    } else {
        write_result(adoption, context.log);
    }
    return ExitCode::done;
}

}  // namespace

const Command adopt_command{
    .name = "adopt",
    .summary = "take over a database that Alembic manages, without running anything",
    .options = {{"--dry-run", "", "print what would be recorded, and change nothing"}},
    .positional = {},
    .takes = Takes::no_server,
    .run = adopt,
};

}  // namespace headgate::entrypoint
