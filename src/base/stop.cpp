// SPDX-License-Identifier: Apache-2.0
#include "base/stop.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <format>
#include <string>

#include <poll.h>
#include <signal.h>
#include <string.h>

#include "base/error.hpp"

namespace headgate::base {

namespace {

constexpr std::array ending_signals{SIGTERM, SIGINT, SIGQUIT, SIGHUP};

// For poll(2): rounded up, so that a wait never ends before its time, and never negative.
int poll_timeout(Clock::time_point wake) {
    if (wake == Clock::time_point::max()) return -1;
    const auto left = std::chrono::ceil<Milliseconds>(wake - Clock::now()).count();
    return static_cast<int>(std::clamp<long long>(left, 0, INT_MAX));
}

Clock::time_point after(Clock::duration time) {
    const auto now = Clock::now();
    return time >= Clock::time_point::max() - now ? Clock::time_point::max() : now + time;
}

}  // namespace

Stop Stop::until(Clock::time_point deadline) const {
    return {signal_fd_, std::min(deadline, deadline_)};
}

std::optional<int> Stop::pending_signal() const {
    if (signal_fd_ < 0) return std::nullopt;
    // The signals are blocked, so they stay pending: nothing is taken away from whoever asks next.
    sigset_t pending;
    if (sigpending(&pending) != 0) return std::nullopt;
    for (const int number : ending_signals) {
        if (sigismember(&pending, number) == 1) return number;
    }
    return std::nullopt;
}

Stop::Wake Stop::wait_for(int fd, short events) const {
    return wait_for(fd, events, Clock::duration::max());
}

Stop::Wake Stop::wait_for(int fd, short events, Clock::duration at_most) const {
    const auto wake = std::min(deadline_, after(at_most));
    while (true) {
        std::array<pollfd, 2> polled{pollfd{fd, events, 0}, pollfd{signal_fd_, POLLIN, 0}};
        const int ready = poll(polled.data(), polled.size(), poll_timeout(wake));
        if (ready < 0 && errno == EINTR) continue;
        if (polled[1].revents != 0) return Wake::signal;
        if (polled[0].revents != 0) return Wake::ready;
        if (Clock::now() >= wake) return Wake::deadline;
    }
}

void Stop::sleep_for(Clock::duration time) const {
    wait_for(-1, 0, time);
    throw_if_interrupted();
}

void Stop::throw_if_interrupted() const {
    if (const auto signal = pending_signal()) {
        throw Error(ErrorKind::interrupted, std::format("ended by SIG{}", sigabbrev_np(*signal))).with_signal(*signal);
    }
}

}  // namespace headgate::base
