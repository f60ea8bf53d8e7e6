// SPDX-License-Identifier: Apache-2.0
// How a kind of database is reached. entrypoint/drivers.cpp lists them in one table; nothing else knows them all.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/dialect_id.hpp"
#include "base/event.hpp"
#include "database/connection.hpp"
#include "database/offline.hpp"
#include "database/scratch.hpp"
#include "url/database_url.hpp"

namespace headgate::database {

enum class Access {
    read_write,  // only a server that takes writes is good enough
    read_first,  // a standby will do, until something is to be written (Connection::is_writable)
    read_only,
};

struct ConnectOptions {
    std::string application_name;           // names headgate and the run; the step's revision is added while it runs
    std::string ledger_schema;              // empty: the first of the role's search_path that exists
    std::string role;                       // SET LOCAL ROLE in every step; empty: none
    std::vector<std::string> reader_roles;  // get SELECT on the ledger with the next step; PostgreSQL only
    std::string version_table;              // Alembic's table, to be read with the ledger; empty: not looked at
    std::string version_table_schema;       // empty: where the role's search_path finds it; PostgreSQL only
    Access access = Access::read_write;
    // What a step reads as current_setting('headgate.KEY'); PostgreSQL only.
    std::map<std::string, std::string> variables = {};
    bool wants_tls = false;  // not over a connection that anybody can read, unless TLS was switched off
};

// Gives the login as it is at that moment; may wait for a command or a service.
using AskUrl = std::function<url::DatabaseUrl(base::Stop)>;

struct Driver {
    base::DialectId dialect;
    // Connects once. Throws Error(unreachable) for what is worth another try (refused, name not found, starting up,
    // in recovery, too many clients, no answer before the deadline); any other kind is final. `log` outlives the
    // connection.
    std::unique_ptr<Connection> (*connect)(const url::DatabaseUrl& url, const ConnectOptions& options,
                                           base::EventLog& log, base::Stop stop);
    // The client libraries inside, for --version: "libpq 17.5, libpqxx 7.10.0".
    std::string (*client_version)();
    // For a script: of the options the names of schemas, tables and roles matter.
    std::unique_ptr<OfflineDialect> (*offline)(const ConnectOptions& options) = nullptr;
    // The login is asked for now, and again when a made database is dropped. `log` outlives the scratch database, and
    // is told where one stays. Throws what connecting throws; Error(database_refused) where the login may not make one;
    // Error(bad_configuration) where connections to it lead elsewhere.
    std::unique_ptr<Scratch> (*make_scratch)(const AskUrl& ask_url, const ConnectOptions& options, ScratchPlace place,
                                             base::EventLog& log, base::Stop stop) = nullptr;
};

}  // namespace headgate::database
