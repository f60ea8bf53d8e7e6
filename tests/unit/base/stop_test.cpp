// SPDX-License-Identifier: Apache-2.0
#include "base/stop.hpp"

#include <array>

#include <catch2/catch_test_macros.hpp>
#include <poll.h>
#include <unistd.h>

#include "base/backoff.hpp"

using namespace headgate::base;
using namespace std::chrono_literals;

TEST_CASE("a wait ends at the deadline, not before") {
    const auto start = Clock::now();
    CHECK(Stop(-1, start + 30ms).wait_for(-1, 0) == Stop::Wake::deadline);
    CHECK(Clock::now() - start >= 30ms);
}

TEST_CASE("a wait ends when the descriptor is ready") {
    std::array<int, 2> ends{};
    REQUIRE(pipe(ends.data()) == 0);
    CHECK(Stop().wait_for(ends[0], POLLIN, 10ms) == Stop::Wake::deadline);
    REQUIRE(write(ends[1], "x", 1) == 1);
    CHECK(Stop().within(10s).wait_for(ends[0], POLLIN) == Stop::Wake::ready);
    close(ends[0]);
    close(ends[1]);
}

TEST_CASE("the earlier of two deadlines counts") {
    const auto now = Clock::now();
    const Stop stop(-1, now + 1h);
    CHECK(stop.until(now + 2h).deadline() == now + 1h);
    CHECK(stop.until(now + 1min).deadline() == now + 1min);
    CHECK_FALSE(stop.is_requested());
    CHECK(stop.until(now - 1s).is_requested());
}

TEST_CASE("sleeping for ever does not overflow") {
    const auto start = Clock::now();
    Stop().within(20ms).sleep_for(Clock::duration::max());
    CHECK(Clock::now() - start >= 20ms);
}

TEST_CASE("pauses grow to the longest and are jittered below it") {
    Backoff backoff(100ms, 1000ms);
    auto whole = 100ms;
    for (int i = 0; i < 10; ++i) {
        const auto pause = backoff.next();
        CHECK(pause >= whole / 2);
        CHECK(pause <= whole);
        whole = std::min(whole * 2, std::chrono::milliseconds(1000));
    }
}
