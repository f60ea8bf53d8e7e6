// SPDX-License-Identifier: Apache-2.0
#include "entrypoint/server_start.hpp"

#include <format>
#include <utility>

#include "entrypoint/first_process.hpp"
#include "settings/definitions.hpp"

namespace headgate::entrypoint {

namespace {

// The server runs with its own DATABASE_URL; what is headgate's own (the owner's password may be in it) stays here,
// also where its name is mistyped.
process::Environment environment_for_server() {
    auto environment = process::current_environment();
    std::erase_if(environment, [](const std::string& entry) {
        const auto name = entry.substr(0, entry.find('='));
        return settings::is_headgate_variable(name) || settings::find_similar_variable(name);
    });
    return environment;
}

}  // namespace

ServerStart find_server(const Context& context) {
    context.phase = base::Phase::server;
    const auto& server = context.arguments.server;
    return {process::find_program(server.front()), server, environment_for_server()};
}

void note_gate_off(base::EventLog& log) {
    log.write({base::Level::warning,
               "gate_off",
               "HEADGATE_MODE=off: the server starts without any look at the database",
               {}});
}

Outcome start_server(const Context& context, ServerStart server) {
    context.phase = base::Phase::server;
    context.stop.throw_if_interrupted();
    context.log.write({base::Level::info,
                       "server_starts",
                       std::format("starting {}", server.program.string()),
                       {{"program", server.program.string()}}});
    if (context.arguments.has("init")) return put_under_init(std::move(server));
    return server;
}

}  // namespace headgate::entrypoint
