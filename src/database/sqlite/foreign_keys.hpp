// SPDX-License-Identifier: Apache-2.0
// Which rows break a foreign key, and which foreign keys lead to no table. SQLite's own enforcement is off while a step
// runs, so a step is judged by what is broken after it and was not before.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>

#include <SQLiteCpp/Database.h>

#include "base/error.hpp"

namespace headgate::database::sqlite {

struct Breach {
    std::size_t count = 0;
    std::string example;  // the first one, for people
};

// What is broken, by what survives a rebuild or a renaming of the table: row numbers and table names do not. So a row
// is known by the value that it refers to, and a foreign key without a table by the name of the missing one.
struct ForeignKeyState {
    std::map<std::string, Breach> rows;
    std::map<std::string, Breach> missing_tables;
    std::map<std::string, Breach> mismatches;  // the referred columns are not unique, so that SQLite cannot check
};

// Reads every row that has a foreign key. Throws SQLite::Exception.
ForeignKeyState read_foreign_keys(SQLite::Database& database);

// The error for what is broken in `after` and was not in `before`.
std::optional<base::Error> find_new_breaches(const ForeignKeyState& before, const ForeignKeyState& after);

}  // namespace headgate::database::sqlite
