// SPDX-License-Identifier: Apache-2.0
#include "base/stop.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <format>
#include <string>
#include <utility>
#include <vector>

#include <poll.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/error.hpp"

namespace headgate::base {

namespace {

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

bool is_readable(int fd) {
    pollfd polled{fd, POLLIN, 0};
    return poll(&polled, 1, 0) == 1;
}

}  // namespace

// A second signal of the same kind is lost while the first is pending: so each is taken as soon as it is seen.
struct Stop::Signals {
    int fd;
    std::vector<int> seen;

    std::size_t take() {
        signalfd_siginfo signal{};
        while (is_readable(fd) && read(fd, &signal, sizeof signal) == sizeof signal) {
            seen.push_back(static_cast<int>(signal.ssi_signo));
        }
        return seen.size();
    }
};

Stop::Stop(int signal_fd, Clock::time_point deadline) : deadline_(deadline) {
    if (signal_fd >= 0) signals_ = std::make_shared<Signals>(signal_fd);
}

Stop Stop::until(Clock::time_point deadline) const {
    auto stop = *this;
    stop.deadline_ = std::min(deadline, deadline_);
    return stop;
}

Stop Stop::undoing_within(Clock::duration time) const {
    auto stop = *this;
    if (signals_) stop.overlooked_ = signals_->take();
    stop.deadline_ = after(time);
    return stop;
}

std::optional<int> Stop::pending_signal() const {
    if (!signals_ || signals_->take() <= overlooked_) return std::nullopt;
    return signals_->seen[overlooked_];
}

Stop::Wake Stop::wait_for(int fd, short events) const {
    return wait_for(fd, events, Clock::duration::max());
}

Stop::Wake Stop::wait_for(int fd, short events, Clock::duration at_most) const {
    const auto wake = std::min(deadline_, after(at_most));
    const int signal_fd = signals_ ? signals_->fd : -1;
    while (!pending_signal()) {
        std::array<pollfd, 2> polled{pollfd{fd, events, 0}, pollfd{signal_fd, POLLIN, 0}};
        const int ready = poll(polled.data(), polled.size(), poll_timeout(wake));
        if (ready < 0 && errno == EINTR) continue;
        if (polled[1].revents != 0) return Wake::signal;
        if (polled[0].revents != 0) return Wake::ready;
        if (Clock::now() >= wake) return Wake::deadline;
    }
    return Wake::signal;
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
