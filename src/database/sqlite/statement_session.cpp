// SPDX-License-Identifier: Apache-2.0
#include "database/sqlite/statement_session.hpp"

#include <utility>

#include "base/error.hpp"
#include "database/sqlite/errors.hpp"
#include "database/sqlite/script_run.hpp"

namespace headgate::database::sqlite {

SqliteStatementSession::SqliteStatementSession(SqliteConnection& connection, SidecarLock lock)
    : connection_(connection), lock_(std::move(lock)) {
    connection_.note_sidecar(true);
}

// What the PRAGMAs did to the connection ends with it.
SqliteStatementSession::~SqliteStatementSession() {
    connection_.close();
    connection_.note_sidecar(false);
}

std::optional<Session> SqliteStatementSession::find_left_behind(std::string_view, base::Stop) {
    return std::nullopt;
}

StepsResult SqliteStatementSession::run_in_transaction(const StepScript& step, const ledger::Expectation& expected,
                                                       Progress& progress, base::Stop stop) {
    try {
        run_settings(step.script, progress, stop);
    } catch (const base::Error& error) {
        return {.committed = 0, .end = StepEnd::rolled_back, .error = error, .ledger = expected, .durations = {}};
    }
    auto inside = step;
    std::erase_if(inside.script.statements,
                  [](const auto& statement) { return statement.kind == sql::StatementKind::pragma; });
    auto result = connection_.apply_steps({&inside, 1}, expected, progress, stop);
    if (!connection_.is_open()) settled_ = 0;
    return result;
}

std::string SqliteStatementSession::note_before(const LooseStatement&, base::Stop) {
    return "";
}

AloneResult SqliteStatementSession::run_alone(const LooseStatement& statement, Progress& progress, base::Stop stop) {
    try {
        run_settings(statement.script, progress, stop);
        run_one(statement.script, statement.statement(), progress, stop);
        return {AloneEnd::done, std::nullopt};
    } catch (const base::Error& error) {
        return {AloneEnd::failed, error};
    } catch (const SQLite::Exception& failure) {
        return {AloneEnd::failed, translate(failure, connection_.path())};
    }
}

Outcome SqliteStatementSession::find_outcome(const LooseStatement&, const std::string&, base::Stop) {
    return Outcome::not_done;
}

// The PRAGMAs before the last statement, which is the one that is meant.
void SqliteStatementSession::run_settings(const sql::Script& script, Progress& progress, base::Stop stop) {
    for (std::size_t i = 0; i + 1 < script.statements.size(); ++i) {
        const auto& setting = script.statements[i];
        const bool holds = connection_.is_open() && setting.body_offset < settled_;
        if (setting.kind != sql::StatementKind::pragma || holds) continue;
        run_one(script, setting, progress, stop);
    }
}

void SqliteStatementSession::run_one(const sql::Script& script, const sql::Statement& statement, Progress& progress,
                                     base::Stop stop) {
    auto& database = connection_.opened(IfMissing::create);
    Watch watch(database.getHandle(), stop, [&](base::Milliseconds so_far) { progress.still_running(0, so_far); });
    sql::Script one = script;
    one.statements = {statement};
    run_alone_script(database.getHandle(), one, watch, stop);
    if (statement.kind == sql::StatementKind::pragma) settled_ = statement.body_offset + 1;
}

}  // namespace headgate::database::sqlite
