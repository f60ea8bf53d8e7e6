// SPDX-License-Identifier: Apache-2.0
#include "database/postgres/postgres_connection.hpp"

#include <format>
#include <string_view>
#include <utility>

#include "base/error.hpp"
#include "database/postgres/attempts.hpp"
#include "database/postgres/exchange.hpp"
#include "database/postgres/ledger_fault.hpp"
#include "database/postgres/run_steps.hpp"
#include "database/postgres/server_error.hpp"
#include "database/postgres/statement_session.hpp"
#include "database/postgres/surroundings.hpp"
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

// Said at login since PostgreSQL 14; a pooler may go on saying so after a promotion.
bool PostgresConnection::is_writable() const {
    const char* standby = PQparameterStatus(raw_, "in_hot_standby");
    return options_.access == Access::read_write || standby == nullptr || std::string_view(standby) != "on";
}

LedgerAnswer PostgresConnection::ask_in_some_language(const LedgerQuestion& question, base::Stop stop) {
    try {
        return read_ledger_rows(raw_, question, language_, stop);
    } catch (const Error& error) {
        if (language_ == Language::plain || !says_no_plpgsql(error)) throw;
    }
    language_ = Language::plain;
    return read_ledger_rows(raw_, question, language_, stop);
}

LedgerAnswer PostgresConnection::ask_for_ledger(base::Stop stop) {
    make_ready(raw_, stop);
    const LedgerQuestion question{options_.ledger_schema, options_.role, options_.version_table,
                                  options_.version_table_schema};
    try {
        auto answer = ask_in_some_language(question, stop);
        if (answer.exists && answer.rows.empty()) check_rows_are_visible(raw_, question, answer.schema, stop);
        return answer;
    } catch (const Error& error) {
        throw explain_ledger_fault(raw_, question, error, stop);
    }
}

LedgerReading PostgresConnection::read_ledger(base::Stop stop) try {
    auto answer = ask_for_ledger(stop);
    schema_ = answer.schema;
    if (answer.versions) versions_ = answer.versions->qualified_name;
    return {answer.exists ? ledger::Ledger(std::move(answer.rows)) : ledger::Ledger(), qualify_ledger(schema_),
            std::move(answer.holder), std::move(answer.versions)};
} catch (const std::exception&) {
    rethrow_translated();
}

void PostgresConnection::find_schema(base::Stop stop) {
    if (!schema_.empty()) return;
    const auto answer = ask_for_ledger(stop);
    schema_ = answer.schema;
    if (answer.versions) versions_ = answer.versions->qualified_name;
}

Surroundings PostgresConnection::read_surroundings(base::Stop stop) try {
    find_schema(stop);
    make_ready(raw_, stop);
    return look_around(raw_, schema_, versions_, stop);
} catch (const std::exception&) {
    rethrow_translated();
}

StepFrame PostgresConnection::frame() const {
    return {schema_,   options_.application_name, options_.role, PQserverVersion(raw_),
            language_, options_.reader_roles,     Locking::take, options_.version_table,
            versions_, options_.variables};
}

StepsResult PostgresConnection::apply_steps(std::span<const StepScript> steps, const ledger::Expectation& expected,
                                            Progress& progress, base::Stop stop) {
    if (steps.empty()) return {.ledger = expected};
    try {
        find_schema(stop);
    } catch (const Error& error) {
        return not_begun(error, stop);
    }
    const StepSetting setting{raw_, frame(), nullptr};
    const auto& first = steps.front();
    WatchedProgress watched(progress, 0, {url_, options_, tag_of(first, setting.frame), first.lock_timeout});
    auto result = run_steps(setting, steps, expected, watched, stop);
    watched.finish();
    return result;
}

std::unique_ptr<StatementSession> PostgresConnection::try_begin_statements(std::string_view, const sql::Script& script,
                                                                           base::Stop stop) {
    find_schema(stop);
    make_ready(raw_, stop);
    auto lock = HeldLock::try_take(url_, options_, qualify_ledger(schema_), stop);
    if (!lock) return nullptr;
    const SessionPlace place{raw_, url_, options_};
    return std::make_unique<PostgresStatementSession>(place, frame(), std::move(lock), script, stop);
}

template <typename Work>
void PostgresConnection::try_attempts(Work work, base::Stop stop) {
    try {
        make_ready(raw_, stop);
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
