// SPDX-License-Identifier: Apache-2.0
#include "database/postgres/step_watch.hpp"

#include <algorithm>
#include <utility>

#include "base/error.hpp"
#include "database/postgres/cancel.hpp"

namespace headgate::database::postgres {

namespace {

using base::Clock;
using base::Stop;

constexpr std::chrono::seconds between_ticks{1};
constexpr std::chrono::seconds time_for_rollback{10};
constexpr std::chrono::seconds time_for_cancel{1};
// Where not even the cancel gets through, no answer will come either.
constexpr std::chrono::milliseconds time_for_lost_server{250};

}  // namespace

std::optional<base::Error> find_stop_reason(const Stop& stop) {
    try {
        stop.throw_if_interrupted();
    } catch (base::Error& interrupted) {
        return std::move(interrupted);
    }
    if (!stop.is_past_deadline()) return std::nullopt;
    return base::Error(base::ErrorKind::step_failed, "the deadline passed before the step was done")
        .with_hint(std::string(base::deadline_hint));
}

base::Error make_lock_lost_error() {
    return base::Error(base::ErrorKind::outcome_unknown,
                       "the connection that held headgate's lock was lost, so the statement was cancelled")
        .with_hint("somebody ended that session, or the network did; the next start goes on from the ledger");
}

StepWatch::StepWatch(PGconn* connection, Progress& progress, std::size_t index, Stop stop,
                     base::Milliseconds first_tick, HeldLock* lock)
    : connection_(connection),
      progress_(progress),
      index_(index),
      stop_(stop),
      lock_(lock),
      first_tick_(std::min<base::Milliseconds>(first_tick, between_ticks)),
      next_tick_(start_ + first_tick_) {}

void StepWatch::begin_next() {
    ++index_;
    start_ = Clock::now();
    next_tick_ = start_ + first_tick_;
}

base::Milliseconds StepWatch::elapsed() const {
    return std::chrono::duration_cast<base::Milliseconds>(Clock::now() - start_);
}

bool StepWatch::wait_for(short events) {
    while (true) {
        const auto pause = std::max(next_tick_ - Clock::now(), Clock::duration::zero());
        const auto wake = stop_.wait_for(PQsocket(connection_), events, pause);
        if (wake == Stop::Wake::signal || stop_.is_past_deadline()) {
            if (stop_reason_) return false;
            stop_because(find_stop_reason(stop_));
        }
        // A server that always has something to send must not keep the seconds from being told.
        if (Clock::now() >= next_tick_) tick();
        if (wake == Stop::Wake::ready) return true;
    }
}

// From here only the server's answer counts, and not for long; a second signal ends the wait.
void StepWatch::stop_because(std::optional<base::Error> reason) {
    stop_reason_ = std::move(reason);
    stop_ = stop_.undoing_within(time_for_rollback);
    if (!cancel()) stop_ = stop_.within(time_for_lost_server);
}

// A function may catch the cancel and go on: it is asked again.
void StepWatch::tick() {
    next_tick_ = Clock::now() + between_ticks;
    if (lock_ != nullptr && !stop_reason_ && lock_->is_lost()) return stop_because(make_lock_lost_error());
    if (stop_reason_) {
        cancel();
    } else {
        progress_.still_running(index_, elapsed());
    }
}

bool StepWatch::cancel() {
    return request_cancel(connection_, stop_.within(time_for_cancel));
}

}  // namespace headgate::database::postgres
