// SPDX-License-Identifier: Apache-2.0
#include "database/postgres/surroundings.hpp"

#include <algorithm>
#include <format>
#include <optional>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/text.hpp"
#include "database/known_histories.hpp"
#include "database/postgres/exchange.hpp"
#include "database/postgres/ledger_read.hpp"
#include "ledger/row.hpp"
#include "sql/quote.hpp"

namespace headgate::database::postgres {

namespace {

using sql::quote_identifier;
using sql::quote_literal;

// Enough for a message to a person.
constexpr int most_tables = 10;

struct Table {
    std::string schema;
    std::string name;
    std::vector<std::string> columns;

    std::string qualified() const { return std::format("{}.{}", quote_identifier(schema), quote_identifier(name)); }
};

// Of people: no system's, no session's, no extension's.
constexpr std::string_view from_relations =
    "FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
    "WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' "
    "AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass "
    "AND d.objid = c.oid AND d.deptype = 'e')";

constexpr std::string_view and_is_table = "AND c.relkind IN ('r', 'p', 'f')";

// The ledger's schema, and the one where a step's unqualified names are made: a ledger may have a schema to itself.
std::string make_places(const std::string& schema) {
    return std::format("n.nspname IN ({}, {})", quote_literal(schema), schema_expression({}));
}

std::string make_shown_name(std::string_view name, const std::string& schema) {
    return std::format("CASE WHEN n.nspname = {} THEN '' ELSE n.nspname || '.' END || {}", quote_literal(schema), name);
}

std::string make_tables_query(const std::string& schema, const std::string& versions) {
    return std::format(
        "SELECT {} {} {} AND {} AND c.relname !~ '^headgate_' AND c.oid IS DISTINCT FROM pg_catalog.to_regclass({}) "
        "ORDER BY 1 LIMIT {}",
        make_shown_name("c.relname", schema), from_relations, and_is_table, make_places(schema),
        versions.empty() ? "NULL" : quote_literal(versions), most_tables);
}

// A restore that broke off early has made types, but no table yet. A sequence that belongs to a column went with its
// table; functions are often put into an empty database on purpose.
std::string make_other_objects_query(const std::string& schema) {
    return std::format(
        "SELECT CASE c.relkind WHEN 'S' THEN 'sequence ' WHEN 'v' THEN 'view ' ELSE 'materialized view ' END || {0} "
        "{1} AND {2} AND c.relname !~ '^headgate_' AND c.relkind IN ('S', 'v', 'm') "
        "AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.objid = c.oid AND d.deptype IN ('a', 'i') "
        "AND d.refobjsubid > 0) "
        "UNION ALL SELECT 'type ' || {3} FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n "
        "ON n.oid = t.typnamespace WHERE {2} AND t.typtype IN ('e', 'd') AND NOT EXISTS (SELECT FROM "
        "pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_type'::pg_catalog.regclass AND d.objid = t.oid AND "
        "d.deptype = 'e') ORDER BY 1 LIMIT {4}",
        make_shown_name("c.relname", schema), from_relations, make_places(schema), make_shown_name("t.typname", schema),
        most_tables);
}

// Names are compared in lower case: some tools write theirs in capitals.
std::string make_candidates_query() {
    std::string names = quote_literal(ledger::table_name);
    for (const auto& known : known_histories()) names += ", " + quote_literal(known.table);
    return std::format(
        "SELECT n.nspname, c.relname, (SELECT pg_catalog.string_agg(a.attname, ',') FROM pg_catalog.pg_attribute a "
        "WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) {} {} AND pg_catalog.lower(c.relname) IN "
        "({}) "
        "ORDER BY 1, 2",
        from_relations, and_is_table, names);
}

std::vector<std::string> split_columns(std::string_view text) {
    std::vector<std::string> columns;
    for (const auto name : base::split_at(text, ',')) columns.push_back(base::to_lower(name));
    return columns;
}

class Look {
public:
    Look(PGconn* connection, const std::string& schema, const std::string& versions, base::Stop stop)
        : connection_(connection), schema_(schema), versions_(versions), stop_(stop) {}

    Surroundings run() {
        Surroundings around;
        around.tables = first_column(make_tables_query(schema_, versions_)).value_or(std::vector<std::string>{});
        around.other_objects = first_column(make_other_objects_query(schema_)).value_or(std::vector<std::string>{});
        for (const auto& table : candidates()) {
            if (base::to_lower(table.name) == ledger::table_name) {
                if (table.schema != schema_ && may_have_rows(table)) around.other_ledgers.push_back(table.qualified());
            } else if (const auto history = describe(table)) {
                around.other_histories.push_back(*history);
            }
        }
        return around;
    }

private:
    std::vector<Table> candidates() {
        std::vector<Table> tables;
        ask(make_candidates_query(), [&](const PGresult* row) {
            tables.push_back({PQgetvalue(row, 0, 0), PQgetvalue(row, 0, 1), split_columns(PQgetvalue(row, 0, 2))});
        });
        return tables;
    }

    std::optional<std::string> describe(const Table& table) {
        const auto known = std::ranges::find_if(known_histories(), [&](const KnownHistory& each) {
            return base::to_lower(table.name) == each.table && std::ranges::contains(table.columns, each.column);
        });
        if (known == known_histories().end() || !may_have_rows(table)) return std::nullopt;
        const auto name = table.schema == schema_ ? table.name : std::format("{}.{}", table.schema, table.name);
        const auto is_alembic = known->tool == "alembic";
        return std::format("{} ({})", name, is_alembic ? describe_heads(table) : std::string(known->tool));
    }

    std::string describe_heads(const Table& table) {
        const auto heads =
            first_column(std::format("SELECT version_num FROM {} ORDER BY 1 LIMIT {}", table.qualified(), most_tables));
        if (!heads || heads->empty()) return "alembic";
        return std::format("{} {}", heads->size() == 1 ? "head" : "heads", base::join(*heads, ", "));
    }

    bool may_have_rows(const Table& table) {
        const auto found = first_column(std::format("SELECT 1 FROM {} LIMIT 1", table.qualified()));
        return !found || !found->empty();
    }

    std::optional<std::vector<std::string>> first_column(const std::string& query) {
        std::vector<std::string> values;
        if (!ask(query, [&](const PGresult* row) { values.emplace_back(PQgetvalue(row, 0, 0)); })) return std::nullopt;
        return values;
    }

    // False: the server refused. A table that somebody has locked is not waited for.
    bool ask(const std::string& query, const std::function<void(const PGresult*)>& on_row) {
        const auto bounded = "SELECT pg_catalog.set_config('lock_timeout', '1s', true); " + query;
        const auto take = [&](std::size_t statement, const PGresult* row) {
            if (statement == 1) on_row(row);
        };
        try {
            exchange(connection_, bounded, take, stop_);
            return true;
        } catch (const base::Error& error) {
            const bool is_answer = !error.code.empty() && PQstatus(connection_) == CONNECTION_OK;
            if (!is_answer) throw;
            return false;
        }
    }

    PGconn* connection_;
    const std::string& schema_;
    const std::string& versions_;
    base::Stop stop_;
};

}  // namespace

Surroundings look_around(PGconn* connection, const std::string& schema, const std::string& versions, base::Stop stop) {
    return Look(connection, schema, versions, stop).run();
}

}  // namespace headgate::database::postgres
