// SPDX-License-Identifier: Apache-2.0
// PostgreSQL's part of a revision with `transaction = false`. The statements run on the run's own connection, the lock
// is held by a second one.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "database/postgres/held_lock.hpp"
#include "database/postgres/index_check.hpp"
#include "database/postgres/run_steps.hpp"
#include "database/postgres/step_message.hpp"
#include "database/postgres/watched_progress.hpp"
#include "database/statement_session.hpp"

namespace headgate::database::postgres {

// The run's own connection, and how to reach its server again. Outlives the session.
struct SessionPlace {
    PGconn* connection;
    const url::DatabaseUrl& url;
    const ConnectOptions& options;
};

class PostgresStatementSession final : public StatementSession {
public:
    // The connection is ready. Throws where the script could not be run through it as it stands.
    PostgresStatementSession(const SessionPlace& place, StepFrame frame, std::unique_ptr<HeldLock> lock,
                             const sql::Script& script, base::Stop stop);

    std::optional<Session> find_left_behind(std::string_view revision, base::Stop stop) override;
    StepsResult run_in_transaction(const StepScript& step, const ledger::Expectation& expected, Progress& progress,
                                   base::Stop stop) override;
    std::string note_before(const LooseStatement& statement, base::Stop stop) override;
    AloneResult run_alone(const LooseStatement& statement, Progress& progress, base::Stop stop) override;
    Outcome find_outcome(const LooseStatement& statement, const std::string& note, base::Stop stop) override;

private:
    void check_surroundings(const sql::Script& script, base::Stop stop);
    void check_lock_while_waiting();
    void set_up(const LooseStatement& statement, base::Stop stop);
    void reset(base::Stop stop);
    WatchedProgress watch(Progress& progress, const StepScript& step) const;
    StepsResult send_alone(const StepScript& step, Progress& progress, base::Stop stop);
    AloneResult conclude(const LooseStatement& statement, base::Stop stop);
    std::optional<base::Error> find_index_fault(const LooseStatement& statement, base::Stop stop);
    Outcome find_build_outcome(const LooseStatement& statement, const std::string& note, base::Stop stop);
    void drop_invalid(const IndexLook& index, const LooseStatement& statement, base::Stop stop);

    SessionPlace place_;
    PGconn* connection_;
    StepFrame frame_;
    std::unique_ptr<HeldLock> lock_;
    bool is_pooled_ = false;  // the settings of its sessions are not ours to change
};

}  // namespace headgate::database::postgres
