// SPDX-License-Identifier: Apache-2.0
// headgate history: every revision of the folder, newest first.
#include <format>
#include <ranges>
#include <set>

#include <nlohmann/json.hpp>

#include "apply/wait.hpp"
#include "entrypoint/output.hpp"
#include "entrypoint/revision_lines.hpp"
#include "entrypoint/table.hpp"
#include "entrypoint/workspace.hpp"

namespace headgate::entrypoint {

namespace {

// Only asked for with -i: without it history needs no database.
std::set<std::string> read_current(const Context& context) {
    const auto connector = make_connector(context, database::Access::read_only);
    context.phase = base::Phase::connect;
    const auto reading = apply::wait_for_database(connector, context.settings.wait_timeout, context.log, context.stop)
                             ->read_ledger(context.stop.within(context.settings.wait_timeout));
    std::set<std::string> current;
    for (const auto* row : reading.ledger.heads()) current.insert(row->revision);
    return current;
}

Outcome history(const Context& context) {
    const auto graph = load_graph(context, dialect_of_files(context));
    const auto current = context.arguments.has("indicate-current") ? read_current(context) : std::set<std::string>{};
    auto list = nlohmann::ordered_json::array();
    for (const auto& revision : graph.in_order() | std::views::reverse) {
        if (context.arguments.has("json")) {
            list.push_back(to_json(graph, revision));
        } else if (context.arguments.has("verbose")) {
            print_line(render_details(graph, revision));
        } else {
            print_line(render_line(graph, revision, current.contains(revision.id)));
        }
    }
    if (context.arguments.has("json")) print_line(list.dump(2));
    return ExitCode::done;
}

}  // namespace

const Command history_command{
    .name = "history",
    .summary = "print the revisions, newest first",
    .options = {{"-v,--verbose", "", "print each revision in full"},
                {"-i,--indicate-current", "", "mark what the database is at"},
                json_option},
    .positional = {},
    .takes = Takes::no_server,
    .run = history,
};

}  // namespace headgate::entrypoint
