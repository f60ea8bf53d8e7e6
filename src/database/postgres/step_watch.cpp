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
constexpr std::chrono::seconds time_for_cancel{3};

}  // namespace

std::optional<base::Error> find_stop_reason(const Stop& stop) {
    try {
        stop.throw_if_interrupted();
    } catch (base::Error& interrupted) {
        return std::move(interrupted);
    }
    if (!stop.is_past_deadline()) return std::nullopt;
    return base::Error(base::ErrorKind::step_failed, "the deadline passed before the step was done");
}

StepWatch::StepWatch(PGconn* connection, Progress& progress, std::size_t index, Stop stop,
                     base::Milliseconds first_tick)
    : connection_(connection),
      progress_(progress),
      index_(index),
      stop_(stop),
      next_tick_(start_ + std::min<Clock::duration>(first_tick, between_ticks)) {}

base::Milliseconds StepWatch::elapsed() const {
    return std::chrono::duration_cast<base::Milliseconds>(Clock::now() - start_);
}

bool StepWatch::wait_for(short events) {
    while (true) {
        const auto pause = std::max(next_tick_ - Clock::now(), Clock::duration::zero());
        const auto wake = stop_.wait_for(PQsocket(connection_), events, pause);
        if (wake == Stop::Wake::signal || stop_.is_past_deadline()) {
            if (stop_reason_) return false;
            stop_reason_ = find_stop_reason(stop_);
            // From here only the server's answer counts, and not for long.
            stop_ = Stop().within(time_for_rollback);
            cancel();
        }
        // A server that always has something to send must not keep the seconds from being told.
        if (Clock::now() >= next_tick_) tick();
        if (wake == Stop::Wake::ready) return true;
    }
}

// A function may catch the cancel and go on: it is asked again.
void StepWatch::tick() {
    next_tick_ = Clock::now() + between_ticks;
    if (stop_reason_) {
        cancel();
    } else {
        progress_.still_running(index_, elapsed());
    }
}

void StepWatch::cancel() {
    request_cancel(connection_, stop_.within(time_for_cancel));
}

}  // namespace headgate::database::postgres
