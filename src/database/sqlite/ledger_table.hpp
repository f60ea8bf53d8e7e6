// SPDX-License-Identifier: Apache-2.0
// The ledger's table in a SQLite file: looked for, read and changed. Always by its qualified name: a temporary table of
// the same name would otherwise swallow rows. Throws SQLite::Exception where SQLite fails.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include <SQLiteCpp/Database.h>

#include "database/connection.hpp"
#include "ledger/ledger.hpp"

namespace headgate::database::sqlite {

// "main"."headgate_ledger"
std::string ledger_name();

// Throws Error(history_mismatch) for a layout newer than ours.
ledger::Ledger read_ledger_table(SQLite::Database& database);

ledger::Expectation look_at_ledger(SQLite::Database& database);

void create_ledger(SQLite::Database& database);

// Throws Error(history_mismatch) where the row to change is not there, or does not arrive.
void change_ledger(SQLite::Database& database, const LedgerChange& change);

// The highest sequence number ever given. SQLite keeps it in a table that anybody can write, and dumps of databases
// begin with emptying it.
std::int64_t last_given_sequence(SQLite::Database& database);
void restore_sequence(SQLite::Database& database, std::int64_t last_given);

}  // namespace headgate::database::sqlite
