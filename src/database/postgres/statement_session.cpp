// SPDX-License-Identifier: Apache-2.0
#include "database/postgres/statement_session.hpp"

#include <format>
#include <string_view>
#include <utility>
#include <vector>

#include <pqxx/strconv>

#include "base/error.hpp"
#include "database/postgres/alone_statement.hpp"
#include "database/postgres/exchange.hpp"
#include "database/postgres/server_error.hpp"
#include "database/postgres/tag.hpp"
#include "sql/quote.hpp"

namespace headgate::database::postgres {

namespace {

using base::Error;
using base::ErrorKind;

// What is done is seen to its end even while the run is being stopped.
constexpr std::chrono::seconds time_to_conclude{10};

void ignore_row(std::size_t, const PGresult*) {}

bool has_settings(const sql::Script& script) {
    for (const auto& statement : script.statements) {
        if (statement.kind == sql::StatementKind::setting) return true;
    }
    return false;
}

Error make_pool_error(std::string_view what) {
    return Error(ErrorKind::bad_configuration,
                 std::format("a connection pooler is in between, and through it {}", what))
        .with_hint("a revision with transaction = false needs the server itself: let HEADGATE_DATABASE_URL name it");
}

StepScript as_step(const LooseStatement& statement) {
    return {.label = statement.revision, .statement = statement.number, .script = statement.script, .changes = {}};
}

sql::Script make_script(const LooseStatement& origin, std::string text) {
    sql::Script script{origin.script.file, origin.script.first_line, std::move(text), {}};
    sql::Statement whole;
    whole.size = whole.body_size = script.text.size();
    script.statements.push_back(whole);
    return script;
}

// Whether an error can have left something of the statement behind, and whether that can be found.
AloneEnd end_after_error(AloneNature nature) {
    switch (nature) {
        case AloneNature::repeatable:
        case AloneNature::atomic:
            return AloneEnd::failed;
        case AloneNature::index_build:
        case AloneNature::index_drop:
            return AloneEnd::failed_late;
        case AloneNature::open_ended:
            break;
    }
    return AloneEnd::failed_open;
}

}  // namespace

PostgresStatementSession::PostgresStatementSession(const SessionPlace& place, StepFrame frame,
                                                   std::unique_ptr<HeldLock> lock, const sql::Script& script,
                                                   base::Stop stop)
    : place_(place), connection_(place.connection), frame_(std::move(frame)), lock_(std::move(lock)) {
    frame_.locking = Locking::held;
    check_surroundings(script, stop);
}

// A pooler gives its own process numbers to its clients. Whether it keeps one session for us cannot be seen, so no
// setting of a session can be relied on, or be left behind for somebody else.
void PostgresStatementSession::check_surroundings(const sql::Script& script, base::Stop stop) try {
    bool has_time_limit = false;
    exchange(
        connection_,
        "SELECT pg_catalog.pg_backend_pid(), pg_catalog.current_setting('lock_timeout') <> '0' OR "
        "pg_catalog.current_setting('statement_timeout') <> '0'",
        [&](std::size_t, const PGresult* row) {
            is_pooled_ = pqxx::from_string<int>(PQgetvalue(row, 0, 0)) != PQbackendPID(connection_);
            has_time_limit = *PQgetvalue(row, 0, 1) == 't';
        },
        stop.within(time_for_second_connection));
    if (!is_pooled_) return;
    if (!frame_.role.empty()) throw make_pool_error(std::format("the role {} cannot be taken on", frame_.role));
    if (!frame_.variables.empty()) throw make_pool_error("what -x gives cannot be set");
    if (has_settings(script)) throw make_pool_error("the SET of the script would not hold");
    if (has_time_limit) throw make_pool_error("lock_timeout and statement_timeout cannot be switched off");
} catch (const Error& error) {
    if (error.kind != ErrorKind::unreachable || stop.is_requested()) throw;
    throw make_second_connection_error(error);
}

// Nothing was begun yet: where the lock is lost, all of it can be tried again.
void PostgresStatementSession::check_lock_while_waiting() {
    if (!lock_->is_lost()) return;
    auto error = make_lock_lost_error();
    error.kind = ErrorKind::unreachable;
    throw error;
}

std::optional<Session> PostgresStatementSession::find_left_behind(std::string_view revision, base::Stop stop) {
    check_lock_while_waiting();
    std::optional<Session> found;
    const auto query = std::format(
        "SELECT pg_catalog.format('pid %s, left behind by a killed client, since %s UTC, %s', a.pid, "
        "pg_catalog.to_char("
        "a.query_start AT TIME ZONE 'UTC', 'HH24:MI:SS'), pg_catalog.substr(a.query, 1, 100)) FROM "
        "pg_catalog.pg_stat_activity a WHERE a.pid <> pg_catalog.pg_backend_pid() AND a.state <> 'idle' AND "
        "a.datname = pg_catalog.current_database() AND pg_catalog.starts_with(a.query, {})",
        sql::quote_literal(make_tag_start(qualify_ledger(frame_.schema), revision)));
    exchange(
        connection_, query, [&](std::size_t, const PGresult* row) { found = Session{PQgetvalue(row, 0, 0)}; }, stop);
    return found;
}

StepsResult PostgresStatementSession::run_in_transaction(const StepScript& step, const ledger::Expectation& expected,
                                                         Progress& progress, base::Stop stop) {
    if (lock_->is_lost()) {
        return {.committed = 0, .end = StepEnd::rolled_back, .error = make_lock_lost_error(), .ledger = expected};
    }
    auto watched = watch(progress, step);
    auto result = run_steps({connection_, frame_, lock_.get()}, {&step, 1}, expected, watched, stop);
    watched.finish();
    return result;
}

// No time-out may end a build half way, and a lock that is waited for is better than an invalid index.
void PostgresStatementSession::set_up(const LooseStatement& statement, base::Stop stop) {
    if (is_pooled_) return;
    std::string ours =
        "SET lock_timeout = 0; SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0; "
        "SET default_transaction_read_only = off";
    if (frame_.server_version >= 170000) ours += "; SET transaction_timeout = 0";
    for (const auto& sql : set_variables(frame_, Scope::session)) ours += "; " + sql;
    if (!frame_.role.empty()) ours += std::format("; SET ROLE {}", sql::quote_identifier(frame_.role));
    exchange(connection_, ours, ignore_row, stop);
    const auto& script = statement.script;
    for (std::size_t i = 0; i + 1 < script.statements.size(); ++i) {
        const auto& setting = script.statements[i];
        try {
            exchange(connection_, std::string(setting.body(script.text)), ignore_row, stop);
        } catch (Error& error) {
            if (error.kind == ErrorKind::database_refused) error.kind = ErrorKind::step_failed;
            throw std::move(error).at(script.spot_of(setting.body_offset));
        }
    }
}

void PostgresStatementSession::reset(base::Stop stop) {
    if (!is_pooled_ && PQtransactionStatus(connection_) == PQTRANS_IDLE) {
        exchange(connection_, make_reset_message(), ignore_row, stop);
    }
}

std::string PostgresStatementSession::note_before(const LooseStatement& statement, base::Stop stop) {
    const auto index = sql::read_concurrent_index(statement.body());
    if (!index) return "";
    set_up(statement, stop);
    const bool is_build = index->action == sql::ConcurrentIndex::Action::create;
    auto note = is_build ? note_index(connection_, *index, stop) : note_drop(connection_, *index, stop);
    reset(stop);
    return note;
}

AloneResult PostgresStatementSession::run_alone(const LooseStatement& statement, Progress& progress, base::Stop stop) {
    try {
        if (lock_->is_lost()) throw make_lock_lost_error();
        set_up(statement, stop);
    } catch (const Error& error) {
        return {AloneEnd::failed, error};
    }
    auto outcome = send_alone(as_step(statement), progress, stop);
    if (outcome.end == StepEnd::unknown) return {AloneEnd::unknown, std::move(outcome.error)};
    if (outcome.end != StepEnd::committed) {
        return {end_after_error(nature_of(statement.body())), std::move(outcome.error)};
    }
    return conclude(statement, stop.undoing_within(time_to_conclude));
}

// The server said that it is done: only an invalid index takes that back.
AloneResult PostgresStatementSession::conclude(const LooseStatement& statement, base::Stop stop) {
    std::optional<Error> fault;
    try {
        fault = find_index_fault(statement, stop);
    } catch (const Error& error) {
        return {AloneEnd::unknown, error};
    }
    try {
        reset(stop);
    } catch (const Error&) {  // NOLINT(bugprone-empty-catch): of what has become of the connection, the record tells
    }
    return {fault ? AloneEnd::failed : AloneEnd::done, std::move(fault)};
}

StepsResult PostgresStatementSession::send_alone(const StepScript& step, Progress& progress, base::Stop stop) {
    auto watched = watch(progress, step);
    auto result =
        StepRun(connection_, {&step, 1}, {make_alone_message(step, frame_)}, watched, 0, stop, lock_.get()).run();
    watched.finish();
    return result;
}

WatchedProgress PostgresStatementSession::watch(Progress& progress, const StepScript& step) const {
    return WatchedProgress(progress, 0, {place_.url, place_.options, tag_of(step, frame_), step.lock_timeout});
}

// IF NOT EXISTS takes an invalid index of that name for a good one.
std::optional<Error> PostgresStatementSession::find_index_fault(const LooseStatement& statement, base::Stop stop) {
    const auto index = sql::read_concurrent_index(statement.body());
    if (!index || index->action != sql::ConcurrentIndex::Action::create) return std::nullopt;
    const auto found = look_at_index(connection_, *index, stop);
    if (found.state != IndexState::invalid) return std::nullopt;
    return Error(ErrorKind::step_failed,
                 std::format("the index {} is there but invalid, and this run did not build it", found.qualified_name))
        .at(statement.script.spot_of(statement.statement().body_offset))
        .with_hint(std::format("DROP INDEX CONCURRENTLY {}; then start again", found.qualified_name));
}

Outcome PostgresStatementSession::find_outcome(const LooseStatement& statement, const std::string& note,
                                               base::Stop stop) {
    switch (nature_of(statement.body())) {
        case AloneNature::index_build:
            return find_build_outcome(statement, note, stop);
        case AloneNature::index_drop:
            return is_still_there(connection_, note, stop) ? Outcome::not_done : Outcome::done;
        case AloneNature::repeatable:
            return Outcome::not_done;
        case AloneNature::atomic:
        case AloneNature::open_ended:
            break;
    }
    return Outcome::unprovable;
}

Outcome PostgresStatementSession::find_build_outcome(const LooseStatement& statement, const std::string& note,
                                                     base::Stop stop) {
    const auto found = look_at_index(connection_, note, *sql::read_concurrent_index(statement.body()), stop);
    if (!found) return Outcome::not_done;
    switch (found->state) {
        case IndexState::absent:
            return Outcome::not_done;
        case IndexState::valid:
            return Outcome::done;
        case IndexState::invalid:
            drop_invalid(*found, statement, stop);
            return Outcome::not_done;
        case IndexState::in_work:
        case IndexState::not_ours_to_mend:
            break;
    }
    return Outcome::unprovable;
}

void PostgresStatementSession::drop_invalid(const IndexLook& index, const LooseStatement& statement, base::Stop stop) {
    class Silent final : public Progress {
        void step_committed(std::size_t, base::Milliseconds) override {}
        void still_running(std::size_t, base::Milliseconds) override {}
        void notice(std::size_t, std::string_view, std::string_view) override {}
    } silent;
    auto drop = as_step(statement);
    drop.script = make_script(statement, std::format("DROP INDEX CONCURRENTLY {}", index.qualified_name));
    set_up({statement.revision, statement.number, drop.script}, stop);
    auto outcome = send_alone(drop, silent, stop);
    reset(stop);
    if (outcome.end == StepEnd::committed) return;
    auto error = *std::move(outcome.error);
    error.message = std::format("the invalid index {} of a build that was cut could not be dropped: {}",
                                index.qualified_name, error.message);
    throw error;
}

}  // namespace headgate::database::postgres
