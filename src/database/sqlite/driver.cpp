// SPDX-License-Identifier: Apache-2.0
#include "database/sqlite/driver.hpp"

#include <format>
#include <memory>
#include <utility>

#include <SQLiteCpp/SQLiteCpp.h>
#include <sqlite3.h>

#include "database/sqlite/connection.hpp"
#include "database/sqlite/database_file.hpp"
#include "database/sqlite/file_system.hpp"
#include "database/sqlite/offline.hpp"
#include "database/sqlite/scratch.hpp"

namespace headgate::database::sqlite {

namespace {

void warn_of_network_file_system(const DatabaseFile& file, base::EventLog& log) {
    const auto name = find_network_file_system(file.path);
    if (!name) return;
    log.write(
        {base::Level::warning,
         "network_file_system",
         std::format("the SQLite database {} is on a network file system ({}): its locks may not keep two machines "
                     "apart, and a write can damage the file",
                     file.path.string(), *name),
         {{"file", file.path.string()}, {"file_system", std::string(*name)}}});
}

// SQLite has no roles and one schema, and it needs no name for a connection: of the options only `access` and Alembic's
// table matter.
std::unique_ptr<Connection> connect(const url::DatabaseUrl& url, const ConnectOptions& options, base::EventLog& log,
                                    base::Stop stop) {
    auto file = locate(url, options.access);
    warn_of_network_file_system(file, log);
    auto connection = std::make_unique<SqliteConnection>(std::move(file), options.version_table);
    connection->probe(stop);
    return connection;
}

std::string client_version() {
    // Its text form pads the parts with zeros ("3.03.02").
    constexpr int wrapper = SQLITECPP_VERSION_NUMBER;
    return std::format("SQLite {}, SQLiteCpp {}.{}.{}", sqlite3_libversion(), wrapper / 1'000'000,
                       wrapper / 1000 % 1000, wrapper % 1000);
}

}  // namespace

const Driver& driver() {
    static const Driver sqlite{base::DialectId::sqlite, &connect, &client_version, &make_offline_dialect,
                               &make_scratch};
    return sqlite;
}

}  // namespace headgate::database::sqlite
