// SPDX-License-Identifier: Apache-2.0
#include "plan/target.hpp"

#include <catch2/catch_test_macros.hpp>

#include "base/error.hpp"

using headgate::base::Error;
using headgate::plan::parse_target;
using headgate::plan::Target;

TEST_CASE("a target is a symbol, some steps, or both") {
    CHECK(parse_target("head") == Target{"head", 0});
    CHECK(parse_target("+2") == Target{"", 2});
    CHECK(parse_target("-1") == Target{"", -1});
    CHECK(parse_target("ae10+3") == Target{"ae10", 3});
    CHECK(parse_target("head-2") == Target{"head", -2});
}

TEST_CASE("what is no target is a usage error") {
    for (const auto* text : {"", "+", "-", "a+", "+x", "+1x", "a+-1", "+99999999999"}) {
        CAPTURE(text);
        CHECK_THROWS_AS(parse_target(text), Error);
    }
}

TEST_CASE("a target is rendered as it was written") {
    for (const auto* text : {"head", "+2", "-1", "ae10+3", "head-2"}) CHECK(parse_target(text).render() == text);
}
