// SPDX-License-Identifier: Apache-2.0
// Alembic's own table in a SQLite file: read and changed. Throws SQLite::Exception where SQLite fails.
#pragma once

#include <string>
#include <string_view>

#include <SQLiteCpp/Database.h>

#include "database/connection.hpp"
#include "ledger/version_step.hpp"

namespace headgate::database::sqlite {

// "main"."alembic_version"
std::string versions_name(std::string_view table);

void make_versions(SQLite::Database& database, const std::string& table);
// Throws Error(bad_configuration) where the table is somebody else's.
VersionTable read_versions(SQLite::Database& database, const std::string& table);

// Throws Error(history_mismatch) where the row to change is not there.
void change_versions(SQLite::Database& database, const std::string& table, const ledger::VersionStep& step);

}  // namespace headgate::database::sqlite
