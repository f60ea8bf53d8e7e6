// SPDX-License-Identifier: Apache-2.0
// Signals as a Stop sees them: none is lost, and the one that asked does not keep the undoing from being done.
#include <csignal>
#include <optional>

#include <catch2/catch_test_macros.hpp>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/error.hpp"
#include "base/stop.hpp"

using namespace headgate::base;
using namespace std::chrono_literals;

namespace {

// SIGUSR1 and SIGUSR2, held back for as long as it lives.
class HeldSignals {
public:
    HeldSignals() {
        sigset_t set;
        sigemptyset(&set);
        sigaddset(&set, SIGUSR1);
        sigaddset(&set, SIGUSR2);
        sigprocmask(SIG_BLOCK, &set, &before_);
        fd_ = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    }
    ~HeldSignals() {
        close(fd_);
        sigprocmask(SIG_SETMASK, &before_, nullptr);
    }
    HeldSignals(const HeldSignals&) = delete;
    HeldSignals& operator=(const HeldSignals&) = delete;

    Stop stop() const { return {fd_, Clock::time_point::max()}; }

private:
    sigset_t before_{};
    int fd_ = -1;
};

}  // namespace

TEST_CASE("a signal is seen by every copy of a stop, again and again") {
    const HeldSignals held;
    const Stop stop = held.stop();
    const Stop copy = stop.within(1h);
    CHECK_FALSE(stop.pending_signal());
    raise(SIGUSR1);
    CHECK(copy.pending_signal() == SIGUSR1);
    CHECK(stop.pending_signal() == SIGUSR1);
    CHECK(stop.wait_for(-1, 0) == Stop::Wake::signal);
    CHECK(copy.wait_for(-1, 0) == Stop::Wake::signal);
    CHECK_THROWS_AS(stop.sleep_for(1h), Error);
    raise(SIGUSR2);
    CHECK(stop.pending_signal() == SIGUSR1);
}

TEST_CASE("undoing is deaf to the signal that asked for it, has a time of its own, and ends by a second signal") {
    const HeldSignals held;
    const Stop stop = held.stop().within(-1s);
    raise(SIGUSR1);
    const Stop undoing = stop.undoing_within(20ms);
    CHECK_FALSE(undoing.pending_signal());
    CHECK_FALSE(undoing.is_past_deadline());
    CHECK(undoing.wait_for(-1, 0) == Stop::Wake::deadline);
    const Stop longer = stop.undoing_within(1h);
    raise(SIGUSR1);
    CHECK(longer.wait_for(-1, 0) == Stop::Wake::signal);
    CHECK(longer.pending_signal() == SIGUSR1);
}
