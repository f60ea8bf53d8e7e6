// SPDX-License-Identifier: Apache-2.0
#include "entrypoint/workspace.hpp"

#include <array>
#include <format>

#include <pwd.h>
#include <unistd.h>

#include "apply/history_check.hpp"
#include "apply/wait.hpp"
#include "base/error.hpp"
#include "entrypoint/drivers.hpp"
#include "entrypoint/login.hpp"
#include "entrypoint/step_variables.hpp"
#include "entrypoint/version.hpp"
#include "revision/folder.hpp"
#include "settings/surroundings.hpp"

namespace headgate::entrypoint {

namespace {

using base::Error;
using base::ErrorKind;

bool may_fall_back(const Context& context, Fallback fallback) {
    if (context.arguments.has("dev")) return true;
    return fallback == Fallback::developer && !settings::read_surroundings(context.sources.environment).is_unattended();
}

std::string user_name() {
    if (const auto* entry = getpwuid(getuid()); entry != nullptr) return entry->pw_name;
    return std::to_string(getuid());  // a bare user id, as in many containers
}

std::string host_name() {
    std::array<char, 256> name{};
    return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

apply::Verdict to_verdict(settings::DatabaseAhead choice) {
    switch (choice) {
        case settings::DatabaseAhead::warn:
            return apply::Verdict::warn;
        case settings::DatabaseAhead::fail:
            return apply::Verdict::fail;
        case settings::DatabaseAhead::allow:
            return apply::Verdict::allow;
    }
    return apply::Verdict::fail;
}

}  // namespace

apply::Connector make_connector(const Context& context, database::Access access, Fallback fallback) {
    context.phase = base::Phase::settings;
    if (!context.settings.database_url) {
        if (!may_fall_back(context, fallback)) {
            throw Error(ErrorKind::bad_configuration, "no database is named")
                .with_hint(
                    "set DATABASE_URL, for example postgresql://user:password@host/name; --dev uses "
                    "sqlite:///./local.db");
        }
        context.log.write({base::Level::warning,
                           "default_database",
                           std::format("no database is named: using {}", local_database),
                           {}});
    }
    apply::Connector connector;
    connector.driver = &driver_for(read_database_url(context.sources).dialect);
    connector.options = make_step_options(context, connector.driver->dialect);
    give_login(connector, context);
    connector.options.application_name = std::format("headgate {} run {}", version(), context.run_id);
    connector.options.access = access;
    // Those who only look ask the ledger alone: they need no right to read Alembic's table.
    if (access == database::Access::read_only) connector.options.version_table.clear();
    return connector;
}

database::ConnectOptions make_step_options(const Context& context, base::DialectId dialect) {
    database::ConnectOptions options;
    options.ledger_schema = context.settings.ledger_schema;
    options.role = context.settings.role;
    options.reader_roles = context.settings.reader_roles;
    options.version_table = context.settings.alembic_version_table;
    options.version_table_schema = context.settings.alembic_version_table_schema;
    options.variables = read_step_variables(context.arguments, dialect);
    return options;
}

base::DialectId dialect_of_files(const Context& context) {
    if (!context.settings.database_url) return base::DialectId::sqlite;
    return read_database_url(context.sources).dialect;
}

revision::Graph load_graph(const Context& context, base::DialectId dialect) {
    context.phase = base::Phase::files;
    revision::Graph graph(revision::read_folder(context.settings.migrations, dialect));
    if (graph.is_empty()) {
        context.log.write(
            {base::Level::warning,
             "no_revisions",
             std::format("the migrations folder {} holds no revisions", context.settings.migrations.string()),
             {{"folder", context.settings.migrations.string()}}});
    }
    return graph;
}

namespace {

// Nothing to print is what an empty database has too.
void warn_of_foreign(const database::Surroundings& around, const std::string& ledger_name, base::EventLog& log) {
    const auto foreign = apply::find_foreign(around, ledger_name);
    if (!foreign) return;
    log.write({base::Level::warning,
               "ledger_missed",
               std::format("{} ({})", foreign->message, foreign->hint),
               {{"ledger", ledger_name}}});
}

database::LedgerReading read(const Context& context, const apply::Connector& connector) {
    context.phase = base::Phase::connect;
    const auto connection =
        apply::wait_for_database(connector, context.settings.wait_timeout, context.log, context.stop);
    context.phase = base::Phase::ledger;
    const auto stop = context.stop.within(context.settings.wait_timeout);
    auto reading = connection->read_ledger(stop);
    if (reading.ledger.is_empty())
        warn_of_foreign(connection->read_surroundings(stop), reading.qualified_name, context.log);
    return reading;
}

}  // namespace

ledger::Ledger read_ledger(const Context& context) {
    return read(context, make_connector(context, database::Access::read_only)).ledger;
}

database::LedgerReading read_ledger_and_versions(const Context& context) {
    auto connector = make_connector(context, database::Access::read_only);
    connector.options.version_table = context.settings.alembic_version_table;
    return read(context, connector);
}

apply::Options make_options(const Context& context) {
    const auto& settings = context.settings;
    apply::Options options;
    options.author = {user_name(), host_name(), context.run_id, settings.image_label, std::string(version())};
    options.enter = [&phase = context.phase](base::Phase entered) { phase = entered; };
    options.wait_timeout = settings.wait_timeout;
    options.gate_timeout = settings.gate_timeout;
    options.lock_timeout = settings.lock_timeout;
    options.retry_timeout = settings.retry_timeout;
    options.changed_file =
        settings.changed_file == settings::ChangedFile::fail ? apply::Verdict::fail : apply::Verdict::warn;
    options.database_ahead = to_verdict(settings.database_ahead);
    options.allowed_diverged = context.arguments.all("allow-diverged");
    if (context.arguments.has("onto-existing")) options.existing_tables = apply::ExistingTables::accept;
    return options;
}

}  // namespace headgate::entrypoint
