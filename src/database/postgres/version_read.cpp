// SPDX-License-Identifier: Apache-2.0
#include "database/postgres/version_read.hpp"

#include <format>

#include "base/error.hpp"
#include "database/postgres/version_sql.hpp"
#include "sql/quote.hpp"

namespace headgate::database::postgres {

namespace {

using sql::quote_literal;

// Alembic looks along the search_path, and makes the table in its first schema.
std::string version_schema(const LedgerQuestion& question) {
    if (!question.version_table_schema.empty()) return schema_expression({question.version_table_schema, ""});
    return std::format("coalesce({}, {})", visible_versions_schema(question.version_table), schema_expression({}));
}

std::string existence(std::string_view schema, const LedgerQuestion& question) {
    return std::format(
        "EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
        "WHERE n.nspname = {} AND c.relname = {})",
        schema, quote_literal(question.version_table));
}

}  // namespace

VersionCursor version_cursor(const LedgerQuestion& question) {
    if (question.version_table.empty()) return {};
    const auto name = sql::quote_identifier(question.version_table);
    return {
        .before = std::format("{}; ", one_snapshot),
        .declaration = "hg_place text; hg_found boolean; hg_versions refcursor := 'headgate_versions'; ",
        .finding =
            std::format("hg_place := {}; hg_found := {}; ", version_schema(question), existence("hg_place", question)),
        .facts = ", hg_place, hg_found",
        .opening = std::format(
            " IF hg_found THEN OPEN hg_versions FOR EXECUTE 'SELECT version_num::text FROM ' || "
            "pg_catalog.quote_ident(hg_place) || {}; ELSE OPEN hg_versions FOR SELECT ''::text WHERE false; END IF;",
            quote_literal("." + name)),
        .fetching = "; FETCH ALL FROM headgate_versions",
    };
}

std::string version_facts(const LedgerQuestion& question) {
    if (question.version_table.empty()) return "";
    return std::format(", {}, {}", version_schema(question), existence(version_schema(question), question));
}

std::string select_versions(std::string_view qualified_name) {
    return std::format("SELECT version_num::text FROM {}", qualified_name);
}

VersionTable read_version_facts(const PGresult* row, int column, const LedgerQuestion& question) {
    if (PQgetisnull(row, 0, column) != 0) return {};
    const bool exists = std::string_view(PQgetvalue(row, 0, column + 1)) == "t";
    return {qualify_versions(PQgetvalue(row, 0, column), question.version_table), exists, {}};
}

void check_version_schema(const VersionTable& versions, const LedgerQuestion& question) {
    if (!versions.qualified_name.empty()) return;
    const auto& schema = question.version_table_schema;
    throw base::Error(base::ErrorKind::bad_configuration,
                      schema.empty() ? std::string("no schema of the role's search_path exists")
                                     : std::format("the schema \"{}\" of Alembic's table does not exist", schema))
        .with_hint("create it, or change version_table_schema in [alembic]");
}

}  // namespace headgate::database::postgres
