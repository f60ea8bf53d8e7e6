// SPDX-License-Identifier: Apache-2.0
// headgate run -- server args…: the gate. Nothing is served from a database that is not at head.
#include <format>

#include "apply/migration.hpp"
#include "apply/wait_for_head.hpp"
#include "base/error.hpp"
#include "entrypoint/first_process.hpp"
#include "entrypoint/server_start.hpp"
#include "entrypoint/table.hpp"
#include "entrypoint/workspace.hpp"
#include "ledger/ledger.hpp"

namespace headgate::entrypoint {

namespace {

void migrate(const Context& context) {
    const auto connector = make_connector(context, database::Access::read_write, Fallback::never);
    const auto graph = load_graph(context, connector.driver->dialect);
    auto options = make_options(context);
    options.failure_memory = apply::FailureMemory::heed;
    const auto report = apply::Migration(connector, graph, options, context.log, context.stop)
                            .upgrade(plan::parse_target(context.settings.target));
    context.log.write(
        {base::Level::info,
         "at_head",
         std::format("the database is at {}", ledger::render_heads(report.heads)),
         {{"heads", base::join(report.heads, ",")}, {"steps", static_cast<std::int64_t>(report.steps.size())}}});
}

void only_wait(const Context& context) {
    context.log.write({base::Level::warning,
                       "gate_waits",
                       "HEADGATE_MODE=wait: this gate migrates nothing, it waits until somebody has",
                       {}});
    const auto connector = make_connector(context, database::Access::read_only, Fallback::never);
    const auto graph = load_graph(context, connector.driver->dialect);
    const auto target = plan::parse_target(context.settings.target);
    apply::wait_for_head(connector, graph, target, make_options(context), context.log, context.stop);
}

void open_gate(const Context& context) {
    switch (context.settings.mode) {
        case settings::Mode::migrate:
            return migrate(context);
        case settings::Mode::wait:
            return only_wait(context);
        case settings::Mode::off:
            return note_gate_off(context.log);
    }
}

Outcome run(const Context& context) {
    if (context.arguments.server.empty()) {
        throw base::Error(base::ErrorKind::usage, "there is no server to run")
            .with_hint("headgate run -- server args…; without a server: headgate upgrade");
    }
    // Looked up before anything is migrated: a mistyped command is not discovered after the schema moved.
    auto server = find_server(context);
    open_gate(context);
    return start_server(context, std::move(server));
}

}  // namespace

const Command run_command{
    .name = "run",
    .summary = "apply what is pending, then become the server",
    .options = {allow_diverged_option, onto_existing_option, init_option},
    .positional = {},
    .takes = Takes::server,
    .run = run,
};

}  // namespace headgate::entrypoint
