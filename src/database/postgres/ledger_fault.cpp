// SPDX-License-Identifier: Apache-2.0
#include "database/postgres/ledger_fault.hpp"

#include <charconv>
#include <format>
#include <optional>
#include <string_view>
#include <utility>

#include "database/postgres/exchange.hpp"
#include "sql/quote.hpp"

namespace headgate::database::postgres {

namespace {

using base::Error;
using base::ErrorKind;
using sql::quote_identifier;
using sql::quote_literal;

struct Rights {
    std::string schema;
    std::string role;
    bool may_use_schema = false;
    bool may_read = false;
};

// Who reads: the role of the settings, else the login.
std::string role_expression(const LedgerQuestion& question) {
    return question.role.empty() ? "current_user::text" : quote_literal(question.role) + "::text";
}

// The catalog may be read by everybody.
std::optional<Rights> read_rights(PGconn* connection, const LedgerQuestion& question, base::Stop stop) {
    const auto query = std::format(
        "SELECT n.nspname, reader.name, pg_catalog.has_schema_privilege(reader.name, n.oid, 'USAGE'), "
        "pg_catalog.has_table_privilege(reader.name, c.oid, 'SELECT') FROM (SELECT {} AS name) AS reader, "
        "pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
        "WHERE n.nspname = {} AND c.relname = {}",
        role_expression(question), schema_expression(question), quote_literal(ledger::table_name));
    std::optional<Rights> rights;
    const auto take = [&](std::size_t, const PGresult* row) {
        const auto is_true = [row](int column) { return std::string_view(PQgetvalue(row, 0, column)) == "t"; };
        rights = Rights{PQgetvalue(row, 0, 0), PQgetvalue(row, 0, 1), is_true(2), is_true(3)};
    };
    exchange(connection, query, take, stop);
    return rights;
}

// The role of the settings that the login cannot become.
std::optional<Error> find_role_fault(PGconn* connection, const LedgerQuestion& question, const Error& error,
                                     base::Stop stop) {
    if (question.role.empty()) return std::nullopt;
    std::optional<bool> is_member;
    std::string login;
    const auto take = [&](std::size_t, const PGresult* row) {
        login = PQgetvalue(row, 0, 0);
        if (PQgetisnull(row, 0, 1) == 0) is_member = std::string_view(PQgetvalue(row, 0, 1)) == "t";
    };
    exchange(connection,
             std::format("SELECT current_user, (SELECT pg_catalog.pg_has_role(current_user, r.oid, 'MEMBER') FROM "
                         "pg_catalog.pg_roles r WHERE r.rolname = {})",
                         quote_literal(question.role)),
             take, stop);
    if (!is_member) {
        return Error(ErrorKind::bad_configuration, error.message)
            .with_code(error.code)
            .with_hint("the setting `role` names it (HEADGATE_ROLE): create it, or change the setting");
    }
    if (*is_member) return std::nullopt;
    return Error(ErrorKind::access_refused, error.message)
        .with_code(error.code)
        .with_hint(std::format("the setting `role` (HEADGATE_ROLE) wants: GRANT {} TO {}",
                               quote_identifier(question.role), quote_identifier(login)));
}

Error explain_refusal(const Rights& rights, const Error& error) {
    if (rights.may_use_schema && rights.may_read) return error;
    const auto ledger = qualify_ledger(rights.schema);
    const auto role = quote_identifier(rights.role);
    std::string grants;
    if (!rights.may_use_schema)
        grants += std::format("GRANT USAGE ON SCHEMA {} TO {}; ", quote_identifier(rights.schema), role);
    if (!rights.may_read) grants += std::format("GRANT SELECT ON {} TO {}; ", ledger, role);
    grants.resize(grants.size() - 2);
    return Error(ErrorKind::access_refused,
                 std::format("the role {} may not read the ledger {}: {}", role, ledger, error.message))
        .with_code(error.code)
        .with_hint(std::format("say as the owner: {}; or name it in reader_roles of the headgate that migrates, which "
                               "grants it with the next revision",
                               grants));
}

// A newer layout may lack our columns, so only these two are asked for.
void check_layout_alone(PGconn* connection, const LedgerQuestion& question, const std::string& ledger,
                        base::Stop stop) {
    const auto query = std::format(
        "SELECT pg_catalog.set_config('role', {}, true); "
        "SELECT layout, headgate_version FROM {} ORDER BY layout DESC LIMIT 1",
        quote_literal(question.role.empty() ? "none" : question.role), ledger);
    int layout = 0;
    std::string version;
    const auto take = [&](std::size_t statement, const PGresult* row) {
        if (statement != 1) return;
        const std::string_view number = PQgetvalue(row, 0, 0);
        std::from_chars(number.data(), number.data() + number.size(), layout);
        version = PQgetvalue(row, 0, 1);
    };
    try {
        exchange(connection, query, take, stop);
    } catch (const Error& error) {
        if (!error.code.starts_with("42")) throw;
    }
    ledger::check_layout(layout, version);
}

Error make_no_ledger_error(const std::string& ledger, const Error& error) {
    return Error(ErrorKind::history_mismatch, std::format("{} is no ledger of headgate: {}", ledger, error.message))
        .with_code(error.code)
        .with_hint(
            "if it is another program's: set ledger_schema to another schema; if it is a damaged ledger: restore it, "
            "or drop it and then: headgate stamp REV");
}

}  // namespace

Error explain_ledger_fault(PGconn* connection, const LedgerQuestion& question, const Error& error, base::Stop stop) {
    // 22023 comes for a role that does not exist; class 42 for a right, a column or a table that is not as our SQL
    // takes it for granted.
    const bool is_known = error.code == "22023" || error.code.starts_with("42");
    if (!is_known || PQtransactionStatus(connection) != PQTRANS_IDLE) return error;
    if (!question.version_table.empty() && error.message.contains("version_num")) {
        return Error(ErrorKind::bad_configuration,
                     std::format("{} is no table of Alembic: {}", question.version_table, error.message))
            .with_code(error.code)
            .with_hint("version_table in [alembic] names it");
    }
    if (auto fault = find_role_fault(connection, question, error, stop)) return *std::move(fault);
    if (error.code == "22023") return error;
    const auto rights = read_rights(connection, question, stop);
    if (!rights) return error;
    if (error.kind == ErrorKind::access_refused) return explain_refusal(*rights, error);
    const auto ledger = qualify_ledger(rights->schema);
    try {
        check_layout_alone(connection, question, ledger, stop);
    } catch (const Error& newer) {
        return newer;
    }
    return make_no_ledger_error(ledger, error);
}

void check_rows_are_visible(PGconn* connection, const LedgerQuestion& question, const std::string& schema,
                            base::Stop stop) {
    const auto ledger = qualify_ledger(schema);
    const auto query =
        std::format("SELECT pg_catalog.set_config('role', {}, true); SELECT pg_catalog.row_security_active({})",
                    quote_literal(question.role.empty() ? "none" : question.role), quote_literal(ledger));
    bool is_hidden = false;
    const auto take = [&](std::size_t statement, const PGresult* row) {
        if (statement == 1) is_hidden = std::string_view(PQgetvalue(row, 0, 0)) == "t";
    };
    exchange(connection, query, take, stop);
    if (!is_hidden) return;
    throw Error(ErrorKind::access_refused,
                std::format("no row of {} is to be seen, and row-level security is active on it", ledger))
        .with_hint(std::format("whether it is empty cannot be told; as its owner: ALTER TABLE {} DISABLE ROW LEVEL "
                               "SECURITY, or CREATE POLICY everything ON {} USING (true)",
                               ledger, ledger));
}

}  // namespace headgate::database::postgres
