// SPDX-License-Identifier: Apache-2.0
// headgate wait [--for head|db] [-- server args…]: for those whose schema somebody else migrates.
#include "apply/wait.hpp"

#include <format>
#include <optional>

#include "apply/wait_for_head.hpp"
#include "base/error.hpp"
#include "entrypoint/first_process.hpp"
#include "entrypoint/server_start.hpp"
#include "entrypoint/table.hpp"
#include "entrypoint/workspace.hpp"

namespace headgate::entrypoint {

namespace {

void wait_for(const Context& context, const std::string& what) {
    const auto connector = make_connector(context, database::Access::read_only, Fallback::never);
    if (what == "head") {
        const auto graph = load_graph(context, connector.driver->dialect);
        const auto target = plan::parse_target(context.settings.target);
        return apply::wait_for_head(connector, graph, target, make_options(context), context.log, context.stop);
    }
    if (what != "db") {
        throw base::Error(base::ErrorKind::usage, std::format("wait --for takes head or db, not \"{}\"", what));
    }
    context.phase = base::Phase::connect;
    apply::wait_for_database(connector, context.settings.wait_timeout, context.log, context.stop);
}

Outcome wait(const Context& context) {
    std::optional<ServerStart> server;
    if (!context.arguments.server.empty()) server = find_server(context);
    if (server && context.settings.mode == settings::Mode::off)
        note_gate_off(context.log);
    else
        wait_for(context, context.arguments.find("for").value_or("head"));
    if (!server) return ExitCode::done;
    return start_server(context, *std::move(server));
}

}  // namespace

const Command wait_command{
    .name = "wait",
    .summary = "wait until somebody else has migrated, then become the server",
    .options = {{"--for", "head|db", "until the database is at head (default), or only until it answers"}, init_option},
    .positional = {},
    .takes = Takes::server,
    .run = wait,
};

}  // namespace headgate::entrypoint
