// SPDX-License-Identifier: Apache-2.0
// Waits for the server while a step runs: tells that it still runs, and when it is time to stop has the server cancel
// what it does and waits, for a bounded time, for its answer.
#pragma once

#include <cstddef>
#include <optional>

#include "database/connection.hpp"
#include "database/postgres/handles.hpp"
#include "database/postgres/held_lock.hpp"

namespace headgate::database::postgres {

// Why a stop was requested, as the error that the step ends with. Empty: it was not.
std::optional<base::Error> find_stop_reason(const base::Stop& stop);

// Without the lock another gate may begin: this one must not go on.
base::Error make_lock_lost_error();

class StepWatch {
public:
    // `first_tick`: when it is first told that the step still runs; then every second. `lock`: when it is lost, the
    // step is stopped; null: the step has its own.
    StepWatch(PGconn* connection, Progress& progress, std::size_t index, base::Stop stop, base::Milliseconds first_tick,
              HeldLock* lock);

    // Waits for the connection's socket (events of poll.h). False: the cancelled server does not answer.
    bool wait_for(short events);
    // The next step of the same text runs now.
    void begin_next();
    // Why the step is being stopped; set as soon as the cancel was sent.
    const std::optional<base::Error>& stop_reason() const { return stop_reason_; }
    base::Milliseconds elapsed() const;
    // What still ends a wait for the server.
    const base::Stop& stop() const { return stop_; }

private:
    void tick();
    void stop_because(std::optional<base::Error> reason);
    bool cancel();  // false: the server did not take it

    PGconn* connection_;
    Progress& progress_;
    std::size_t index_;
    base::Stop stop_;
    HeldLock* lock_;
    base::Milliseconds first_tick_;
    base::Clock::time_point start_ = base::Clock::now();
    base::Clock::time_point next_tick_;
    std::optional<base::Error> stop_reason_;
};

}  // namespace headgate::database::postgres
