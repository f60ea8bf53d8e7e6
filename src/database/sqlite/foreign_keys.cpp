// SPDX-License-Identifier: Apache-2.0
#include "database/sqlite/foreign_keys.hpp"

#include <format>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include <SQLiteCpp/Statement.h>
#include <sqlite3.h>

#include "base/text.hpp"
#include "database/sqlite/result_codes.hpp"
#include "sql/quote.hpp"

namespace headgate::database::sqlite {

namespace {

using base::Error;
using base::ErrorKind;

// Looking into the table's text first is cheap; asking SQLite for a table's foreign keys is not. The step may have
// changed how LIKE compares, so it is not used.
constexpr const char* all_foreign_keys =
    "SELECT m.name, k.id, k.\"table\", k.\"from\" "
    "FROM main.sqlite_schema AS m JOIN pragma_foreign_key_list(m.name, 'main') AS k "
    "WHERE m.type = 'table' AND instr(lower(m.sql), 'references') > 0 ORDER BY m.name, k.id, k.seq";

constexpr const char* all_tables = "SELECT lower(name) FROM main.sqlite_schema WHERE type = 'table'";

struct ForeignKey {
    std::string child;
    int id = 0;
    std::string parent;
    std::vector<std::string> columns;  // of the child
};

// Of all tables, those of one table together.
std::vector<ForeignKey> list_foreign_keys(SQLite::Database& database) {
    std::vector<ForeignKey> keys;
    SQLite::Statement rows(database, all_foreign_keys);
    while (rows.executeStep()) {
        const std::string child = rows.getColumn(0).getString();
        const int id = rows.getColumn(1).getInt();
        if (keys.empty() || keys.back().child != child || keys.back().id != id) {
            keys.push_back({child, id, rows.getColumn(2).getString(), {}});
        }
        keys.back().columns.push_back(rows.getColumn(3).getString());
    }
    return keys;
}

void add(std::map<std::string, Breach>& breaches, const std::string& key, auto&& describe) {
    Breach& breach = breaches[key];
    if (breach.count++ == 0) breach.example = describe();
}

void add_missing_tables(SQLite::Database& database, const std::vector<ForeignKey>& keys, ForeignKeyState& state) {
    std::map<std::string, bool> tables;
    SQLite::Statement names(database, all_tables);
    while (names.executeStep()) tables[names.getColumn(0).getString()] = true;
    for (const auto& key : keys) {
        const std::string parent = base::to_lower(key.parent);
        if (tables.contains(parent)) continue;
        add(state.missing_tables, parent,
            [&] { return std::format("table {} refers to table {}, which is not there", key.child, key.parent); });
    }
}

// The values by which a row refers to another, read by its row number.
class ReferringValues {
public:
    ReferringValues(SQLite::Database& database, const ForeignKey& key)
        : statement_(database, render_select(key)), columns_(static_cast<int>(key.columns.size())) {}

    std::optional<std::string> find(std::int64_t row_number) {
        statement_.reset();
        statement_.bind(1, row_number);
        if (!statement_.executeStep()) return std::nullopt;
        std::vector<std::string> values;
        for (int i = 0; i < columns_; ++i) values.push_back(statement_.getColumn(i).getString());
        return base::join(values, ", ");
    }

private:
    static std::string render_select(const ForeignKey& key) {
        std::vector<std::string> columns;
        for (const auto& column : key.columns) columns.push_back(sql::quote_identifier(column));
        return std::format("SELECT {} FROM main.{} WHERE rowid = ?", base::join(columns, ", "),
                           sql::quote_identifier(key.child));
    }

    SQLite::Statement statement_;
    int columns_;
};

// The broken rows of one table. All of its foreign keys are in `keys`.
class TableCheck {
public:
    TableCheck(SQLite::Database& database, std::span<const ForeignKey> keys, ForeignKeyState& state)
        : database_(database), keys_(keys), state_(state) {}

    void run() {
        try {
            SQLite::Statement broken(database_, std::format("PRAGMA main.foreign_key_check({})",
                                                            sql::quote_identifier(keys_.front().child)));
            while (broken.executeStep()) add_row(broken);
        } catch (const SQLite::Exception& failure) {
            // "foreign key mismatch": SQLite cannot check this table at all.
            if (primary_code(failure.getExtendedErrorCode()) != SQLITE_ERROR) throw;
            add(state_.mismatches, base::to_lower(failure.what()), [&] { return std::string(failure.what()); });
        }
    }

private:
    // Columns: table, rowid (null in a table WITHOUT ROWID), parent, foreign key's number.
    void add_row(SQLite::Statement& broken) {
        const ForeignKey& key = find_key(broken.getColumn(3).getInt());
        const auto row_number = broken.getColumn(1);
        if (row_number.isNull()) return add_without_number(key);
        const std::int64_t number = row_number.getInt64();
        const auto values = values_of(key).find(number);
        if (!values) return add_without_number(key);
        add(state_.rows, *values, [&] {
            return std::format("table {}, row {}: {} = {} is not in table {}", key.child, number,
                               base::join(key.columns, ", "), *values, key.parent);
        });
    }

    void add_without_number(const ForeignKey& key) {
        add(state_.rows, std::format("table {}", base::to_lower(key.child)), [&] {
            return std::format("table {}: a row's {} is not in table {}", key.child, base::join(key.columns, ", "),
                               key.parent);
        });
    }

    const ForeignKey& find_key(int id) const {
        for (const auto& key : keys_) {
            if (key.id == id) return key;
        }
        throw Error(ErrorKind::internal, std::format("SQLite names an unknown foreign key of {}", keys_.front().child));
    }

    // The check goes through one foreign key after the other.
    ReferringValues& values_of(const ForeignKey& key) {
        if (!values_ || values_id_ != key.id) values_ = std::make_unique<ReferringValues>(database_, key);
        values_id_ = key.id;
        return *values_;
    }

    SQLite::Database& database_;
    std::span<const ForeignKey> keys_;
    ForeignKeyState& state_;
    std::unique_ptr<ReferringValues> values_;
    int values_id_ = -1;
};

void add_broken_rows(SQLite::Database& database, std::span<const ForeignKey> keys, ForeignKeyState& state) {
    while (!keys.empty()) {
        std::size_t of_one_table = 1;
        while (of_one_table < keys.size() && keys[of_one_table].child == keys.front().child) ++of_one_table;
        TableCheck(database, keys.first(of_one_table), state).run();
        keys = keys.subspan(of_one_table);
    }
}

struct Difference {
    std::size_t count = 0;
    std::vector<base::Problem> examples;
};

constexpr std::size_t examples_shown = 10;

Difference compare(const std::map<std::string, Breach>& before, const std::map<std::string, Breach>& after) {
    Difference difference;
    for (const auto& [key, breach] : after) {
        const auto known = before.find(key);
        const std::size_t old = known == before.end() ? 0 : known->second.count;
        if (breach.count <= old) continue;
        difference.count += breach.count - old;
        if (difference.examples.size() < examples_shown) difference.examples.push_back({{}, breach.example, {}});
    }
    return difference;
}

Error breach_error(Difference difference, std::string message, std::string hint) {
    return Error(ErrorKind::step_failed, std::move(message))
        .with_code("SQLITE_CONSTRAINT_FOREIGNKEY")
        .with_detail(difference.examples.front().message)
        .with_hint(std::move(hint))
        .with_problems(std::move(difference.examples));
}

}  // namespace

ForeignKeyState read_foreign_keys(SQLite::Database& database) {
    ForeignKeyState state;
    const auto keys = list_foreign_keys(database);
    if (keys.empty()) return state;
    add_missing_tables(database, keys, state);
    add_broken_rows(database, keys, state);
    return state;
}

std::optional<Error> find_new_breaches(const ForeignKeyState& before, const ForeignKeyState& after) {
    if (auto missing = compare(before.missing_tables, after.missing_tables); missing.count > 0) {
        return breach_error(
            std::move(missing), "after the step a foreign key would lead to a table that is not there",
            "to rebuild a table: make the new one, copy, drop the old one, rename the new one; renaming "
            "the old one first takes the foreign keys of other tables along");
    }
    if (auto mismatch = compare(before.mismatches, after.mismatches); mismatch.count > 0) {
        return breach_error(std::move(mismatch),
                            "after the step a foreign key would lead to columns that are not unique",
                            "the referred columns need a primary key or a unique index");
    }
    if (auto rows = compare(before.rows, after.rows); rows.count > 0) {
        const auto count = rows.count;
        return breach_error(std::move(rows),
                            std::format("the step would leave {} row{} that break{} a foreign key", count,
                                        count == 1 ? "" : "s", count == 1 ? "s" : ""),
                            "foreign keys are checked after a step, not during it: ON DELETE and ON UPDATE do nothing "
                            "in it, change the referring rows too");
    }
    return std::nullopt;
}

}  // namespace headgate::database::sqlite
