// SPDX-License-Identifier: Apache-2.0
// Runs one step: sends its message, reads every result to the end, and says truthfully how the step ended. The tag of
// COMMIT is the truth about success; an error from the server is the truth about a rollback; anything else is unknown.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "database/connection.hpp"
#include "database/postgres/handles.hpp"
#include "database/postgres/server_error.hpp"
#include "database/postgres/step_message.hpp"
#include "database/postgres/step_watch.hpp"

namespace headgate::database::postgres {

struct StepOutcome {
    StepEnd end = StepEnd::unknown;
    std::optional<base::Error> error;
    ledger::Expectation ledger;      // where committed
    base::Milliseconds duration{0};  // where committed
};

class StepRun {
public:
    // The references outlive the run. The connection is idle, non-blocking, and lent to this run alone.
    // `lock`: held for this step by another session; null: the step takes it itself.
    StepRun(PGconn* connection, const StepScript& step, StepMessage message, Progress& progress, std::size_t index,
            base::Stop stop, HeldLock* lock = nullptr);
    StepOutcome run();

private:
    enum class Sent { whole, not_whole };

    Sent send();
    bool flush();
    void read_results();
    bool wait_while_busy();
    void take(const PGresult* result);
    void take_row(const PGresult* row);
    void take_failure(const PGresult* result);
    void send_copy_data();
    void end_copy(const char* complaint);
    void drop_copy_data();
    void roll_back();
    StepOutcome conclude();
    StepOutcome conclude_failure(const ServerError& failure);
    bool is_done() const;
    const sql::Statement* current_statement() const;
    static void take_notice(void* run, const PGresult* notice);

    PGconn* connection_;
    const StepScript& step_;
    StepMessage message_;
    Progress& progress_;
    std::size_t index_;
    StepWatch watch_;
    bool is_lost_ = false;       // the connection, or the hope for an answer
    std::size_t completed_ = 0;  // statements of the message that have their result
    std::string last_tag_;
    std::optional<ServerError> failure_;
    ledger::Expectation ledger_;
    std::optional<base::Milliseconds> duration_;
};

// The step, from its message to its end. Never throws for what happens to it.
StepOutcome run_step(PGconn* connection, const StepScript& step, const StepFrame& frame,
                     const ledger::Expectation& expected, Progress& progress, base::Stop stop, HeldLock* lock = nullptr,
                     std::size_t index = 0);

// Until a step is sent, a lost connection means that nothing was done; but the ledger is to be read again anyway.
StepOutcome not_begun(const base::Error& error, const base::Stop& stop);

}  // namespace headgate::database::postgres
