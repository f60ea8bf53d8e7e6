// SPDX-License-Identifier: Apache-2.0
#include "database/sqlite/versions_table.hpp"

#include <algorithm>
#include <format>

#include <SQLiteCpp/Statement.h>

#include "base/error.hpp"
#include "database/version_sql.hpp"
#include "sql/quote.hpp"

namespace headgate::database::sqlite {

namespace {

bool has_versions(SQLite::Database& database, const std::string& table) {
    SQLite::Statement found(database, "SELECT 1 FROM main.sqlite_schema WHERE name = ? COLLATE NOCASE");
    found.bind(1, table);
    return found.executeStep();
}

void check_column(SQLite::Database& database, const std::string& table) {
    SQLite::Statement found(database, "SELECT 1 FROM pragma_table_info(?, 'main') WHERE name = 'version_num'");
    found.bind(1, table);
    if (found.executeStep()) return;
    throw base::Error(base::ErrorKind::bad_configuration,
                      std::format("{} is no table of Alembic: it has no column version_num", table))
        .with_hint("version_table in [alembic] names it");
}

}  // namespace

std::string versions_name(std::string_view table) {
    return std::format("\"main\".{}", sql::quote_identifier(table));
}

void make_versions(SQLite::Database& database, const std::string& table) {
    database.exec(create_versions(versions_name(table), table));
}

VersionTable read_versions(SQLite::Database& database, const std::string& table) {
    VersionTable versions{.qualified_name = versions_name(table), .exists = has_versions(database, table)};
    if (!versions.exists) return versions;
    check_column(database, table);
    SQLite::Statement select(database, std::format("SELECT version_num FROM {}", versions.qualified_name));
    while (select.executeStep()) versions.rows.push_back(select.getColumn(0).getString());
    std::ranges::sort(versions.rows);
    return versions;
}

void change_versions(SQLite::Database& database, const std::string& table, const ledger::VersionStep& step) {
    const auto name = versions_name(table);
    for (const auto& change : step.changes) {
        if (database.exec(change_version(name, change)) == 1) continue;
        throw base::Error(base::ErrorKind::history_mismatch,
                          std::format("{} was changed by somebody else: not one row for {}", name,
                                      change.from.empty() ? change.to : change.from));
    }
}

}  // namespace headgate::database::sqlite
