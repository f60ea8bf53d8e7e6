// SPDX-License-Identifier: Apache-2.0
#include "database/postgres/blocker_watch.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <exception>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include "base/error.hpp"
#include "database/postgres/connect.hpp"
#include "database/postgres/server_error.hpp"

namespace headgate::database::postgres {

namespace {

using base::Clock;
using base::Milliseconds;

constexpr std::chrono::seconds between_tellings{10};
// A server that has no session left, or a pooler that lets us wait, is not asked again and again.
constexpr std::chrono::seconds after_failure{10};
constexpr std::chrono::seconds time_to_connect{10};
constexpr std::chrono::seconds time_to_answer{10};

// Blocks all signals for a new thread: those are for the thread that waits for them.
class SignalsBlocked {
public:
    SignalsBlocked() {
        sigset_t all;
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &before_);
    }
    ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
    SignalsBlocked(const SignalsBlocked&) = delete;
    SignalsBlocked& operator=(const SignalsBlocked&) = delete;

private:
    sigset_t before_{};
};

OwnedConnection open_second_session(const url::DatabaseUrl& url, ConnectOptions options, base::Stop stop) {
    options.application_name += " (watching)";
    auto session = open_session(url, options, stop);
    if (PQsetnonblocking(session.get(), 1) != 0) throw make_lost_connection_error(session.get());
    return session;
}

}  // namespace

Milliseconds time_until_slow(Milliseconds lock_timeout) {
    constexpr Milliseconds at_most{2000};
    if (lock_timeout.count() == 0) return at_most;
    return std::clamp(lock_timeout / 2, Milliseconds(50), at_most);
}

BlockerWatch::BlockerWatch(const url::DatabaseUrl& url, const ConnectOptions& options, std::string tag,
                           Milliseconds lock_timeout)
    : url_(url), options_(options), tag_(std::move(tag)), slow_(time_until_slow(lock_timeout)) {}

void BlockerWatch::start_if_slow(Milliseconds elapsed) noexcept {
    if (is_tried_ || elapsed < slow_) return;
    is_tried_ = true;
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) return;
    end_fd_ = ends[0];
    end_writer_ = ends[1];
    try {
        const SignalsBlocked blocked;
        thread_ = std::thread([this] { watch(); });
    } catch (const std::exception&) {
        // No thread is to be had: the step goes on unwatched.
    }
}

News BlockerWatch::take() {
    const std::scoped_lock lock(mutex_);
    return std::exchange(news_, {});
}

void BlockerWatch::end() noexcept {
    if (end_writer_ >= 0) close(std::exchange(end_writer_, -1));
    if (thread_.joinable()) thread_.join();
    if (end_fd_ >= 0) close(std::exchange(end_fd_, -1));
}

bool BlockerWatch::is_ended_after(Clock::duration pause) const {
    return base::Stop(end_fd_, Clock::time_point::max()).wait_for(-1, 0, pause) == base::Stop::Wake::signal;
}

// Twice in the time after which a wait is worth telling, so that lock_timeout does not end it unseen.
void BlockerWatch::watch() noexcept {
    const Clock::duration between_looks = slow_ / 2;
    auto pause = Clock::duration::zero();
    while (!is_ended_after(pause)) {
        try {
            look();
            pause = between_looks;
        } catch (const std::exception&) {
            session_.reset();
            pause = after_failure;
        }
    }
    session_.reset();
}

void BlockerWatch::look() {
    const base::Stop stop(end_fd_, Clock::time_point::max());
    if (!session_) {
        session_ = open_second_session(url_, options_, stop.within(time_to_connect));
        query_ = make_sight_query(tag_, PQserverVersion(session_.get()));
    }
    note(look_at_step(session_.get(), query_, stop.within(time_to_answer)));
}

// A blocker is told when the step has waited for a while, when it is another one than before, and every ten seconds;
// a phase when it begins and every ten seconds.
void BlockerWatch::note(const Sight& sight) {
    const auto now = Clock::now();
    const std::scoped_lock lock(mutex_);
    if (!sight.blocker) {
        waits_since_ = {};
    } else {
        if (waits_since_ == Clock::time_point{}) waits_since_ = now - sight.waited.value_or(Milliseconds(0));
        const bool is_new = sight.blocker->pid != told_pid_ || now - blocker_told_ >= between_tellings;
        if (is_new && now - waits_since_ >= slow_ / 2) {
            news_.blocker = sight.blocker;
            news_.blocker->waited = std::chrono::duration_cast<Milliseconds>(now - waits_since_);
            told_pid_ = sight.blocker->pid;
            blocker_told_ = now;
        }
    }
    if (sight.phase && (sight.phase->name != told_phase_ || now - phase_told_ >= between_tellings)) {
        news_.phase = sight.phase;
        told_phase_ = sight.phase->name;
        phase_told_ = now;
    }
}

}  // namespace headgate::database::postgres
