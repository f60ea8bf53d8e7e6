// SPDX-License-Identifier: Apache-2.0
// Alembic's own table, read in the same message and of the same moment as the ledger: the pieces of SQL that
// ledger_read.cpp puts into its own. All of them are empty where the table is not asked for.
#pragma once

#include <string>
#include <string_view>

#include "database/connection.hpp"
#include "database/postgres/handles.hpp"
#include "database/postgres/ledger_read.hpp"

namespace headgate::database::postgres {

// Of a message's implicit transaction: otherwise a step that commits between two reads would look like Alembic's work.
inline constexpr std::string_view one_snapshot = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ";
inline constexpr std::string_view no_rows = "SELECT 1 WHERE false";

// For a plpgsql block with a cursor on the rows.
struct VersionCursor {
    std::string before;       // the block
    std::string declaration;  // of its variables
    std::string finding;      // statements: where the table is
    std::string facts;        // two more columns: its schema, and whether it exists
    std::string opening;      // statements
    std::string fetching;     // behind the block
};
VersionCursor version_cursor(const LedgerQuestion& question);

// The same two columns for a plain query.
std::string version_facts(const LedgerQuestion& question);
std::string select_versions(std::string_view qualified_name);

// From the two columns at `column`; without a name where there is no schema for the table.
VersionTable read_version_facts(const PGresult* row, int column, const LedgerQuestion& question);
// Throws Error(bad_configuration) in that case.
void check_version_schema(const VersionTable& versions, const LedgerQuestion& question);

}  // namespace headgate::database::postgres
