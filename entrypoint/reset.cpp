// SPDX-License-Identifier: Apache-2.0
// headgate reset: throw a development database away and build it again from the revisions.
#include <filesystem>
#include <format>

#include "apply/migration.hpp"
#include "base/error.hpp"
#include "entrypoint/login.hpp"
#include "entrypoint/table.hpp"
#include "entrypoint/workspace.hpp"

namespace headgate::entrypoint {

namespace {

using base::Error;
using base::ErrorKind;

// SQLite's own companions of a database file (https://www.sqlite.org/tempfiles.html).
void remove_database_file(const std::filesystem::path& path) {
    for (const auto* suffix : {"", "-journal", "-wal", "-shm"}) {
        std::error_code failed;
        std::filesystem::remove(path.string() + suffix, failed);
        if (failed)
            throw Error(ErrorKind::io_failed,
                        std::format("cannot remove {}{}: {}", path.string(), suffix, failed.message()));
    }
}

Outcome reset(const Context& context) {
    const auto connector = make_connector(context, database::Access::read_write);
    const auto graph = load_graph(context, connector.driver->dialect);
    const auto options = make_options(context);
    const auto database = read_database_url(context.sources);
    const bool is_local_file = database.dialect == base::DialectId::sqlite;
    if (!is_local_file && !context.arguments.has("yes-destroy")) {
        throw Error(ErrorKind::usage, std::format("reset destroys what is in {}", database.render_redacted()))
            .with_hint("--yes-destroy if that is meant: every revision is undone and applied again");
    }
    if (is_local_file) {
        remove_database_file(database.path);
        context.log.write({base::Level::info,
                           "database_removed",
                           std::format("removed {}", database.path.string()),
                           {{"path", database.path.string()}}});
    } else {
        apply::Migration(connector, graph, options, context.log, context.stop).downgrade({"base", 0});
    }
    apply::Migration(connector, graph, options, context.log, context.stop)
        .upgrade(plan::parse_target(context.settings.target));
    return ExitCode::done;
}

}  // namespace

const Command reset_command{
    .name = "reset",
    .summary = "delete a local SQLite database and build it again",
    .options = {{"--yes-destroy", "",
                 "also for a database that is no local file: undo every revision and apply it again"},
                onto_existing_option},
    .positional = {},
    .takes = Takes::no_server,
    .run = reset,
};

}  // namespace headgate::entrypoint
