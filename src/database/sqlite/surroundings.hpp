// SPDX-License-Identifier: Apache-2.0
// What a SQLite file holds besides headgate's ledger.
#pragma once

#include <string>

#include <SQLiteCpp/Database.h>

#include "database/connection.hpp"

namespace headgate::database::sqlite {

// `versions` is Alembic's table where headgate itself keeps it, or empty. Throws SQLite::Exception.
Surroundings read_surroundings_of(SQLite::Database& database, const std::string& versions);

}  // namespace headgate::database::sqlite
