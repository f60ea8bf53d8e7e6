// SPDX-License-Identifier: Apache-2.0
#include "database/postgres/attempts.hpp"

#include <chrono>
#include <format>

#include <pqxx/strconv>

#include "base/error.hpp"
#include "database/postgres/exchange.hpp"
#include "sql/quote.hpp"

namespace headgate::database::postgres {

namespace {

using sql::quote_literal;

constexpr std::chrono::seconds time_for_rollback{2};

std::string qualify(const AttemptsPlace& place) {
    return std::format("{}.{}", sql::quote_identifier(place.schema), sql::quote_identifier(attempts_table_name));
}

std::string select_failures(const std::string& table) {
    return std::format(
        "SELECT revision, checksum, host, run_id, code, error, pg_catalog.to_char(failed_at AT TIME ZONE 'UTC', "
        "'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), (extract(epoch FROM pg_catalog.clock_timestamp() - failed_at) * "
        "1000)::pg_catalog.int8 FROM {}",
        table);
}

Failure read_failure(const PGresult* row) {
    const auto text = [row](int column) { return std::string(PQgetvalue(row, 0, column)); };
    return {.revision = text(0),
            .checksum = text(1),
            .host = text(2),
            .run_id = text(3),
            .code = text(4),
            .error = text(5),
            .failed_at = text(6),
            .age = base::Milliseconds(pqxx::from_string<std::int64_t>(PQgetvalue(row, 0, 7)))};
}

// Nobody who has locked the table holds up a step.
std::string settings_expression(const AttemptsPlace& place) {
    return std::format("pg_catalog.set_config('lock_timeout', '1s', true), pg_catalog.set_config('role', {}, true)",
                       place.role.empty() ? "pg_catalog.current_setting('role')" : quote_literal(place.role));
}

// As the ledger is read: a block finds the table and opens a cursor on it or on nothing.
std::string make_block(const AttemptsPlace& place) {
    const auto table = qualify(place);
    const auto body = std::format(
        "DECLARE hg_rows refcursor := 'headgate_failures'; BEGIN PERFORM {}; "
        "IF pg_catalog.to_regclass({}) IS NULL THEN OPEN hg_rows FOR SELECT 1 WHERE false; "
        "ELSE OPEN hg_rows FOR EXECUTE {}; END IF; END",
        settings_expression(place), quote_literal(table), quote_literal(select_failures(table)));
    return std::format("DO LANGUAGE plpgsql {}; FETCH ALL FROM headgate_failures", sql::quote_dollar(body));
}

bool is_table_there(PGconn* connection, const AttemptsPlace& place, base::Stop stop) {
    bool is_there = false;
    exchange(
        connection, std::format("SELECT 1 WHERE pg_catalog.to_regclass({}) IS NOT NULL", quote_literal(qualify(place))),
        [&](std::size_t, const PGresult*) { is_there = true; }, stop);
    return is_there;
}

// Nothing waits for the disk: a row that a crash of the server loses is no loss. `statements` end with a semicolon.
void change(PGconn* connection, const AttemptsPlace& place, const std::string& statements, base::Stop stop) {
    const auto ignore = [](std::size_t, const PGresult*) {};
    const auto message = std::format(
        "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SET LOCAL synchronous_commit = off; "
        "SET LOCAL statement_timeout = '2s'; SELECT {}; {} COMMIT",
        settings_expression(place), statements);
    try {
        exchange(connection, message, ignore, stop);
    } catch (const base::Error&) {
        if (PQtransactionStatus(connection) == PQTRANS_INERROR) {
            exchange(connection, "ROLLBACK", ignore, base::Stop().within(time_for_rollback));
        }
        throw;
    }
}

}  // namespace

std::vector<Failure> read_attempts(PGconn* connection, const AttemptsPlace& place, Language language, base::Stop stop) {
    std::vector<Failure> failures;
    const auto take = [&](std::size_t statement, const PGresult* row) {
        if (statement == 1) failures.push_back(read_failure(row));
    };
    if (language == Language::plpgsql) {
        exchange(connection, make_block(place), take, stop);
    } else if (is_table_there(connection, place, stop)) {
        exchange(connection, std::format("SELECT {}; {}", settings_expression(place), select_failures(qualify(place))),
                 take, stop);
    }
    return failures;
}

// A primary key, because without one a publication of all tables refuses to delete.
void write_attempt(PGconn* connection, const AttemptsPlace& place, const Failure& failure, base::Stop stop) {
    change(connection, place,
           std::format(
               "CREATE TABLE IF NOT EXISTS {0} (revision text PRIMARY KEY, checksum text NOT NULL, host text NOT NULL, "
               "run_id text NOT NULL, code text NOT NULL, error text NOT NULL, failed_at timestamptz NOT NULL); "
               "DELETE FROM {0} WHERE revision = {1} OR failed_at < pg_catalog.clock_timestamp() - '1 day'::interval; "
               "INSERT INTO {0} (revision, checksum, host, run_id, code, error, failed_at) VALUES "
               "({1}, {2}, {3}, {4}, {5}, {6}, pg_catalog.clock_timestamp());",
               qualify(place), quote_literal(failure.revision), quote_literal(failure.checksum),
               quote_literal(failure.host), quote_literal(failure.run_id), quote_literal(failure.code),
               quote_literal(failure.error)),
           stop);
}

void delete_attempt(PGconn* connection, const AttemptsPlace& place, const std::string& revision, base::Stop stop) {
    change(connection, place,
           std::format("DELETE FROM {} WHERE revision = {};", qualify(place), quote_literal(revision)), stop);
}

}  // namespace headgate::database::postgres
