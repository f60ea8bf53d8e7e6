// SPDX-License-Identifier: Apache-2.0
#include "database/postgres/driver.hpp"

#include <format>

#include <libpq-fe.h>
#include <pqxx/version>

#include "database/postgres/connect.hpp"
#include "database/postgres/ledger_sql.hpp"
#include "database/postgres/offline.hpp"
#include "database/postgres/postgres_connection.hpp"
#include "database/postgres/scratch.hpp"

namespace headgate::database::postgres {

namespace {

std::unique_ptr<Connection> connect(const url::DatabaseUrl& url, const ConnectOptions& options, base::EventLog&,
                                    base::Stop stop) {
    return std::make_unique<PostgresConnection>(open_session(url, options, stop), url, options);
}

std::string client_version() {
    const int libpq = PQlibVersion();
    return std::format("libpq {}.{}, libpqxx {}", libpq / 10000, libpq % 10000, PQXX_VERSION);
}

}  // namespace

const Driver& driver() {
    static constexpr Driver postgres{base::DialectId::postgresql, connect, client_version, make_offline_dialect,
                                     make_scratch};
    return postgres;
}

const Dialect& dialect() {
    static const PostgresDialect postgres;
    return postgres;
}

}  // namespace headgate::database::postgres
