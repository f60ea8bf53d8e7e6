// SPDX-License-Identifier: Apache-2.0
// The table headgate_attempts in a SQLite file: looked for, read, written. Throws SQLite::Exception where SQLite fails.
#pragma once

#include <string>
#include <vector>

#include <SQLiteCpp/Database.h>

#include "database/failure.hpp"

namespace headgate::database::sqlite {

std::vector<Failure> read_attempts(SQLite::Database& database);

// Each in a transaction of its own. Writing makes the table where it is not there yet, and sweeps it.
void write_attempt(SQLite::Database& database, const Failure& failure);
void delete_attempt(SQLite::Database& database, const std::string& revision);

}  // namespace headgate::database::sqlite
