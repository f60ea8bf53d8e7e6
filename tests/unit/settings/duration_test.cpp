// SPDX-License-Identifier: Apache-2.0
#include <string>

#include <catch2/catch_test_macros.hpp>

#include "base/error.hpp"
#include "settings/settings.hpp"

namespace headgate::settings {

TEST_CASE("A duration is a whole number and a unit, or seconds") {
    using namespace std::chrono_literals;
    CHECK(parse_duration("250ms", "x") == 250ms);
    CHECK(parse_duration("2s", "x") == 2s);
    CHECK(parse_duration("90", "x") == 90s);
    CHECK(parse_duration("8min", "x") == 8min);
    CHECK(parse_duration("8m", "x") == 8min);
    CHECK(parse_duration("1h", "x") == 1h);
    CHECK(parse_duration("1d", "x") == 24h);
    CHECK(parse_duration(" 5 s ", "x") == 5s);
    CHECK(parse_duration("0", "x") == 0s);
    CHECK(parse_duration("31d", "x") == 31 * 24h);
}

TEST_CASE("What is no duration is an error that names the setting") {
    for (const std::string text : {"", " ", "s", "-1s", "+1s", "1.5s", "1 parsec", "1S", "1s 2s", "1sx", "0x10", "32d",
                                   "4294967295d", "99999999999999999999", "1e3", "٣s", "inf"}) {
        INFO(text);
        try {
            parse_duration(text, "wait_timeout");
            FAIL("accepted");
        } catch (const base::Error& error) {
            CHECK(error.kind == base::ErrorKind::bad_configuration);
            CHECK(error.message.contains("wait_timeout"));
            CHECK(error.hint.contains("ms"));
        }
    }
}

}  // namespace headgate::settings
