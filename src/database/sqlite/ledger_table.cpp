// SPDX-License-Identifier: Apache-2.0
#include "database/sqlite/ledger_table.hpp"

#include <format>
#include <utility>

#include <SQLiteCpp/Statement.h>
#include <sqlite3.h>

#include "base/error.hpp"
#include "database/sqlite/driver.hpp"
#include "sql/quote.hpp"

namespace headgate::database::sqlite {

namespace {

constexpr std::string_view schema = "main";

bool has_table(SQLite::Database& database, std::string_view name) {
    SQLite::Statement found(database,
                            "SELECT 1 FROM main.sqlite_schema WHERE type = 'table' AND name = ? COLLATE NOCASE");
    found.bind(1, std::string(name));
    return found.executeStep();
}

// Whatever bears the name, a view too: it is in the way of ours.
bool has_ledger(SQLite::Database& database) {
    SQLite::Statement found(database, "SELECT 1 FROM main.sqlite_schema WHERE name = ? COLLATE NOCASE");
    found.bind(1, std::string(ledger::table_name));
    return found.executeStep();
}

// A newer layout may lack our columns, so it is asked for before they are.
void check_layout(SQLite::Database& database) {
    SQLite::Statement newest(
        database, std::format("SELECT layout, headgate_version FROM {} ORDER BY layout DESC LIMIT 1", ledger_name()));
    if (newest.executeStep()) ledger::check_layout(newest.getColumn(0).getInt(), newest.getColumn(1).getString());
}

// The SQL is ours and right, so the table is not.
base::Error make_no_ledger_error(const SQLite::Exception& failure) {
    return base::Error(base::ErrorKind::history_mismatch,
                       std::format("{} is no ledger of headgate: {}", ledger_name(), failure.what()))
        .with_hint(
            "rename it, if it is somebody else's; if it is a damaged ledger, restore it, or drop it and then: headgate "
            "stamp REV");
}

class RowReader {
public:
    explicit RowReader(SQLite::Statement& statement) : statement_(statement) {}

    // In the order of ledger::Row, which is the order of Dialect::select_ledger.
    ledger::Row read() {
        ledger::Row row;
        row.sequence = number();
        row.layout = static_cast<int>(number());
        row.kind = text();
        row.revision = text();
        row.parents = ledger::parse_ids(text());
        row.depends_on = ledger::parse_ids(text());
        row.message = text();
        row.checksums.raw = text();
        row.checksums.tokens = text();
        row.checksums.algorithm = static_cast<int>(number());
        row.state = ledger::parse_state(text());
        row.statements_done = static_cast<int>(number());
        row.applied_at = text();
        row.duration = base::Milliseconds(number());
        row.applied_by = text();
        row.host = text();
        row.run_id = text();
        row.image_label = text();
        row.headgate_version = text();
        row.is_breaking = number() != 0;
        row.journal = text();
        return row;
    }

private:
    std::string text() { return statement_.getColumn(column_++).getString(); }
    std::int64_t number() { return statement_.getColumn(column_++).getInt64(); }

    SQLite::Statement& statement_;
    int column_ = 0;
};

std::string revision_of(const LedgerChange& change) {
    if (const auto* insert = std::get_if<InsertRow>(&change)) return insert->row.revision;
    if (const auto* removal = std::get_if<DeleteRow>(&change)) return removal->revision;
    if (const auto* journal = std::get_if<UpdateJournal>(&change)) return journal->revision;
    return std::get<UpdateChecksums>(change).revision;
}

}  // namespace

std::string ledger_name() {
    return std::format("{}.{}", sql::quote_identifier(schema), sql::quote_identifier(ledger::table_name));
}

ledger::Ledger read_ledger_table(SQLite::Database& database) try {
    if (!has_ledger(database)) return {};
    check_layout(database);
    std::vector<ledger::Row> rows;
    SQLite::Statement select(database, dialect().select_ledger(ledger_name()));
    while (select.executeStep()) rows.push_back(RowReader(select).read());
    return ledger::Ledger(std::move(rows));
} catch (const SQLite::Exception& failure) {
    if (failure.getErrorCode() == SQLITE_ERROR) throw make_no_ledger_error(failure);
    throw;
}

ledger::Expectation look_at_ledger(SQLite::Database& database) {
    if (!has_ledger(database)) return {};
    SQLite::Statement look(database, std::format("SELECT count(*), coalesce(max(sequence), 0) FROM {}", ledger_name()));
    look.executeStep();
    return {true, look.getColumn(0).getInt64(), look.getColumn(1).getInt64()};
}

void create_ledger(SQLite::Database& database) {
    database.exec(dialect().create_ledger(ledger_name()));
}

void change_ledger(SQLite::Database& database, const LedgerChange& change) {
    // A trigger that somebody put on the ledger can make a row not arrive without an error.
    if (database.exec(dialect().change_ledger(ledger_name(), change)) == 1) return;
    const auto* what = std::holds_alternative<InsertRow>(change) ? "did not take the row of" : "has no row of";
    throw base::Error(base::ErrorKind::history_mismatch,
                      std::format("the ledger {} revision {}", what, revision_of(change)));
}

std::int64_t last_given_sequence(SQLite::Database& database) {
    if (!has_table(database, "sqlite_sequence")) return 0;
    SQLite::Statement last(database, "SELECT coalesce(max(seq), 0) FROM main.sqlite_sequence WHERE name = ?");
    last.bind(1, std::string(ledger::table_name));
    last.executeStep();
    return last.getColumn(0).getInt64();
}

void restore_sequence(SQLite::Database& database, std::int64_t last_given) {
    if (last_given_sequence(database) >= last_given) return;
    const std::string name = sql::quote_literal(ledger::table_name);
    database.exec(
        std::format("DELETE FROM main.sqlite_sequence WHERE name = {0}; "
                    "INSERT INTO main.sqlite_sequence (name, seq) VALUES ({0}, {1})",
                    name, last_given));
}

}  // namespace headgate::database::sqlite
