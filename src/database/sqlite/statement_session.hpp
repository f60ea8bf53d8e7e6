// SPDX-License-Identifier: Apache-2.0
// SQLite's part of a revision with `transaction = false`: VACUUM, and PRAGMAs that mean nothing inside a transaction.
// Nothing outlives the process here, and all of these can be run again.
#pragma once

#include "database/sqlite/connection.hpp"
#include "database/sqlite/sidecar_lock.hpp"
#include "database/statement_session.hpp"

namespace headgate::database::sqlite {

class SqliteStatementSession final : public StatementSession {
public:
    SqliteStatementSession(SqliteConnection& connection, SidecarLock lock);
    ~SqliteStatementSession() override;
    SqliteStatementSession(const SqliteStatementSession&) = delete;
    SqliteStatementSession& operator=(const SqliteStatementSession&) = delete;

    std::optional<Session> find_left_behind(std::string_view revision, base::Stop stop) override;
    StepsResult run_in_transaction(const StepScript& step, const ledger::Expectation& expected, Progress& progress,
                                   base::Stop stop) override;
    std::string note_before(const LooseStatement& statement, base::Stop stop) override;
    AloneResult run_alone(const LooseStatement& statement, Progress& progress, base::Stop stop) override;
    Outcome find_outcome(const LooseStatement& statement, const std::string& note, base::Stop stop) override;

private:
    void run_settings(const sql::Script& script, Progress& progress, base::Stop stop);
    void run_one(const sql::Script& script, const sql::Statement& statement, Progress& progress, base::Stop stop);

    SqliteConnection& connection_;
    SidecarLock lock_;
    std::size_t settled_ = 0;  // PRAGMAs up to this offset hold in the connection
};

}  // namespace headgate::database::sqlite
