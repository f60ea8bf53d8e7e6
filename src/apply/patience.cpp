// SPDX-License-Identifier: Apache-2.0
#include "apply/patience.hpp"

#include <algorithm>
#include <format>

#include "apply/elapsed.hpp"
#include "base/text.hpp"

namespace headgate::apply {

namespace {

using base::Clock;
using base::Error;
using base::ErrorKind;
using base::Milliseconds;

constexpr std::chrono::seconds between_lines{10};
// A lock that is held over a pause (HeldLock) must be asked after in time.
constexpr Milliseconds longest_pause{30'000};

Error make_busy_error(const std::string& holder, std::int64_t waited) {
    const auto what = holder.empty() ? "the lock was not to be had" : holder + " has held the lock";
    return Error(ErrorKind::busy, std::format("{} for {}", what, base::render_duration(waited)))
        .with_hint("trying again is right; gate_timeout sets how long headgate waits for another one");
}

base::Backoff make_gate_backoff() {
    return {Milliseconds(25), Milliseconds(1000)};
}

}  // namespace

GatePatience::GatePatience(Milliseconds gate_timeout, base::EventLog& log, base::Stop stop)
    : timeout_(gate_timeout), log_(log), stop_(stop), backoff_(make_gate_backoff()) {}

void GatePatience::pause(const std::string& holder) {
    const auto now = Clock::now();
    if (!since_) since_ = now;
    const auto waited = milliseconds_since(*since_);
    if (now - *since_ >= timeout_ || stop_.is_past_deadline()) throw make_busy_error(holder, waited);
    if (now >= next_line_) {
        next_line_ = now + between_lines;
        log_.write({base::Level::info,
                    "waiting_for_gate",
                    std::format("waiting for {}, which migrates", holder.empty() ? "another headgate" : holder),
                    {{"holder", holder}, {"waited_ms", waited}}});
    }
    stop_.until(*since_ + timeout_).sleep_for(backoff_.next());
}

void GatePatience::begin_anew() {
    since_.reset();
    backoff_ = make_gate_backoff();
}

LockPatience::LockPatience(Milliseconds retry_timeout, Milliseconds lock_timeout, base::EventLog& log, base::Stop stop)
    : timeout_(retry_timeout),
      log_(log),
      stop_(stop),
      backoff_(std::clamp(2 * lock_timeout, Milliseconds(100), longest_pause),
               std::clamp(8 * lock_timeout, Milliseconds(1000), longest_pause)) {}

void LockPatience::pause(const std::string& revision, const Error& reason, const std::string& holder) {
    if (!since_) since_ = Clock::now();
    if (!holder.empty()) holder_ = holder;
    const auto in_the_way = holder_.empty() ? std::string() : std::format("; in its way was {}", holder_);
    ++attempt_;
    const auto pause = backoff_.next();
    const auto resume = Clock::now() + pause;
    if (resume > *since_ + timeout_ || resume > stop_.deadline()) {
        auto error = reason;
        error.kind = ErrorKind::busy;
        error.revision = revision;
        error.message =
            std::format("the step of revision {} could not get its locks in {} tries over {}: {}", revision, attempt_,
                        base::render_duration(milliseconds_since(*since_)), reason.message + in_the_way);
        error.hint =
            "each try was rolled back; trying again is right, when the tables are less "
            "busy";
        throw error;
    }
    log_.write({base::Level::warning,
                "step_retried",
                std::format("the step of revision {} was rolled back ({}, {}{}); trying again in {}", revision,
                            reason.message, reason.code, in_the_way, base::render_duration(pause.count())),
                {{"revision", revision},
                 {"code", reason.code},
                 {"reason", reason.message},
                 {"attempt", attempt_},
                 {"holder", holder_}}});
    stop_.sleep_for(pause);
}

ServerPatience::ServerPatience(Milliseconds retry_timeout, base::EventLog& log, base::Stop stop)
    : timeout_(retry_timeout), log_(log), stop_(stop) {}

void ServerPatience::pause(const std::string& revision, int statements_done, const Error& reason) {
    if (revision_ != revision || statements_done_ != statements_done) {
        revision_ = revision;
        statements_done_ = statements_done;
        backoff_.emplace(Milliseconds(100), Milliseconds(30'000));
        since_ = Clock::now();
        attempt_ = 0;
    }
    ++attempt_;
    const auto pause = backoff_->next();
    if (Clock::now() + pause > since_ + timeout_) {
        auto error = reason;
        error.revision = revision;
        error.message = std::format("the step of revision {} was begun {} times in {} and never ended: {}", revision,
                                    attempt_, base::render_duration(milliseconds_since(since_)), reason.message);
        error.hint = "does the step itself bring its server down? the server's log tells";
        throw error;
    }
    log_.write({base::Level::warning,
                "step_retried",
                std::format("the step of revision {} is not done ({}); trying again in {}", revision, reason.message,
                            base::render_duration(pause.count())),
                {{"revision", revision}, {"code", reason.code}, {"reason", reason.message}, {"attempt", attempt_}}});
    stop_.sleep_for(pause);
}

}  // namespace headgate::apply
