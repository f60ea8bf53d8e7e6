// SPDX-License-Identifier: Apache-2.0
#include "database/sqlite/surroundings.hpp"

#include <algorithm>
#include <format>
#include <optional>
#include <string>

#include <SQLiteCpp/Statement.h>

#include "base/text.hpp"
#include "database/known_histories.hpp"
#include "sql/quote.hpp"

namespace headgate::database::sqlite {

namespace {

// sqlite_… are SQLite's own (sqlite_sequence comes with our ledger), headgate_… are ours.
constexpr const char* some_tables =
    "SELECT name FROM main.sqlite_schema WHERE type = 'table' "
    "AND lower(substr(name, 1, 7)) <> 'sqlite_' AND lower(substr(name, 1, 9)) <> 'headgate_' "
    "ORDER BY name LIMIT 20";

constexpr const char* some_views =
    "SELECT 'view ' || name FROM main.sqlite_schema WHERE type = 'view' ORDER BY 1 LIMIT 20";

std::vector<std::string> read_column(SQLite::Statement& statement) {
    std::vector<std::string> values;
    while (statement.executeStep()) values.push_back(statement.getColumn(0).getString());
    return values;
}

std::vector<std::string> ask(SQLite::Database& database, const char* query) {
    SQLite::Statement answer(database, query);
    return read_column(answer);
}

// As the table is spelled in this database.
std::optional<std::string> find_history_table(SQLite::Database& database, const KnownHistory& history) {
    SQLite::Statement found(database,
                            "SELECT m.name FROM main.sqlite_schema AS m JOIN pragma_table_info(m.name, 'main') AS c "
                            "WHERE m.type = 'table' AND lower(m.name) = ? AND lower(c.name) = ?");
    found.bind(1, std::string(history.table));
    found.bind(2, std::string(history.column));
    if (!found.executeStep()) return std::nullopt;
    return found.getColumn(0).getString();
}

bool has_rows(SQLite::Database& database, const std::string& table) {
    SQLite::Statement row(database, std::format("SELECT 1 FROM main.{} LIMIT 1", sql::quote_identifier(table)));
    return row.executeStep();
}

std::string describe_alembic(SQLite::Database& database, const std::string& table) {
    SQLite::Statement heads(
        database, std::format("SELECT version_num FROM main.{} ORDER BY version_num", sql::quote_identifier(table)));
    const auto names = read_column(heads);
    return std::format("{} ({} {})", table, names.size() == 1 ? "head" : "heads", base::join(names, ", "));
}

std::string describe(SQLite::Database& database, const KnownHistory& history, const std::string& table) {
    if (history.tool == "alembic") return describe_alembic(database, table);
    return std::format("{} ({})", table, history.tool);
}

std::vector<std::string> read_histories(SQLite::Database& database) {
    std::vector<std::string> described;
    std::vector<std::string> seen;
    for (const auto& history : known_histories()) {
        const auto table = find_history_table(database, history);
        if (!table || std::ranges::contains(seen, *table) || !has_rows(database, *table)) continue;
        seen.push_back(*table);
        described.push_back(describe(database, history, *table));
    }
    return described;
}

}  // namespace

Surroundings read_surroundings_of(SQLite::Database& database, const std::string& versions) {
    Surroundings around{.tables = ask(database, some_tables),
                        .other_objects = ask(database, some_views),
                        .other_ledgers = {},
                        .other_histories = read_histories(database)};
    std::erase_if(around.tables, [&](const auto& name) { return base::to_lower(name) == base::to_lower(versions); });
    return around;
}

}  // namespace headgate::database::sqlite
