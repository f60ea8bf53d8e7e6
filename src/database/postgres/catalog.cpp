// SPDX-License-Identifier: Apache-2.0
#include "database/postgres/catalog.hpp"

#include <format>
#include <string>
#include <string_view>

#include "database/postgres/exchange.hpp"

namespace headgate::database::postgres {

namespace {

// Names are written in full, because nothing is found without a schema.
constexpr std::string_view opening =
    "SET search_path = ''; "
    "WITH own AS (SELECT oid, nspname FROM pg_catalog.pg_namespace WHERE nspname !~ '^pg_' AND nspname <> "
    "'information_schema'), "
    "foreign_parts AS (SELECT objid FROM pg_catalog.pg_depend WHERE deptype = 'e'), "
    "rel AS (SELECT c.*, pg_catalog.format('%I.%I', n.nspname, c.relname) AS name FROM pg_catalog.pg_class c JOIN own "
    "n "
    "ON n.oid = c.relnamespace WHERE c.relname !~ '^headgate_' AND c.oid NOT IN (SELECT objid FROM foreign_parts)) ";

// Each gives a name and what is to be said of it.
constexpr std::string_view parts[] = {
    "SELECT 'schema ' || nspname, '' FROM own",

    "SELECT CASE relkind WHEN 'v' THEN 'view ' WHEN 'm' THEN 'materialized view ' WHEN 'S' THEN 'sequence ' WHEN 'f' "
    "THEN 'foreign table ' WHEN 'c' THEN 'composite type ' ELSE 'table ' END || name, "
    "pg_catalog.concat_ws(' ', relpersistence, relrowsecurity, relforcerowsecurity, reloptions::text, "
    "CASE WHEN relkind IN ('v', 'm') THEN pg_catalog.pg_get_viewdef(oid) END, "
    "CASE WHEN relkind = 'p' THEN pg_catalog.pg_get_partkeydef(oid) END, "
    "pg_catalog.pg_get_expr(relpartbound, oid)) FROM rel WHERE relkind IN ('r', 'p', 'v', 'm', 'S', 'f', 'c')",

    "SELECT pg_catalog.format('column %s.%I', name, attname), pg_catalog.concat_ws(' ', "
    "pg_catalog.format_type(atttypid, atttypmod), CASE WHEN attnotnull THEN 'NOT NULL' END, 'DEFAULT ' || "
    "pg_catalog.pg_get_expr(adbin, adrelid), 'GENERATED ' || NULLIF(attidentity::text, '') , "
    "'STORED ' || NULLIF(attgenerated::text, ''), attacl::text, CASE WHEN attcollation NOT IN (0, 100) THEN 'COLLATION "
    "' || "
    "attcollation::pg_catalog.regcollation END) FROM rel "
    "JOIN pg_catalog.pg_attribute ON attrelid = oid AND attnum > 0 AND NOT attisdropped LEFT JOIN "
    "pg_catalog.pg_attrdef d ON adrelid = attrelid AND adnum = attnum WHERE relkind IN ('r', 'p', 'f', 'c')",

    "SELECT pg_catalog.format('constraint %I of %s', conname, name), pg_catalog.concat_ws(' ', "
    "pg_catalog.pg_get_constraintdef(k.oid), CASE WHEN NOT convalidated THEN 'NOT VALID' END) FROM rel JOIN "
    "pg_catalog.pg_constraint k ON conrelid = rel.oid WHERE contype IN ('c', 'f', 'p', 'u', 'x')",

    "SELECT 'index ' || i.name, pg_catalog.concat_ws(' ', pg_catalog.pg_get_indexdef(indexrelid), CASE WHEN NOT "
    "indisvalid THEN 'INVALID' END) FROM rel i JOIN pg_catalog.pg_index ON indexrelid = i.oid JOIN rel t ON t.oid = "
    "indrelid",

    "SELECT pg_catalog.format('trigger %I of %s', tgname, name), tgenabled::text || "
    "pg_catalog.pg_get_triggerdef(g.oid) FROM "
    "rel JOIN pg_catalog.pg_trigger g ON tgrelid = rel.oid WHERE NOT tgisinternal",

    "SELECT pg_catalog.format('rule %I of %s', rulename, name), pg_catalog.pg_get_ruledef(w.oid) FROM rel JOIN "
    "pg_catalog.pg_rewrite w ON ev_class = rel.oid WHERE rulename <> '_RETURN'",

    "SELECT pg_catalog.format('policy %I of %s', polname, name), pg_catalog.concat_ws(' ', polcmd, polpermissive, "
    "polroles::pg_catalog.regrole[]::text, pg_catalog.pg_get_expr(polqual, polrelid), "
    "pg_catalog.pg_get_expr(polwithcheck, polrelid)) FROM rel JOIN pg_catalog.pg_policy ON polrelid = rel.oid",

    "SELECT 'function ' || p.oid::pg_catalog.regprocedure, CASE WHEN prokind = 'a' THEN 'aggregate' ELSE "
    "pg_catalog.pg_get_functiondef(p.oid) END FROM pg_catalog.pg_proc p JOIN own n ON n.oid = pronamespace WHERE p.oid "
    "NOT IN (SELECT objid FROM foreign_parts)",

    "SELECT 'type ' || pg_catalog.format_type(t.oid, NULL), pg_catalog.concat_ws(' ', typtype, CASE WHEN typtype = 'd' "
    "THEN pg_catalog.format_type(typbasetype, typtypmod) END, typnotnull, typdefault, (SELECT "
    "pg_catalog.string_agg(pg_catalog.quote_literal(enumlabel), ', ' ORDER BY enumsortorder) FROM pg_catalog.pg_enum "
    "WHERE enumtypid = t.oid), (SELECT pg_catalog.string_agg(conname || ' ' || "
    "pg_catalog.pg_get_constraintdef(k.oid), ', ' ORDER BY conname) FROM pg_catalog.pg_constraint k WHERE contypid = "
    "t.oid)) FROM pg_catalog.pg_type t JOIN own n ON n.oid = typnamespace WHERE typtype IN ('d', 'e', 'r') AND t.oid "
    "NOT IN (SELECT objid FROM foreign_parts)",

    "SELECT 'extension ' || extname, extversion FROM pg_catalog.pg_extension",

    "SELECT pg_catalog.format('grants on %s to %s', name, grantee::pg_catalog.regrole), "
    "pg_catalog.string_agg(privilege_type || CASE WHEN is_grantable THEN '*' ELSE '' END, ', ' ORDER BY "
    "privilege_type) FROM rel, pg_catalog.aclexplode(COALESCE(relacl, pg_catalog.acldefault(CASE relkind WHEN 'S' THEN "
    "'s' ELSE 'r' END::\"char\", relowner))) WHERE relkind IN ('r', 'p', 'v', 'm', 'S', 'f') GROUP BY name, grantee",

    "SELECT 'comment on ' || what, description FROM (SELECT pg_catalog.pg_describe_object(classoid, objoid, objsubid) "
    "AS what, description FROM pg_catalog.pg_description WHERE objoid >= 16384 AND objoid NOT IN (SELECT objid FROM "
    "foreign_parts)) d WHERE what !~ 'headgate_'",
};

std::string make_query() {
    std::string query(opening);
    for (const auto part : parts)
        query += std::format("{}{}", part.data() == parts[0].data() ? "" : " UNION ALL ", part);
    return query;
}

}  // namespace

Catalog read_catalog(PGconn* connection, base::Stop stop) {
    Catalog catalog;
    const auto take = [&](std::size_t, const PGresult* row) { catalog[PQgetvalue(row, 0, 0)] = PQgetvalue(row, 0, 1); };
    exchange(connection, make_query(), take, stop);
    return catalog;
}

}  // namespace headgate::database::postgres
