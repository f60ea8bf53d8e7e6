// SPDX-License-Identifier: Apache-2.0
#include "plan/target.hpp"

#include <catch2/catch_test_macros.hpp>

#include "base/error.hpp"

using headgate::base::Error;
using headgate::plan::is_range;
using headgate::plan::parse_range;
using headgate::plan::parse_target;
using headgate::plan::Range;
using headgate::plan::Target;

TEST_CASE("a target is a symbol, some steps, or both") {
    CHECK(parse_target("head") == Target{"head", 0});
    CHECK(parse_target("+2") == Target{"", 2});
    CHECK(parse_target("-1") == Target{"", -1});
    CHECK(parse_target("ae10+3") == Target{"ae10", 3});
    CHECK(parse_target("head-2") == Target{"head", -2});
}

TEST_CASE("what stands before @ names the branch") {
    CHECK(parse_target("billing@head") == Target{"head", 0, "billing"});
    CHECK(parse_target("billing@base") == Target{"base", 0, "billing"});
    CHECK(parse_target("billing@+2") == Target{"", 2, "billing"});
    CHECK(parse_target("billing@head-2") == Target{"head", -2, "billing"});
    CHECK(parse_target("ae10@-1") == Target{"", -1, "ae10"});
}

TEST_CASE("what is no target is a usage error") {
    for (const auto* text : {"", "+", "-", "a+", "+x", "+1x", "a+-1", "+99999999999", "@head", "a@", "a@b@c",
                             "a+1@head", "a:b", ":", "head:"}) {
        CAPTURE(text);
        CHECK_THROWS_AS(parse_target(text), Error);
    }
}

TEST_CASE("a target is rendered as it was written") {
    for (const auto* text : {"head", "+2", "-1", "ae10+3", "head-2", "billing@head-2", "billing@+1", "ae10@base"}) {
        CHECK(parse_target(text).render() == text);
    }
}

TEST_CASE("a range has two ends, and each may be missing") {
    CHECK(parse_range("base:head") == Range{Target{"base", 0}, Target{"head", 0}});
    CHECK(parse_range("ae10:") == Range{Target{"ae10", 0}, {}});
    CHECK(parse_range(":billing@head") == Range{{}, Target{"head", 0, "billing"}});
    CHECK(parse_range("-2:current") == Range{Target{"", -2}, Target{"current", 0}});
    CHECK(parse_range(":") == Range{});
    for (const auto* text : {"base:head", "ae10:", ":billing@head", "-2:current", ":"}) {
        CHECK(is_range(text));
        CHECK(parse_range(text).render() == text);
    }
    CHECK_FALSE(is_range("billing@head-2"));
}

TEST_CASE("what is no range is a usage error") {
    for (const auto* text : {"", "head", "a:b:c", "+:head", "a:@b"}) {
        CAPTURE(text);
        CHECK_THROWS_AS(parse_range(text), Error);
    }
}
