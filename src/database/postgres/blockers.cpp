// SPDX-License-Identifier: Apache-2.0
#include "database/postgres/blockers.hpp"

#include <format>

#include <pqxx/strconv>

#include "base/text.hpp"
#include "database/postgres/exchange.hpp"
#include "sql/lexer.hpp"
#include "sql/quote.hpp"

namespace headgate::database::postgres {

namespace {

constexpr std::size_t longest_query = 100;

// The lock that the step waits for, and what the first of those in its way holds of the same thing.
constexpr std::string_view wanted_lock =
    "SELECT l.mode || ' on ' || CASE WHEN l.relation IS NOT NULL THEN coalesce((SELECT pg_catalog.format('%I.%I', "
    "n.nspname, c.relname) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
    "WHERE c.oid = l.relation), 'relation ' || l.relation) "
    "WHEN l.transactionid IS NOT NULL THEN 'transaction ' || l.transactionid::text "
    "WHEN l.virtualxid IS NOT NULL THEN 'transaction ' || l.virtualxid ELSE l.locktype END AS wanted, "
    "(SELECT pg_catalog.string_agg(DISTINCT h.mode, ', ') FROM pg_catalog.pg_locks h WHERE h.pid = k.pids[1] "
    "AND h.granted AND h.locktype = l.locktype AND ROW(h.database, h.relation, h.page, h.tuple, h.virtualxid, "
    "h.transactionid::text, h.classid, h.objid, h.objsubid) IS NOT DISTINCT FROM ROW(l.database, l.relation, l.page, "
    "l.tuple, l.virtualxid, l.transactionid::text, l.classid, l.objid, l.objsubid)) AS holds, "
    "{} AS waited FROM pg_catalog.pg_locks l WHERE l.pid = w.pid AND NOT l.granted LIMIT 1";

// Each phase counts what it works on: tuples while it fills the tree, else blocks, or sessions that it waits for.
constexpr std::string_view percent_of_phase =
    "CASE WHEN i.phase LIKE '%tuples in tree%' AND i.tuples_total > 0 THEN 100 * i.tuples_done / i.tuples_total "
    "WHEN i.phase LIKE 'waiting%' AND i.lockers_total > 0 THEN 100 * i.lockers_done / i.lockers_total "
    "WHEN i.blocks_total > 0 THEN 100 * i.blocks_done / i.blocks_total END";

constexpr std::string_view since =
    "pg_catalog.to_char(coalesce(b.xact_start, b.backend_start) AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')";

std::string text_at(const PGresult* row, int column) {
    return PQgetvalue(row, 0, column);
}

std::optional<std::int64_t> number_at(const PGresult* row, int column) {
    if (PQgetisnull(row, 0, column) != 0) return std::nullopt;
    return pqxx::from_string<std::int64_t>(PQgetvalue(row, 0, column));
}

// The columns of make_sight_query, in their order.
Sight read_sight(const PGresult* row) {
    Sight sight;
    if (const auto pid = number_at(row, 0)) {
        sight.blocker = Blocker{.pid = *pid,
                                .application = text_at(row, 2),
                                .client = text_at(row, 3),
                                .state = text_at(row, 4),
                                .since = text_at(row, 5),
                                .query = shorten_query(text_at(row, 6)),
                                .holds = text_at(row, 8),
                                .others = number_at(row, 1).value_or(0),
                                .wanted = text_at(row, 7)};
    }
    if (const auto waited = number_at(row, 9)) sight.waited = base::Milliseconds(*waited);
    if (PQgetisnull(row, 0, 10) == 0) {
        sight.phase = BuildPhase{text_at(row, 10), std::nullopt};
        if (const auto percent = number_at(row, 11)) sight.phase->percent = static_cast<int>(*percent);
    }
    return sight;
}

// At most that many characters, cut between two of them.
std::string cut(std::string text) {
    std::size_t characters = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool starts_character = (static_cast<unsigned char>(text[i]) & 0xC0) != 0x80;
        if (starts_character && ++characters > longest_query) return text.substr(0, i) + "…";
    }
    return text;
}

}  // namespace

std::string make_sight_query(std::string_view tag, int server_version) {
    const auto* const waited =
        server_version >= 140000
            ? "(extract(epoch FROM pg_catalog.clock_timestamp() - l.waitstart) * 1000)::pg_catalog.int8"
            : "NULL::pg_catalog.int8";
    return std::format(
        "SELECT k.pids[1], (SELECT pg_catalog.count(DISTINCT p) - 1 FROM pg_catalog.unnest(k.pids) AS p), "
        "coalesce(nullif(b.application_name, ''), nullif(b.backend_type, 'client backend')), "
        "coalesce(pg_catalog.host(b.client_addr), CASE WHEN b.client_port = -1 THEN 'local' END), b.state, {}, "
        "CASE WHEN b.state IS NOT NULL THEN b.query END, l.wanted, l.holds, l.waited, i.phase, {} "
        "FROM pg_catalog.pg_stat_activity w "
        "LEFT JOIN LATERAL (SELECT pg_catalog.pg_blocking_pids(w.pid) AS pids WHERE w.wait_event_type = 'Lock') k "
        "ON true "
        "LEFT JOIN LATERAL ({}) l ON pg_catalog.cardinality(k.pids) > 0 "
        "LEFT JOIN pg_catalog.pg_stat_activity b ON b.pid = k.pids[1] "
        "LEFT JOIN pg_catalog.pg_stat_progress_create_index i ON i.pid = w.pid "
        "WHERE w.datname = pg_catalog.current_database() AND w.state = 'active' AND w.backend_type = 'client backend' "
        "AND pg_catalog.starts_with(w.query, {}) LIMIT 1",
        since, percent_of_phase, std::vformat(wanted_lock, std::make_format_args(waited)), sql::quote_literal(tag));
}

Sight look_at_step(PGconn* connection, const std::string& query, base::Stop stop) {
    Sight sight;
    exchange(connection, query, [&](std::size_t, const PGresult* row) { sight = read_sight(row); }, stop);
    return sight;
}

std::string shorten_query(std::string_view query) {
    std::string words;
    sql::Lexer lexer(query, base::DialectId::postgresql);
    for (auto token = lexer.next(); token.kind != sql::TokenKind::end; token = lexer.next()) {
        if (sql::is_blank(token.kind)) {
            if (!words.empty() && !words.ends_with(' ')) words += ' ';
        } else if (token.kind == sql::TokenKind::string) {
            words += "'…'";
        } else if (token.kind != sql::TokenKind::copy_data && token.kind != sql::TokenKind::backslash_line) {
            words += token.text;
        }
    }
    return cut(std::string(base::trim(words)));
}

}  // namespace headgate::database::postgres
