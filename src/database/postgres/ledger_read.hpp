// SPDX-License-Identifier: Apache-2.0
// Reads the ledger in one round trip, whether or not its table is there, and without an error in the server's log
// where it is not: a DO block finds it through the catalog and opens a cursor on it or on nothing.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "database/connection.hpp"
#include "database/postgres/handles.hpp"
#include "database/postgres/ledger_sql.hpp"

namespace headgate::database::postgres {

struct LedgerQuestion {
    std::string schema;                     // empty: the first of the role's search_path that exists
    std::string role;                       // read as this role; empty: as the login
    std::string version_table = {};         // Alembic's table is read too; empty: it is not
    std::string version_table_schema = {};  // empty: where the search_path finds it
};

struct LedgerAnswer {
    std::string schema;
    bool exists = false;
    std::vector<ledger::Row> rows;
    std::optional<Session> holder;
    std::optional<VersionTable> versions = {};
};

// SQL for the name of the ledger's schema; null where there is none.
std::string schema_expression(const LedgerQuestion& question);

// The whole message; its last statements give the facts, the rows, and those of Alembic's table where it is asked for.
std::string make_ledger_message(const LedgerQuestion& question);

// `language` says what the database has; plain costs two round trips. Throws as Connection::read_ledger says.
LedgerAnswer read_ledger_rows(PGconn* connection, const LedgerQuestion& question, Language language, base::Stop stop);

}  // namespace headgate::database::postgres
