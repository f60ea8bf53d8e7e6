// SPDX-License-Identifier: Apache-2.0
// headgate run -- server args…: the gate. Nothing is served from a database that is not at head.
#include <format>

#include "apply/migration.hpp"
#include "base/error.hpp"
#include "entrypoint/command.hpp"
#include "entrypoint/table.hpp"
#include "entrypoint/workspace.hpp"

namespace headgate::entrypoint {

namespace {

using base::Error;
using base::ErrorKind;

// The server runs with its own DATABASE_URL; what is headgate's own (the owner's password may be in it) stays here.
process::Environment environment_for_server() {
    auto environment = process::current_environment();
    std::erase_if(environment, [](const std::string& entry) {
        return settings::is_headgate_variable(entry.substr(0, entry.find('=')));
    });
    return environment;
}

// Looked up before anything is migrated: a mistyped command is not discovered after the schema moved.
ServerStart find_server(const Context& context) {
    const auto& server = context.arguments.server;
    if (server.empty()) {
        throw Error(ErrorKind::usage, "there is no server to run")
            .with_hint("headgate run -- server args…; without a server: headgate upgrade");
    }
    return {process::find_program(server.front()), server, environment_for_server()};
}

void migrate(const Context& context) {
    const auto connector = make_connector(context, database::Access::read_write, Fallback::never);
    const auto graph = load_graph(context, connector.driver->dialect);
    const auto options = make_options(context);
    apply::Migration migration(connector, graph, options, context.log, context.stop);
    const auto report = migration.upgrade(plan::parse_target(context.settings.target));
    context.log.write(
        {base::Level::info,
         "at_head",
         std::format("the database is at {}", report.heads.empty() ? "base" : base::join(report.heads, ", ")),
         {{"heads", base::join(report.heads, ",")}, {"steps", static_cast<std::int64_t>(report.steps.size())}}});
}

Outcome run(const Context& context) {
    auto server = find_server(context);
    if (context.settings.mode == settings::Mode::off) {
        context.log.write({base::Level::warning,
                           "gate_off",
                           "HEADGATE_MODE=off: the server starts without any look at the database",
                           {}});
    } else {
        migrate(context);
    }
    context.stop.throw_if_interrupted();
    context.log.write({base::Level::info,
                       "server_starts",
                       std::format("starting {}", server.program.string()),
                       {{"program", server.program.string()}}});
    return server;
}

}  // namespace

const Command run_command{
    .name = "run",
    .summary = "apply what is pending, then become the server",
    .options = {allow_diverged_option, onto_existing_option},
    .positional = {},
    .takes = Takes::server,
    .run = run,
};

}  // namespace headgate::entrypoint
