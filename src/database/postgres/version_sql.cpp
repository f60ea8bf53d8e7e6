// SPDX-License-Identifier: Apache-2.0
#include "database/postgres/version_sql.hpp"

#include <format>

#include "base/text.hpp"
#include "database/postgres/ledger_sql.hpp"
#include "database/postgres/server_error.hpp"
#include "database/version_sql.hpp"
#include "sql/quote.hpp"

namespace headgate::database::postgres {

namespace {

using sql::quote_literal;

}  // namespace

std::string qualify_versions(std::string_view schema, std::string_view table) {
    return std::format("{}.{}", sql::quote_identifier(schema), sql::quote_identifier(table));
}

std::string visible_versions_schema(std::string_view table) {
    return std::format(
        "(SELECT n.nspname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = "
        "c.relnamespace WHERE c.relname = {} AND c.relkind IN ('r', 'p', 'v') AND c.relpersistence <> 't' AND "
        "pg_catalog.pg_table_is_visible(c.oid))",
        quote_literal(table));
}

std::string are_versions(std::string_view qualified_name, const std::vector<std::string>& rows) {
    const auto list = rows.empty() ? std::string("NULL") : quote_literal(base::join(rows, ","));
    return std::format(
        "(SELECT pg_catalog.string_agg(version_num, ',' ORDER BY version_num COLLATE \"C\") FROM {}) IS NOT DISTINCT "
        "FROM {}",
        qualified_name, list);
}

std::string guard_versions(std::string_view qualified_name, std::string_view table, const ledger::VersionStep& step) {
    if (!step.exists) return create_versions(qualified_name, table);
    const auto complaint =
        std::format("{} headgate: {} is not what the plan was made for ", ledger_moved_code, qualified_name);
    return std::format("SELECT CASE WHEN {} THEN 1 ELSE ({} || pg_catalog.clock_timestamp())::integer END",
                       are_versions(qualified_name, step.before), quote_literal(complaint));
}

std::string change_one_version(std::string_view qualified_name, const ledger::VersionChange& change) {
    return require_one_row(change_version(qualified_name, change),
                           std::format("headgate: {} was changed by somebody else: not one row for {} but ",
                                       qualified_name, change.from.empty() ? change.to : change.from));
}

}  // namespace headgate::database::postgres
