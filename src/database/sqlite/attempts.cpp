// SPDX-License-Identifier: Apache-2.0
#include "database/sqlite/attempts.hpp"

#include <format>

#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>

#include "sql/quote.hpp"

namespace headgate::database::sqlite {

namespace {

std::string table() {
    return std::format("main.{}", sql::quote_identifier(attempts_table_name));
}

bool is_table_there(SQLite::Database& database) {
    SQLite::Statement found(database, "SELECT 1 FROM main.sqlite_schema WHERE type = 'table' AND name = ?");
    found.bind(1, std::string(attempts_table_name));
    return found.executeStep();
}

}  // namespace

std::vector<Failure> read_attempts(SQLite::Database& database) {
    if (!is_table_there(database)) return {};
    SQLite::Statement select(database,
                             std::format("SELECT revision, checksum, host, run_id, code, error, failed_at, CAST(round("
                                         "(julianday('now') - julianday(failed_at)) * 86400000) AS INTEGER) FROM {}",
                                         table()));
    std::vector<Failure> failures;
    const auto text = [&](int column) { return select.getColumn(column).getString(); };
    while (select.executeStep()) {
        failures.push_back({.revision = text(0),
                            .checksum = text(1),
                            .host = text(2),
                            .run_id = text(3),
                            .code = text(4),
                            .error = text(5),
                            .failed_at = text(6),
                            .age = base::Milliseconds(select.getColumn(7).getInt64())});
    }
    return failures;
}

void write_attempt(SQLite::Database& database, const Failure& failure) {
    SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
    database.exec(
        std::format("CREATE TABLE IF NOT EXISTS {} (revision TEXT PRIMARY KEY, checksum TEXT NOT NULL, host TEXT NOT "
                    "NULL, run_id TEXT NOT NULL, code TEXT NOT NULL, error TEXT NOT NULL, failed_at TEXT NOT NULL)",
                    table()));
    database.exec(std::format("DELETE FROM {} WHERE julianday(failed_at) < julianday('now') - 1", table()));
    SQLite::Statement insert(database,
                             std::format("INSERT OR REPLACE INTO {} (revision, checksum, host, run_id, code, error, "
                                         "failed_at) VALUES (?, ?, ?, ?, ?, ?, strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))",
                                         table()));
    int column = 0;
    for (const auto& value :
         {failure.revision, failure.checksum, failure.host, failure.run_id, failure.code, failure.error}) {
        insert.bind(++column, value);
    }
    insert.exec();
    transaction.commit();
}

void delete_attempt(SQLite::Database& database, const std::string& revision) {
    SQLite::Statement removal(database, std::format("DELETE FROM {} WHERE revision = ?", table()));
    removal.bind(1, revision);
    removal.exec();
}

}  // namespace headgate::database::sqlite
