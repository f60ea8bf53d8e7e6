// SPDX-License-Identifier: Apache-2.0
#include "database/postgres/offline_guard.hpp"

#include <format>
#include <string_view>

#include "base/text.hpp"
#include "database/postgres/ledger_sql.hpp"
#include "database/postgres/server_error.hpp"
#include "database/postgres/version_sql.hpp"
#include "database/version_sql.hpp"
#include "sql/quote.hpp"

namespace headgate::database::postgres {

namespace {

using sql::quote_literal;

std::string raise_if(const std::string& condition, std::string_view code, const std::string& message,
                     const std::string& hint) {
    return std::format(
        "    IF {} THEN\n        RAISE EXCEPTION USING ERRCODE = '{}', MESSAGE = {},\n            HINT = {};\n"
        "    END IF;\n",
        condition, code, quote_literal(message), quote_literal(hint));
}

std::string moved_if(const std::string& condition, const std::string& message, const std::string& hint) {
    return raise_if(condition, ledger_moved_code, "headgate: " + message, hint);
}

// Not indented: a line break may be within a name.
std::string make_if_missing(std::string_view schema, std::string_view table, const std::string& create) {
    return std::format("    IF NOT {} THEN\n        {};\n    END IF;\n", table_exists(schema, table), create);
}

constexpr auto elsewhere_hint =
    "headgate current says where the database is; a range FROM:TO makes a script that begins there";

std::string lock(const OfflineNames& names, const AssumedHistory& assumed, LockSpan span) {
    const auto* function = span == LockSpan::session ? "pg_try_advisory_lock" : "pg_try_advisory_xact_lock";
    return raise_if(
        std::format("NOT pg_catalog.{}({})", function, lock_key(names.ledger)), lock_busy_code,
        busy_message(names.ledger),
        assumed.is_first_step ? "nothing was done: run the script again when that is over" : elsewhere_hint);
}

std::string check_schema(const OfflineNames& names) {
    if (!names.is_schema_assumed) return "";
    return moved_if(std::format("pg_catalog.current_schema() IS DISTINCT FROM {}", quote_literal(names.schema)),
                    std::format("this script keeps its ledger in the schema {}, which is not the first one of the "
                                "search_path here",
                                names.schema),
                    "say ledger_schema when the script is made");
}

std::string check_version_schema(const OfflineNames& names) {
    if (!names.is_version_schema_assumed) return "";
    return moved_if(std::format("coalesce({}, pg_catalog.current_schema()) IS DISTINCT FROM {}",
                                visible_versions_schema(names.version_table), quote_literal(names.version_schema)),
                    std::format("this script takes Alembic's table to be {}, and Alembic would look elsewhere here",
                                names.versions),
                    "say version_table_schema when the script is made");
}

std::string as_block(const std::string& body) {
    return std::format("DO LANGUAGE plpgsql {};\n", sql::quote_dollar("\nBEGIN\n" + body + "END\n"));
}

// "No ledger" is not "base".
std::string check_empty(const OfflineNames& names, const AssumedHistory& assumed) {
    if (assumed.accepts_existing) return "";
    const auto own = names.version_table.empty()
                         ? std::string()
                         : std::format(" AND c.relname <> {}", quote_literal(names.version_table));
    return moved_if(
        std::format(
            "EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
            "WHERE n.nspname IN ({}, pg_catalog.current_schema()) AND c.relkind IN ('r', 'p', 'f', 'v', 'm') "
            "AND c.relname !~ '^headgate_'{})",
            quote_literal(names.schema), own),
        "this script begins at base, and the schema holds tables already",
        "is this the right database? --onto-existing makes a script that begins beside them");
}

std::string moved_unless_there(const OfflineNames& names, const AssumedHistory& assumed, const std::string& condition) {
    return moved_if(condition,
                    std::format("this script goes from {}; the ledger {} is elsewhere: has it been run already?",
                                assumed.revisions_of_plan, names.ledger),
                    elsewhere_hint);
}

// In a statement of its own: a query that names a table which is missing is an error before it is a condition.
std::string check_ledger_exists(const OfflineNames& names, const AssumedHistory& assumed) {
    return moved_if(std::format("NOT {}", table_exists(names.schema, ledger::table_name)),
                    std::format("this script goes from {}, and there is no ledger {} here", assumed.revisions_of_plan,
                                names.ledger),
                    "is this the right database, and the right ledger_schema?");
}

std::string check_ledger(const OfflineNames& names, const AssumedHistory& assumed) {
    if (assumed.rows == 0) {
        return moved_unless_there(names, assumed, std::format("EXISTS (SELECT FROM {})", names.ledger));
    }
    std::vector<std::string> heads;
    for (const auto& head : assumed.heads) heads.push_back(quote_literal(head));
    return moved_unless_there(
        names, assumed,
        std::format("(SELECT pg_catalog.count(*) <> {} OR pg_catalog.count(*) FILTER (WHERE state <> 'applied') > 0\n"
                    "            OR pg_catalog.count(*) FILTER (WHERE revision IN ({})) <> {} FROM {})",
                    assumed.rows, base::join(heads, ", "), heads.size(), names.ledger));
}

std::string check_versions(const OfflineNames& names, const std::optional<ledger::VersionStep>& versions) {
    if (!versions) return "";
    std::string text;
    if (!versions->exists) {
        text = make_if_missing(names.version_schema, names.version_table,
                               create_versions(names.versions, names.version_table));
    }
    return text + moved_if(std::format("NOT {}", are_versions(names.versions, versions->before)),
                           std::format("{} is not what the ledger says: Alembic has moved on", names.versions),
                           "headgate adopt takes over what Alembic has done");
}

}  // namespace

std::string make_place_guard(const OfflineNames& names, const AssumedHistory& assumed) {
    if (!assumed.is_first_step) return "";
    const auto body = check_schema(names) + check_version_schema(names);
    return body.empty() ? "" : as_block(body);
}

std::string make_offline_guard(const OfflineNames& names, const AssumedHistory& assumed,
                               const std::optional<ledger::VersionStep>& versions, LockSpan span) {
    const bool is_beginning = assumed.is_first_step && assumed.rows == 0;
    std::string body = lock(names, assumed, span);
    if (is_beginning) {
        body += make_if_missing(names.schema, ledger::table_name, PostgresDialect().create_ledger(names.ledger));
    } else if (assumed.is_first_step) {
        body += check_ledger_exists(names, assumed);
    }
    body += check_ledger(names, assumed);
    if (is_beginning) body += check_empty(names, assumed);
    return as_block(body + check_versions(names, versions));
}

}  // namespace headgate::database::postgres
