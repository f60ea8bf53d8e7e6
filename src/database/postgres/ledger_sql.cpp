// SPDX-License-Identifier: Apache-2.0
#include "database/postgres/ledger_sql.hpp"

#include <bit>
#include <charconv>
#include <format>
#include <vector>

#include "base/sha256.hpp"
#include "database/postgres/server_error.hpp"
#include "sql/quote.hpp"

namespace headgate::database::postgres {

namespace {

using sql::quote_dollar;
using sql::quote_literal;

constexpr std::string_view columns =
    "sequence, layout, kind, revision, parents, depends_on, message, checksum_raw, checksum_tokens, "
    "checksum_algorithm, state, statements_done, applied_at, duration_ms, applied_by, host, run_id, image_label, "
    "headgate_version, breaking, journal";

// A transaction's time is that of its message, which may hold several steps: this one began when the last one ended.
std::string since_begin(std::string_view ledger) {
    return std::format(
        "greatest(0, extract(epoch FROM pg_catalog.clock_timestamp() - greatest(pg_catalog.transaction_timestamp(), "
        "(SELECT applied_at FROM {} ORDER BY sequence DESC LIMIT 1))) * 1000)::bigint",
        ledger);
}

std::string render_applied_by(const std::string& person) {
    if (person.empty()) return "session_user";
    return std::format("session_user || {}", quote_literal(std::format(" ({})", person)));
}

std::string render_insert(std::string_view ledger, const ledger::Row& row) {
    return std::format(
        "INSERT INTO {}\n    (layout, kind, revision, parents, depends_on, message, checksum_raw, checksum_tokens, "
        "checksum_algorithm, state, statements_done, applied_at, duration_ms, applied_by, host, run_id, image_label, "
        "headgate_version, breaking, journal)\nVALUES ({}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, "
        "pg_catalog.clock_timestamp(), "
        "{}, {}, {}, {}, {}, {}, {}, {})\nRETURNING sequence, duration_ms",
        ledger, row.layout, quote_literal(row.kind), quote_literal(row.revision),
        quote_literal(ledger::render_ids(row.parents)), quote_literal(ledger::render_ids(row.depends_on)),
        quote_literal(row.message), quote_literal(row.checksums.raw), quote_literal(row.checksums.tokens),
        row.checksums.algorithm, quote_literal(ledger::name_of(row.state)), row.statements_done, since_begin(ledger),
        render_applied_by(row.applied_by), quote_literal(row.host), quote_literal(row.run_id),
        quote_literal(row.image_label), quote_literal(row.headgate_version), row.is_breaking,
        quote_literal(row.journal));
}

std::string make_complaint(std::string_view revision) {
    return std::format("headgate: not one row of the ledger for revision {} but ", revision);
}

std::string render_journal(std::string_view ledger, const UpdateJournal& update) {
    return require_one_row(
        std::format("UPDATE {} SET state = {}, statements_done = {}, journal = {}, checksum_raw = {}, checksum_tokens "
                    "= {}, checksum_algorithm = {}, duration_ms = {}, applied_at = pg_catalog.clock_timestamp() WHERE "
                    "revision = {} AND journal = {}",
                    ledger, quote_literal(ledger::name_of(update.state)), update.statements_done,
                    quote_literal(update.journal), quote_literal(update.checksums.raw),
                    quote_literal(update.checksums.tokens), update.checksums.algorithm, update.duration.count(),
                    quote_literal(update.revision), quote_literal(update.journal_before)),
        make_complaint(update.revision));
}

std::string raise(std::string_view code, const std::string& message) {
    return std::format("RAISE EXCEPTION USING ERRCODE = '{}', MESSAGE = {};", code, quote_literal(message));
}

std::string fail_plainly(std::string_view code, const std::string& message) {
    return std::format("({} || pg_catalog.clock_timestamp())::integer",
                       quote_literal(std::format("{} {} ", code, message)));
}

// A condition on all rows of the ledger.
std::string is_as_assumed(std::string_view ledger, const AssumedLedger& assumed) {
    if (const auto* foregoing = std::get_if<Foregoing>(&assumed)) {
        return std::format(
            "pg_catalog.count(*) = {} AND EXISTS (SELECT FROM (SELECT revision, run_id FROM {} ORDER BY sequence DESC "
            "LIMIT 1) AS last WHERE last.revision = {} AND last.run_id = {})",
            foregoing->rows, ledger, quote_literal(foregoing->revision), quote_literal(foregoing->run_id));
    }
    const auto& expected = std::get<ledger::Expectation>(assumed);
    return std::format("pg_catalog.count(*) = {} AND coalesce(pg_catalog.max(sequence), 0) = {}", expected.rows,
                       expected.last_sequence);
}

bool is_assumed_to_exist(const AssumedLedger& assumed) {
    const auto* expected = std::get_if<ledger::Expectation>(&assumed);
    return expected == nullptr || expected->exists;
}

std::string moved_message(std::string_view ledger) {
    return std::format("headgate: {} is not what the plan was made for", ledger);
}

std::string plpgsql_guard(std::string_view ledger, std::string_view schema, const AssumedLedger& assumed,
                          Locking locking) {
    const auto moved = raise(ledger_moved_code, moved_message(ledger));
    const auto notice = std::holds_alternative<Foregoing>(assumed)
                            ? std::format("RAISE INFO USING MESSAGE = {}; ", quote_literal(next_step_notice))
                            : std::string();
    // Each statement of the block sees what was committed when it starts, so the second sees the ledger under the lock.
    const auto lock = locking == Locking::held
                          ? std::string()
                          : std::format("IF NOT pg_catalog.pg_try_advisory_xact_lock({}) THEN {} END IF; ",
                                        lock_key(ledger), raise(lock_busy_code, busy_message(ledger)));
    const auto check =
        is_assumed_to_exist(assumed)
            ? std::format("IF NOT (SELECT {} FROM {}) THEN {} END IF;", is_as_assumed(ledger, assumed), ledger, moved)
            : std::format("IF {} THEN {} END IF; {};", table_exists(schema, ledger::table_name), moved,
                          PostgresDialect().create_ledger(ledger));
    return std::format("DO LANGUAGE plpgsql {}", quote_dollar(std::format("BEGIN {}{}{} END", notice, lock, check)));
}

std::vector<std::string> plain_guard(std::string_view ledger, const AssumedLedger& assumed, Locking locking) {
    std::vector<std::string> guard;
    if (locking == Locking::take) {
        guard.push_back(std::format("SELECT CASE WHEN pg_catalog.pg_try_advisory_xact_lock({}) THEN 1 ELSE {} END",
                                    lock_key(ledger), fail_plainly(lock_busy_code, busy_message(ledger))));
    }
    guard.push_back(is_assumed_to_exist(assumed)
                        ? std::format("SELECT CASE WHEN {} THEN 1 ELSE {} END FROM {}", is_as_assumed(ledger, assumed),
                                      fail_plainly(ledger_moved_code, moved_message(ledger)), ledger)
                        : PostgresDialect().create_ledger(ledger));
    return guard;
}

}  // namespace

std::string PostgresDialect::create_ledger(std::string_view qualified_name) const {
    return std::format(
        "CREATE TABLE {} (\n"
        "    sequence bigint GENERATED ALWAYS AS IDENTITY UNIQUE,\n"
        "    layout smallint NOT NULL,\n"
        "    kind text NOT NULL,\n"
        "    revision text PRIMARY KEY,\n"
        "    parents text NOT NULL,\n"
        "    depends_on text NOT NULL,\n"
        "    message text NOT NULL,\n"
        "    checksum_raw text NOT NULL,\n"
        "    checksum_tokens text NOT NULL,\n"
        "    checksum_algorithm smallint NOT NULL,\n"
        "    state text NOT NULL,\n"
        "    statements_done integer NOT NULL,\n"
        "    applied_at timestamptz NOT NULL,\n"
        "    duration_ms bigint NOT NULL,\n"
        "    applied_by text NOT NULL,\n"
        "    host text NOT NULL,\n"
        "    run_id text NOT NULL,\n"
        "    image_label text NOT NULL,\n"
        "    headgate_version text NOT NULL,\n"
        "    breaking boolean NOT NULL,\n"
        "    journal text NOT NULL\n"
        ")",
        qualified_name);
}

std::string PostgresDialect::change_ledger(std::string_view qualified_name, const LedgerChange& change) const {
    if (const auto* insert = std::get_if<InsertRow>(&change)) return render_insert(qualified_name, insert->row);
    if (const auto* remove = std::get_if<DeleteRow>(&change)) {
        return require_one_row(
            std::format("DELETE FROM {} WHERE revision = {}", qualified_name, quote_literal(remove->revision)),
            make_complaint(remove->revision));
    }
    if (const auto* journal = std::get_if<UpdateJournal>(&change)) return render_journal(qualified_name, *journal);
    const auto& update = std::get<UpdateChecksums>(change);
    return require_one_row(
        std::format(
            "UPDATE {} SET checksum_raw = {}, checksum_tokens = {}, checksum_algorithm = {} WHERE revision = {}",
            qualified_name, quote_literal(update.checksums.raw), quote_literal(update.checksums.tokens),
            update.checksums.algorithm, quote_literal(update.revision)),
        make_complaint(update.revision));
}

std::string PostgresDialect::select_ledger(std::string_view qualified_name) const {
    static constexpr std::string_view instant = "applied_at";
    std::string list(columns);
    list.replace(list.find(instant), instant.size(),
                 "pg_catalog.to_char(applied_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')");
    return std::format("SELECT {} FROM {} ORDER BY sequence", list, qualified_name);
}

std::string table_exists(std::string_view schema, std::string_view table) {
    return std::format(
        "EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = "
        "c.relnamespace WHERE n.nspname = {} AND c.relname = {})",
        quote_literal(schema), quote_literal(table));
}

std::string busy_message(std::string_view ledger) {
    return std::format("headgate: another headgate holds the lock of {}", ledger);
}

std::string qualify_ledger(std::string_view schema) {
    return std::format("{}.{}", sql::quote_identifier(schema), sql::quote_identifier(ledger::table_name));
}

std::int64_t lock_key(std::string_view qualified_name) {
    base::Sha256 hash;
    hash.add("headgate:");
    hash.add(qualified_name);
    const auto digits = hash.finish();
    std::uint64_t key = 0;
    std::from_chars(digits.data(), digits.data() + 16, key, 16);
    return std::bit_cast<std::int64_t>(key);
}

std::string lock_key_expression(std::string_view qualified_name_expression) {
    return std::format(
        "('x' || pg_catalog.substr(pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to("
        "'headgate:' || {}, 'UTF8')), 'hex'), 1, 16))::bit(64)::bigint",
        qualified_name_expression);
}

std::vector<std::string> guard_statements(std::string_view qualified_name, std::string_view schema,
                                          const AssumedLedger& assumed, Language language, Locking locking) {
    if (language == Language::plain) return plain_guard(qualified_name, assumed, locking);
    return {plpgsql_guard(qualified_name, schema, assumed, locking)};
}

std::string grant_reading(std::string_view qualified_name, std::string_view role, Language language) {
    const auto grant = std::format("GRANT SELECT ON {} TO {}", qualified_name, sql::quote_identifier(role));
    if (language == Language::plain) return grant;
    const auto name = quote_literal(role);
    const auto complaint = quote_literal(std::format("reader_roles names {}, and there is no such role", role));
    const auto body = std::format(
        "BEGIN IF {0} <> 'public' AND NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = {0}) THEN "
        "RAISE EXCEPTION USING ERRCODE = '42704', MESSAGE = {1}, HINT = 'create it, or take it out of reader_roles'; "
        "END IF; IF NOT pg_catalog.has_table_privilege({0}, {2}, 'SELECT') THEN {3}; END IF; END",
        name, complaint, quote_literal(qualified_name), grant);
    return std::format("DO LANGUAGE plpgsql {}", quote_dollar(body));
}

// The cast of a text that is no number fails, but only where it is evaluated: the count keeps it from being folded.
std::string require_one_row(std::string_view change, std::string_view complaint) {
    return std::format(
        "WITH changed AS ({} RETURNING 1) SELECT CASE WHEN pg_catalog.count(*) = 1 THEN 1 ELSE "
        "({} || pg_catalog.count(*))::integer END FROM changed",
        change, quote_literal(complaint));
}

std::string select_expectation(std::string_view qualified_name) {
    return std::format("SELECT pg_catalog.count(*), coalesce(pg_catalog.max(sequence), 0) FROM {}", qualified_name);
}

}  // namespace headgate::database::postgres
