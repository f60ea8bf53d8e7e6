// SPDX-License-Identifier: Apache-2.0
// Runs steps that are sent as one text: reads every result to the end, and says truthfully how it ended. The tag of a
// COMMIT is the truth about success; an error from the server is the truth about a rollback; anything else is unknown.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "database/connection.hpp"
#include "database/postgres/handles.hpp"
#include "database/postgres/server_error.hpp"
#include "database/postgres/step_message.hpp"
#include "database/postgres/step_watch.hpp"

namespace headgate::database::postgres {

class StepRun {
public:
    // The references outlive the run. The connection is idle, non-blocking, and lent to this run alone. `messages` are
    // those of the steps; the first one holds the text. `first_index`: what the first step is called to `progress`.
    // `lock`: held for these steps by another session; null: each takes it itself.
    StepRun(PGconn* connection, std::span<const StepScript> steps, std::vector<StepMessage> messages,
            Progress& progress, std::size_t first_index, base::Stop stop, HeldLock* lock);
    StepsResult run();

    // The server reads a whole text before it runs any of it: what is wrong in the last step keeps the first one from
    // beginning.
    bool was_begun() const { return completed_ > 0 || result_.committed > 0; }

private:
    enum class Sent { whole, not_whole };

    Sent send();
    void read_results();
    bool wait_while_busy();
    void take(const PGresult* result);
    void take_row(const PGresult* row);
    void take_end(const PGresult* result);
    void take_commit();
    void take_failure(const PGresult* result);
    void roll_back();
    void conclude();
    void conclude_failure();
    const StepScript& step() const { return steps_[result_.committed]; }
    const StepMessage& message() const { return messages_[result_.committed]; }
    Section section() const;
    std::optional<std::string_view> copy_data() const;
    static void take_notice(void* run, const PGresult* notice);

    PGconn* connection_;
    std::span<const StepScript> steps_;
    std::vector<StepMessage> messages_;
    Progress& progress_;
    std::size_t first_index_;
    StepWatch watch_;
    bool is_lost_ = false;       // the connection, or the hope for an answer
    std::size_t completed_ = 0;  // statements of this step's message that have their result
    std::string last_tag_;
    std::optional<ServerError> failure_;
    ledger::Expectation ledger_;
    std::optional<base::Milliseconds> duration_;
    StepsResult result_;  // as far as it is known
};

}  // namespace headgate::database::postgres
