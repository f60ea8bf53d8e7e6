// SPDX-License-Identifier: Apache-2.0
#include "database/postgres/ledger_read.hpp"

#include <algorithm>
#include <format>
#include <string_view>
#include <utility>

#include <pqxx/except>
#include <pqxx/strconv>

#include "base/error.hpp"
#include "database/postgres/exchange.hpp"
#include "database/postgres/server_error.hpp"
#include "database/postgres/version_read.hpp"
#include "sql/quote.hpp"

namespace headgate::database::postgres {

namespace {

using base::Error;
using base::ErrorKind;
using sql::quote_literal;

// The first entry of search_path that is a schema. Not current_schemas(): that leaves out a schema which the role may
// not use, and "permission denied" must not look like "absent".
constexpr std::string_view first_existing_schema =
    "(SELECT n.nspname FROM (SELECT p.place, CASE WHEN p.part[1] = '\"$user\"' THEN current_user::text "
    "WHEN p.part[1] LIKE '\"%' THEN pg_catalog.replace(pg_catalog.substr(p.part[1], 2, "
    "pg_catalog.length(p.part[1]) - 2), '\"\"', '\"') ELSE pg_catalog.lower(p.part[1]) END AS name "
    "FROM pg_catalog.regexp_matches(pg_catalog.current_setting('search_path'), '(\"(?:[^\"]|\"\")*\"|[^,\\s\"]+)', "
    "'g') "
    "WITH ORDINALITY AS p(part, place)) AS path JOIN pg_catalog.pg_namespace n ON n.nspname = path.name "
    "WHERE n.nspname !~ '^pg_' ORDER BY path.place LIMIT 1)";

// Whatever bears the name, a view or an index too: it is in the way of ours.
std::string existence_expression(std::string_view schema) {
    return std::format(
        "EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = "
        "c.relnamespace WHERE n.nspname = {} AND c.relname = {})",
        schema, quote_literal(ledger::table_name));
}

std::string qualified_expression(std::string_view schema) {
    return std::format("'\"' || pg_catalog.replace({}, '\"', '\"\"') || '\".\"{}\"'", schema, ledger::table_name);
}

// Who holds the lock with this key: the backend's number, or NULL.
std::string holder_expression(std::string_view key) {
    return std::format(
        "(SELECT l.pid FROM pg_catalog.pg_locks l WHERE l.locktype = 'advisory' AND l.granted AND "
        "l.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = "
        "pg_catalog.current_database()) AND l.classid = ((({0}) >> 32) & 4294967295)::oid AND "
        "l.objid = (({0}) & 4294967295)::oid AND l.objsubid = 1 LIMIT 1)",
        key);
}

std::string session_expression(std::string_view pid) {
    return std::format(
        "(SELECT pg_catalog.concat_ws(', ', 'pid ' || a.pid, nullif(a.application_name, ''), "
        "coalesce(pg_catalog.host(a.client_addr), a.client_hostname), 'since ' || pg_catalog.to_char("
        "a.xact_start AT TIME ZONE 'UTC', 'HH24:MI:SS') || ' UTC') "
        "FROM pg_catalog.pg_stat_activity a WHERE a.pid = {})",
        pid);
}

// The columns of the facts, in this order.
struct Facts {
    std::optional<std::string> schema;
    bool exists = false;
    bool is_held = false;
    std::string holder;
    std::optional<VersionTable> versions;
};

Facts read_facts(const PGresult* row, const LedgerQuestion& question) {
    Facts facts;
    if (PQgetisnull(row, 0, 0) == 0) facts.schema = PQgetvalue(row, 0, 0);
    facts.exists = pqxx::from_string<bool>(PQgetvalue(row, 0, 1));
    facts.is_held = PQgetisnull(row, 0, 2) == 0;
    facts.holder = PQgetvalue(row, 0, 3);
    if (facts.is_held && facts.holder.empty()) facts.holder = std::format("pid {}", PQgetvalue(row, 0, 2));
    if (!question.version_table.empty()) facts.versions = read_version_facts(row, 4, question);
    return facts;
}

template <typename Number>
Number number_at(const PGresult* row, int column) {
    return pqxx::from_string<Number>(PQgetvalue(row, 0, column));
}

Error make_unreadable_error(const PGresult* row, const char* what) {
    return Error(ErrorKind::history_mismatch,
                 std::format("the ledger's row of revision \"{}\" cannot be read: {}", PQgetvalue(row, 0, 3), what))
        .with_hint("restore the ledger, or drop it and then: headgate stamp REV");
}

ledger::Row read_row(const PGresult* row) try {
    const auto text = [row](int column) { return std::string(PQgetvalue(row, 0, column)); };
    ledger::check_layout(number_at<int>(row, 1), text(18));
    return {.sequence = number_at<std::int64_t>(row, 0),
            .layout = number_at<int>(row, 1),
            .kind = text(2),
            .revision = text(3),
            .parents = ledger::parse_ids(text(4)),
            .depends_on = ledger::parse_ids(text(5)),
            .message = text(6),
            .checksums = {text(7), text(8), number_at<int>(row, 9)},
            .state = ledger::parse_state(text(10)),
            .statements_done = number_at<int>(row, 11),
            .applied_at = text(12),
            .duration = base::Milliseconds(number_at<std::int64_t>(row, 13)),
            .applied_by = text(14),
            .host = text(15),
            .run_id = text(16),
            .image_label = text(17),
            .headgate_version = text(18),
            .is_breaking = pqxx::from_string<bool>(PQgetvalue(row, 0, 19)),
            .journal = text(20)};
} catch (const pqxx::conversion_error& failure) {
    throw make_unreadable_error(row, failure.what());
}

// A row that cannot be read is told of when all have come, so that the connection stays of use.
class RowTaker {
public:
    void take(const PGresult* row) {
        try {
            rows_.push_back(read_row(row));
        } catch (const Error& error) {
            if (!fault_) fault_ = error;
        }
    }
    std::vector<ledger::Row> finish() {
        if (fault_) throw *std::move(fault_);
        return std::move(rows_);
    }

private:
    std::vector<ledger::Row> rows_;
    std::optional<Error> fault_;
};

Error make_no_schema_error(const LedgerQuestion& question) {
    if (!question.schema.empty()) {
        return Error(ErrorKind::bad_configuration,
                     std::format("the schema \"{}\" of the ledger does not exist", question.schema))
            .with_hint("create it, or change ledger_schema");
    }
    return Error(ErrorKind::bad_configuration, "no schema of the role's search_path exists")
        .with_hint("set ledger_schema to the schema where headgate shall keep its ledger");
}

// The facts of a database without plpgsql.
std::string make_facts_query(const LedgerQuestion& question) {
    const auto key = lock_key_expression(qualified_expression("place.name"));
    return std::format(
        "SELECT place.name, {}, holder.pid, {}{} FROM (SELECT {} AS name) AS place, "
        "LATERAL (SELECT {} AS pid) AS holder",
        existence_expression("place.name"), session_expression("holder.pid"), version_facts(question),
        schema_expression(question), holder_expression(key));
}

void check_schema(const Facts& facts, const LedgerQuestion& question) {
    if (!facts.schema) throw make_no_schema_error(question);
    if (facts.versions) check_version_schema(*facts.versions, question);
}

LedgerAnswer make_answer(Facts facts, std::vector<ledger::Row> rows) {
    LedgerAnswer answer{*facts.schema, facts.exists, std::move(rows), std::nullopt, std::move(facts.versions)};
    if (facts.is_held) answer.holder = Session{facts.holder};
    if (answer.versions) std::ranges::sort(answer.versions->rows);
    return answer;
}

LedgerAnswer read_plainly(PGconn* connection, const LedgerQuestion& question, base::Stop stop) {
    Facts facts;
    exchange(
        connection, make_facts_query(question),
        [&](std::size_t, const PGresult* row) { facts = read_facts(row, question); }, stop);
    check_schema(facts, question);
    RowTaker rows;
    const bool has_versions = facts.versions && facts.versions->exists;
    const auto take = [&](std::size_t statement, const PGresult* row) {
        if (statement == 2) rows.take(row);
        if (statement == 3) facts.versions->rows.emplace_back(PQgetvalue(row, 0, 0));
    };
    const auto role = std::format("SELECT pg_catalog.set_config('role', {}, true)",
                                  quote_literal(question.role.empty() ? "none" : question.role));
    const auto select =
        facts.exists ? PostgresDialect().select_ledger(qualify_ledger(*facts.schema)) : std::string(no_rows);
    const auto versions = has_versions ? select_versions(facts.versions->qualified_name) : std::string(no_rows);
    if (facts.exists || has_versions) {
        exchange(connection, std::format("{}; {}; {}; {}", one_snapshot, role, select, versions), take, stop);
    }
    return make_answer(std::move(facts), rows.finish());
}

}  // namespace

std::string schema_expression(const LedgerQuestion& question) {
    if (question.schema.empty()) return std::string(first_existing_schema);
    return std::format("(SELECT n.nspname FROM pg_catalog.pg_namespace n WHERE n.nspname = {})",
                       quote_literal(question.schema));
}

std::string make_ledger_message(const LedgerQuestion& question) {
    // Names in the block must not look like columns of the queries in it.
    const auto select = PostgresDialect().select_ledger("@");
    const auto at = select.find(" FROM @ ");
    const auto role = question.role.empty() ? std::string()
                                            : std::format("PERFORM pg_catalog.set_config('role', {}, true);",
                                                          quote_literal(question.role));
    const auto versions = version_cursor(question);
    const auto body = std::format(
        "DECLARE hg_schema text; hg_name text; hg_key bigint; hg_exists boolean; hg_pid integer; hg_session text; "
        "hg_facts refcursor := 'headgate_facts'; hg_rows refcursor := 'headgate_rows'; {}"
        "BEGIN hg_schema := {}; hg_name := {}; hg_exists := {}; hg_key := {}; hg_pid := {}; "
        "IF hg_pid IS NOT NULL THEN hg_session := {}; END IF; {}{} "
        "OPEN hg_facts FOR SELECT hg_schema, hg_exists, hg_pid, hg_session{}; "
        "IF hg_exists THEN OPEN hg_rows FOR EXECUTE {} || hg_name || {}; "
        "ELSE OPEN hg_rows FOR SELECT 1 WHERE false; END IF;{} END",
        versions.declaration, schema_expression(question), qualified_expression("hg_schema"),
        existence_expression("hg_schema"), lock_key_expression("hg_name"), holder_expression("hg_key"),
        session_expression("hg_pid"), versions.finding, role, versions.facts, quote_literal(select.substr(0, at + 6)),
        quote_literal(select.substr(at + 7)), versions.opening);
    return std::format("{}DO LANGUAGE plpgsql {}; FETCH ALL FROM headgate_facts; FETCH ALL FROM headgate_rows{}",
                       versions.before, sql::quote_dollar(body), versions.fetching);
}

LedgerAnswer read_ledger_rows(PGconn* connection, const LedgerQuestion& question, Language language, base::Stop stop) {
    if (language == Language::plain) return read_plainly(connection, question, stop);
    Facts facts;
    RowTaker rows;
    const std::size_t facts_at = question.version_table.empty() ? 1 : 2;
    const auto take = [&](std::size_t statement, const PGresult* row) {
        if (statement == facts_at) facts = read_facts(row, question);
        if (statement == facts_at + 1) rows.take(row);
        if (statement == facts_at + 2) facts.versions->rows.emplace_back(PQgetvalue(row, 0, 0));
    };
    exchange(connection, make_ledger_message(question), take, stop);
    check_schema(facts, question);
    return make_answer(std::move(facts), rows.finish());
}

}  // namespace headgate::database::postgres
