// SPDX-License-Identifier: Apache-2.0
#include "apply/patience.hpp"

#include <string>
#include <thread>

#include <catch2/catch_test_macros.hpp>

using namespace headgate;
using base::Error;
using base::ErrorKind;
using base::Milliseconds;

namespace {

class SilentLog : public base::EventLog {
public:
    void write(const base::Event&) noexcept override {}
    void show_progress(std::string_view) noexcept override {}
};

const Error lost(ErrorKind::outcome_unknown, "the connection was lost");

}  // namespace

TEST_CASE("a revision that loses its connection again is not given up while its statements get done in between") {
    SilentLog log;
    apply::ServerPatience patience(Milliseconds(400), log, base::Stop());
    for (int done = 0; done < 4; ++done) {
        CHECK_NOTHROW(patience.pause("a", done, lost));
        std::this_thread::sleep_for(Milliseconds(200));
    }
    std::this_thread::sleep_for(Milliseconds(250));
    CHECK_THROWS_AS(patience.pause("a", 3, lost), Error);
}

TEST_CASE("nobody is said to hold a lock whose holder is not known") {
    SilentLog log;
    apply::GatePatience patience(Milliseconds(0), log, base::Stop());
    std::string message;
    try {
        patience.pause("");
    } catch (const Error& error) {
        message = error.message;
    }
    CHECK(message.starts_with("the lock was not to be had for "));
}
