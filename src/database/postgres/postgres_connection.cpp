// SPDX-License-Identifier: Apache-2.0
#include "database/postgres/postgres_connection.hpp"

#include <format>
#include <string_view>
#include <utility>

#include "base/error.hpp"
#include "database/postgres/attempts.hpp"
#include "database/postgres/exchange.hpp"
#include "database/postgres/server_error.hpp"
#include "database/postgres/surroundings.hpp"
#include "database/postgres/tag.hpp"
#include "database/postgres/watched_progress.hpp"

namespace headgate::database::postgres {

namespace {

using base::Error;
using base::ErrorKind;

// libpqxx does not look whether a connection that it is given is a good one.
pqxx::connection seize(OwnedConnection session) try {
    if (PQstatus(session.get()) != CONNECTION_OK) throw make_lost_connection_error(session.get());
    return pqxx::connection::seize_raw_connection(session.release());
} catch (const std::exception&) {
    rethrow_translated();
}

bool has_setting(const PGconn* connection, const char* name, std::string_view value) {
    const char* reported = PQparameterStatus(connection, name);
    return reported != nullptr && value == reported;
}

// The language itself is not there, or its library cannot be loaded.
bool says_no_plpgsql(const Error& error) {
    return error.code == "42704" && error.message.contains("plpgsql");
}

}  // namespace

PostgresConnection::PostgresConnection(OwnedConnection session, const url::DatabaseUrl& url,
                                       const ConnectOptions& options)
    : raw_(session.get()), session_(seize(std::move(session))), url_(url), options_(options) {
    PQsetNoticeReceiver(raw_, [](void*, const PGresult*) {}, nullptr);
    if (PQsetnonblocking(raw_, 1) != 0) throw make_lost_connection_error(raw_);
}

std::string PostgresConnection::server_version() const {
    const char* version = PQparameterStatus(raw_, "server_version");
    return std::format("PostgreSQL {}", version == nullptr ? "" : version);
}

// Idle, and reading literals as headgate writes them. The server reports both settings by itself, also when a step's
// RESET ALL brings a role's own value back, so that this costs nothing where nothing is wrong.
void PostgresConnection::make_ready(base::Stop stop) {
    if (PQstatus(raw_) != CONNECTION_OK) throw make_lost_connection_error(raw_);
    if (PQtransactionStatus(raw_) != PQTRANS_IDLE) {
        throw Error(ErrorKind::unreachable, "the connection still waits for an answer: a new one is needed");
    }
    const auto ignore = [](std::size_t, const PGresult*) {};
    if (has_setting(raw_, "standard_conforming_strings", "off")) {
        exchange(raw_, "SET standard_conforming_strings = on", ignore, stop);
    }
    if (!has_setting(raw_, "client_encoding", "UTF8")) exchange(raw_, "SET client_encoding = 'UTF8'", ignore, stop);
}

LedgerAnswer PostgresConnection::ask_for_ledger(base::Stop stop) {
    make_ready(stop);
    const LedgerQuestion question{options_.ledger_schema, options_.role};
    try {
        return read_ledger_rows(raw_, question, language_, stop);
    } catch (const Error& error) {
        if (language_ == Language::plain || !says_no_plpgsql(error)) throw;
    }
    language_ = Language::plain;
    return read_ledger_rows(raw_, question, language_, stop);
}

LedgerReading PostgresConnection::read_ledger(base::Stop stop) try {
    auto answer = ask_for_ledger(stop);
    schema_ = answer.schema;
    return {answer.exists ? ledger::Ledger(std::move(answer.rows)) : ledger::Ledger(), qualify_ledger(schema_),
            std::move(answer.holder)};
} catch (const std::exception&) {
    rethrow_translated();
}

void PostgresConnection::find_schema(base::Stop stop) {
    if (schema_.empty()) schema_ = ask_for_ledger(stop).schema;
}

Surroundings PostgresConnection::read_surroundings(base::Stop stop) try {
    find_schema(stop);
    make_ready(stop);
    return look_around(raw_, schema_, stop);
} catch (const std::exception&) {
    rethrow_translated();
}

StepFrame PostgresConnection::frame() const {
    return {schema_, options_.application_name, options_.role, PQserverVersion(raw_), language_, options_.reader_roles};
}

StepOutcome PostgresConnection::run_step(const StepScript& step, std::size_t index, const ledger::Expectation& expected,
                                         Progress& progress, base::Stop stop) try {
    make_ready(stop);
    find_schema(stop);
    const auto tag = make_tag({qualify_ledger(schema_), step.label, 0, options_.application_name});
    WatchedProgress watched(progress, index, {url_, options_, tag, step.lock_timeout});
    auto outcome = StepRun(raw_, step, make_step_message(step, frame(), expected), watched, index, stop).run();
    watched.finish();
    return outcome;
} catch (const std::exception&) {
    rethrow_translated();
}

// Until the step is sent, a lost connection means that nothing was done; but the ledger is to be read again anyway.
StepOutcome PostgresConnection::apply_step(const StepScript& step, std::size_t index,
                                           const ledger::Expectation& expected, Progress& progress, base::Stop stop) {
    if (auto reason = find_stop_reason(stop)) return {StepEnd::rolled_back, std::move(reason), {}, {}};
    try {
        return run_step(step, index, expected, progress, stop);
    } catch (const Error& error) {
        const auto end = error.kind == ErrorKind::unreachable ? StepEnd::unknown : StepEnd::rolled_back;
        return {end, error, {}, {}};
    }
}

StepsResult PostgresConnection::apply_steps(std::span<const StepScript> steps, const ledger::Expectation& expected,
                                            Progress& progress, base::Stop stop) {
    StepsResult result;
    result.ledger = expected;
    for (const auto& step : steps) {
        auto outcome = apply_step(step, result.committed, result.ledger, progress, stop);
        result.end = outcome.end;
        result.error = std::move(outcome.error);
        if (outcome.end != StepEnd::committed) break;
        result.ledger = outcome.ledger;
        result.durations.push_back(outcome.duration);
        progress.step_committed(result.committed++, outcome.duration);
    }
    return result;
}

template <typename Work>
void PostgresConnection::try_attempts(Work work, base::Stop stop) {
    try {
        make_ready(stop);
        find_schema(stop);
        work(AttemptsPlace{schema_, options_.role});
    } catch (const std::exception&) {
        // A lost connection is found out by the next step.
    }
}

std::vector<Failure> PostgresConnection::read_failures(base::Stop stop) {
    std::vector<Failure> failures;
    try_attempts([&](const auto& place) { failures = read_attempts(raw_, place, language_, stop); }, stop);
    return failures;
}

void PostgresConnection::remember_failure(const Failure& failure, base::Stop stop) {
    try_attempts([&](const auto& place) { write_attempt(raw_, place, failure, stop); }, stop);
}

void PostgresConnection::forget_failure(const std::string& revision, base::Stop stop) {
    try_attempts([&](const auto& place) { delete_attempt(raw_, place, revision, stop); }, stop);
}

}  // namespace headgate::database::postgres
