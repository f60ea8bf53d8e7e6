// SPDX-License-Identifier: Apache-2.0
// What a SQLite file holds besides headgate's ledger.
#pragma once

#include <SQLiteCpp/Database.h>

#include "database/connection.hpp"

namespace headgate::database::sqlite {

// Throws SQLite::Exception.
Surroundings read_surroundings_of(SQLite::Database& database);

}  // namespace headgate::database::sqlite
