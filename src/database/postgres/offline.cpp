// SPDX-License-Identifier: Apache-2.0
#include "database/postgres/offline.hpp"

#include <algorithm>
#include <format>

#include "database/postgres/ledger_sql.hpp"
#include "database/postgres/offline_guard.hpp"
#include "database/postgres/step_message.hpp"
#include "database/postgres/version_sql.hpp"
#include "database/version_sql.hpp"
#include "sql/quote.hpp"

namespace headgate::database::postgres {

namespace {

constexpr std::string_view default_schema = "public";

bool has_copy_data(const sql::Script& script) {
    return std::ranges::contains(script.statements, sql::StatementKind::copy_from_stdin, &sql::Statement::kind);
}

class PsqlScript final : public OfflineDialect {
public:
    explicit PsqlScript(const ConnectOptions& options) : options_(options) {
        names_.is_schema_assumed = options.ledger_schema.empty();
        names_.schema = names_.is_schema_assumed ? std::string(default_schema) : options.ledger_schema;
        names_.ledger = qualify_ledger(names_.schema);
        if (options.version_table.empty()) return;
        names_.is_version_schema_assumed = options.version_table_schema.empty();
        names_.version_schema =
            names_.is_version_schema_assumed ? std::string(default_schema) : options.version_table_schema;
        names_.version_table = options.version_table;
        names_.versions = qualify_versions(names_.version_schema, names_.version_table);
    }

    std::string_view name() const override { return "PostgreSQL"; }
    std::string_view invocation() const override { return "psql -X -v ON_ERROR_STOP=1 -f SCRIPT \"$DATABASE_URL\""; }
    std::string ledger_name() const override { return names_.ledger; }
    std::string start() const override { return ""; }

    std::string begin(const StepScript& step, const AssumedHistory& assumed) const override {
        return (has_copy_data(step.script) ? stop_at_error : "") + open_transaction +
               settings(step.lock_timeout, "SET LOCAL") + make_place_guard(names_, assumed) + becoming("SET LOCAL") +
               make_offline_guard(names_, assumed, step.versions, LockSpan::transaction) + grants(assumed);
    }

    std::string end(const StepScript& step) const override {
        std::string text;
        if (!step.script.statements.empty()) {
            text = reset() + settings(step.lock_timeout, "SET LOCAL") + becoming("SET LOCAL");
        }
        return text + changes(step) + "COMMIT;\n";
    }

    std::string begin_alone(const StepScript& record, const AssumedHistory& assumed) const override {
        return stop_at_error + settings(base::Milliseconds(0), "SET") + make_place_guard(names_, assumed) +
               becoming("SET") + open_transaction +
               make_offline_guard(names_, assumed, record.versions, LockSpan::session) + grants(assumed) +
               changes(record) + "COMMIT;\n";
    }

    // Online the server is asked whether a statement bears a transaction (CALL), and a script cannot try again.
    Standing standing_of(bool) const override { return Standing::alone; }
    std::string begin_statement(Standing) const override { return ""; }

    // Whoever the author became writes no ledger, and is who he became afterwards.
    std::string end_statement(const StepScript& record, Standing) const override {
        return open_transaction + "SET LOCAL SESSION AUTHORIZATION DEFAULT; SET LOCAL role = DEFAULT;\n" +
               settings(base::Milliseconds(0), "SET LOCAL") + becoming("SET LOCAL") + changes(record) + "COMMIT;\n";
    }

    std::string end_alone(const StepScript& record, Standing) const override {
        return reset() + settings(base::Milliseconds(0), "SET") + becoming("SET") + "BEGIN;\n" + changes(record) +
               "COMMIT;\n" + reset() +
               std::format("SELECT pg_catalog.pg_advisory_unlock({});\n", lock_key(names_.ledger));
    }

private:
    // psql goes on after an error unless it is told not to. In a transaction that does no harm, but outside it would,
    // and so would the lines of a COPY that did not begin: psql takes them for SQL.
    static inline const std::string stop_at_error = "\\set ON_ERROR_STOP on\n";
    static inline const std::string open_transaction = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;\n";

    static std::string settings(base::Milliseconds lock_timeout, std::string_view set) {
        return std::format(
            "{0} client_encoding = 'UTF8'; {0} standard_conforming_strings = on; "
            "{0} statement_timeout = 0; {0} lock_timeout = {1};\n",
            set, lock_timeout.count());
    }

    std::string becoming(std::string_view set) const {
        std::string text;
        if (!options_.role.empty()) text += std::format("{} ROLE {};\n", set, sql::quote_identifier(options_.role));
        for (const auto& [key, value] : options_.variables) {
            text += std::format("{} headgate.{} = {};\n", set, sql::quote_identifier(key), sql::quote_literal(value));
        }
        return text;
    }

    static std::string reset() {
        std::string text;
        for (const auto sql : reset_statements()) text += std::format("{}{};", text.empty() ? "" : " ", sql);
        return text + "\n";
    }

    std::string changes(const StepScript& step) const {
        std::string text;
        for (const auto& change : step.changes) {
            text += PostgresDialect().change_ledger(names_.ledger, change) + ";\n";
        }
        if (!step.versions) return text;
        for (const auto& change : step.versions->changes) text += change_one_version(names_.versions, change) + ";\n";
        return text;
    }

    // A setting may be newer than the ledger.
    std::string grants(const AssumedHistory& assumed) const {
        std::string text;
        if (!assumed.is_first_step) return text;
        for (const auto& role : options_.reader_roles)
            text += grant_reading(names_.ledger, role, Language::plain) + ";\n";
        return text;
    }

    ConnectOptions options_;
    OfflineNames names_;
};

}  // namespace

std::unique_ptr<OfflineDialect> make_offline_dialect(const ConnectOptions& options) {
    return std::make_unique<PsqlScript>(options);
}

}  // namespace headgate::database::postgres
