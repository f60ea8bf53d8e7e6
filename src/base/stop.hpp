// SPDX-License-Identifier: Apache-2.0
// When to give up: a deadline, and the signals that ask the process to end. Everything that waits takes
// a Stop and waits on nothing else, so that no wait is unbounded and none survives a SIGTERM.
//
// The ending signals are blocked for the whole process (process/signals.hpp). What came of them is kept, so any
// number of places can see the same one. Copy freely, the copies see the same signals; used from one thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>

namespace headgate::base {

using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::milliseconds;

// For an error that the deadline of the whole run is the cause of.
inline constexpr std::string_view deadline_hint =
    "the setting deadline is the time for the whole run; on App Service it is the platform's limit less "
    "startup_reserve";

class Stop {
public:
    enum class Wake { ready, deadline, signal };

    // Never by itself: no deadline, no signals.
    Stop() = default;
    // `signal_fd` becomes readable when a signal asks us to end (a signalfd; not owned, -1 for none). What it holds is
    // read; the end of a pipe that is closed stays readable, and so ends waits without being a signal.
    Stop(int signal_fd, Clock::time_point deadline);

    // The same signals, and whichever deadline is earlier.
    Stop until(Clock::time_point deadline) const;
    Stop within(Clock::duration time) const { return until(Clock::now() + time); }
    // For undoing things after a request to end: a time of its own, deaf to the signals that came so far. A further one
    // ends it, so that whoever asks twice does not wait.
    Stop undoing_within(Clock::duration time) const;

    Clock::time_point deadline() const { return deadline_; }
    bool is_past_deadline() const { return Clock::now() >= deadline_; }
    // The signal that asked us to end, if one did.
    std::optional<int> pending_signal() const;
    // A signal or the deadline: time to stop whatever goes on.
    bool is_requested() const { return is_past_deadline() || pending_signal().has_value(); }

    // Waits until `fd` is ready for `events` (poll.h), the deadline passes or a signal comes.
    // `fd` may be -1: then only the other two. Never throws.
    Wake wait_for(int fd, short events) const;
    // The same, but also comes back (as `deadline`) after `at_most`.
    Wake wait_for(int fd, short events, Clock::duration at_most) const;
    // Sleeps, or less if the deadline is nearer. Throws Error(interrupted) when a signal comes.
    void sleep_for(Clock::duration time) const;
    // Throws Error(interrupted) if a signal asked us to end.
    void throw_if_interrupted() const;

private:
    struct Signals;

    std::shared_ptr<Signals> signals_;  // null: deaf
    std::size_t overlooked_ = 0;        // so many of the first do not count
    Clock::time_point deadline_ = Clock::time_point::max();
};

}  // namespace headgate::base
