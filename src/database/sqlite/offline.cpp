// SPDX-License-Identifier: Apache-2.0
#include "database/sqlite/offline.hpp"

#include <format>

#include "base/text.hpp"
#include "database/sqlite/driver.hpp"
#include "database/sqlite/ledger_table.hpp"
#include "database/sqlite/versions_table.hpp"
#include "database/version_sql.hpp"
#include "sql/quote.hpp"

namespace headgate::database::sqlite {

namespace {

using sql::quote_literal;

// SQLite has no procedures: what must hold is written into a column whose CHECK says so, by name.
constexpr std::string_view guard_table = R"(-- What must hold: the shell stops at the first of these that does not.
.bail on
PRAGMA foreign_keys = OFF;
CREATE TEMP TABLE headgate_guard (
    has_ledger  CONSTRAINT "the script begins after base and the database has no ledger: is it the right one?"
                CHECK (has_ledger),
    starts_here CONSTRAINT "the ledger is not where this script begins: has it been run already? see headgate current"
                CHECK (starts_here),
    is_empty    CONSTRAINT "this script begins at base, and the database holds tables already"
                CHECK (is_empty),
    versions    CONSTRAINT "Alembic's table is not what the ledger says: Alembic has moved on; see headgate adopt"
                CHECK (versions),
    one_row     CONSTRAINT "a row was changed by somebody else"
                CHECK (one_row),
    broken_keys INTEGER,
    keys_hold   CONSTRAINT "the step breaks a foreign key"
                CHECK (keys_hold)
);
)";

std::string require(std::string_view column, const std::string& condition) {
    return std::format("INSERT INTO temp.headgate_guard ({}) SELECT {};\n", column, condition);
}

// Only what was whole before may not be broken after.
constexpr std::string_view count_broken_keys =
    "INSERT INTO temp.headgate_guard (broken_keys) SELECT count(*) FROM pragma_foreign_key_check;\n";
constexpr std::string_view compare_broken_keys =
    "INSERT INTO temp.headgate_guard (keys_hold) SELECT (SELECT count(*) FROM pragma_foreign_key_check) <= "
    "broken_keys\n"
    "    FROM temp.headgate_guard WHERE broken_keys IS NOT NULL ORDER BY rowid DESC LIMIT 1;\n";

class ShellScript final : public OfflineDialect {
public:
    explicit ShellScript(const ConnectOptions& options) : version_table_(options.version_table) {}

    std::string_view name() const override { return "SQLite"; }
    std::string_view invocation() const override { return "sqlite3 -bail FILE.db < SCRIPT"; }
    std::string ledger_name() const override { return sqlite::ledger_name(); }
    std::string start() const override { return std::string(guard_table); }

    std::string begin(const StepScript& step, const AssumedHistory& assumed) const override {
        auto text = "BEGIN IMMEDIATE;\n" + guard(step.versions, assumed);
        if (!step.script.statements.empty()) text += count_broken_keys;
        return text;
    }

    std::string end(const StepScript& step) const override {
        const auto check = step.script.statements.empty() ? std::string_view() : compare_broken_keys;
        return std::string(check) + changes(step) + "COMMIT;\n";
    }

    std::string begin_alone(const StepScript& record, const AssumedHistory& assumed) const override {
        return "BEGIN IMMEDIATE;\n" + guard(record.versions, assumed) + changes(record) + "COMMIT;\n";
    }

    // As online: SQLite has nothing that only the running of it would tell to need no transaction.
    Standing standing_of(bool must_run_alone) const override {
        return must_run_alone ? Standing::alone : Standing::with_record;
    }

    std::string begin_statement(Standing standing) const override {
        return standing == Standing::alone ? "" : std::string("BEGIN IMMEDIATE;\n").append(count_broken_keys);
    }

    std::string end_statement(const StepScript& record, Standing standing) const override {
        const auto begin = standing == Standing::alone ? "BEGIN IMMEDIATE;\n" : compare_broken_keys;
        return std::string(begin) + changes(record) + "COMMIT;\n";
    }

    std::string end_alone(const StepScript& record, Standing standing) const override {
        return end_statement(record, standing);
    }

private:
    std::string guard(const std::optional<ledger::VersionStep>& versions, const AssumedHistory& assumed) const {
        const bool is_beginning = assumed.is_first_step && assumed.rows == 0;
        std::string text;
        if (is_beginning) {
            text += dialect().create_ledger("IF NOT EXISTS " + sqlite::ledger_name()) + ";\n";
        } else if (assumed.is_first_step) {
            text += require("has_ledger", std::format("count(*) = 1 FROM main.sqlite_schema WHERE name = {}",
                                                      quote_literal(ledger::table_name)));
        }
        text += require("starts_here", is_as_assumed(assumed));
        if (is_beginning && !assumed.accepts_existing) text += require_empty();
        if (!versions) return text;
        if (!versions->exists) text += create_versions("IF NOT EXISTS " + versions_, version_table_) + ";\n";
        return text + require("versions", are_versions(versions_, versions->before));
    }

    std::string require_empty() const {
        const auto own =
            version_table_.empty() ? std::string() : std::format(" AND name <> {}", quote_literal(version_table_));
        return require("is_empty", std::format("NOT EXISTS (SELECT 1 FROM main.sqlite_schema WHERE type IN ('table', "
                                               "'view')\n    AND lower(substr(name, 1, 7)) <> 'sqlite_' AND "
                                               "lower(substr(name, 1, 9)) <> 'headgate_'{})",
                                               own));
    }

    static std::string is_as_assumed(const AssumedHistory& assumed) {
        if (assumed.rows == 0) return std::format("count(*) = 0 FROM {}", sqlite::ledger_name());
        std::vector<std::string> heads;
        for (const auto& head : assumed.heads) heads.push_back(quote_literal(head));
        return std::format("count(*) = {} AND total(state <> 'applied') = 0 AND total(revision IN ({})) = {} FROM {}",
                           assumed.rows, base::join(heads, ", "), heads.size(), sqlite::ledger_name());
    }

    static std::string are_versions(const std::string& name, const std::vector<std::string>& rows) {
        const auto list = rows.empty() ? std::string("NULL") : quote_literal(base::join(rows, ","));
        return std::format(
            "(SELECT group_concat(version_num) FROM (SELECT version_num FROM {} ORDER BY version_num)) IS {}", name,
            list);
    }

    static std::string one_row(const std::string& change) {
        return change + ";\n" + require("one_row", "changes() = 1");
    }

    std::string changes(const StepScript& step) const {
        std::string text;
        for (const auto& change : step.changes) {
            text += one_row(dialect().change_ledger(sqlite::ledger_name(), change));
        }
        if (!step.versions) return text;
        for (const auto& change : step.versions->changes) {
            text += one_row(change_version(versions_, change));
        }
        return text;
    }

    std::string version_table_;
    std::string versions_ = versions_name(version_table_);  // qualified
};

}  // namespace

std::unique_ptr<OfflineDialect> make_offline_dialect(const ConnectOptions& options) {
    return std::make_unique<ShellScript>(options);
}

}  // namespace headgate::database::sqlite
