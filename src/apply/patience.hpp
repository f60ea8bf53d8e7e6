// SPDX-License-Identifier: Apache-2.0
// How long a run waits for others, and what it says meanwhile: for another gate's lock, and for locks on tables.
#pragma once

#include <optional>
#include <string>

#include "base/backoff.hpp"
#include "base/error.hpp"
#include "base/event.hpp"

namespace headgate::apply {

// Waiting for another headgate: pauses outside any transaction, so that nobody's index build waits for us.
class GatePatience {
public:
    GatePatience(base::Milliseconds gate_timeout, base::EventLog& log, base::Stop stop);

    // Throws Error(busy) when gate_timeout has passed since the first pause, Error(interrupted) for a signal.
    // `holder`: who has the lock, as far as it is known; empty otherwise.
    void pause(const std::string& holder);
    // We had the lock: what was waited for before is over.
    void begin_anew();

private:
    base::Milliseconds timeout_;
    base::EventLog& log_;
    base::Stop stop_;
    base::Backoff backoff_;
    std::optional<base::Clock::time_point> since_;
    base::Clock::time_point next_line_{};
};

// Trying a whole step again that met lock_timeout, a deadlock or a serialization failure.
class LockPatience {
public:
    // Pauses are at least as long as a step may queue, so that others get their turn.
    LockPatience(base::Milliseconds retry_timeout, base::Milliseconds lock_timeout, base::EventLog& log,
                 base::Stop stop);

    // Throws Error(busy), made from `reason`, when the next try would start after retry_timeout. `holder`: who was last
    // seen in the way; empty: nobody was.
    void pause(const std::string& revision, const base::Error& reason, const std::string& holder);

private:
    base::Milliseconds timeout_;
    base::EventLog& log_;
    base::Stop stop_;
    base::Backoff backoff_;
    std::optional<base::Clock::time_point> since_;
    std::int64_t attempt_ = 0;
    std::string holder_;
};

// Beginning a step again because the server, or the way to it, failed meanwhile. The step itself may be what brings its
// server down: that must not go on for ever.
class ServerPatience {
public:
    ServerPatience(base::Milliseconds retry_timeout, base::EventLog& log, base::Stop stop);

    // Throws an error made from `reason` when the next try would start after retry_timeout, which counts from the
    // revision's first failure after so many of its statements were done.
    void pause(const std::string& revision, int statements_done, const base::Error& reason);

private:
    base::Milliseconds timeout_;
    base::EventLog& log_;
    base::Stop stop_;
    std::string revision_;  // with the statements done, what the following is about
    int statements_done_ = 0;
    std::optional<base::Backoff> backoff_;
    base::Clock::time_point since_{};
    std::int64_t attempt_ = 0;
};

}  // namespace headgate::apply
