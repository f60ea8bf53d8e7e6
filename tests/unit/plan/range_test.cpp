// SPDX-License-Identifier: Apache-2.0
#include "plan/range.hpp"

#include <catch2/catch_test_macros.hpp>

#include "base/error.hpp"
#include "unit/plan/history.hpp"
#include "unit/revision/graph_making.hpp"

namespace {

using namespace headgate;
using revision::Graph;
using revision::testing::Also;
using revision::testing::node;
using Ids = std::vector<std::string>;

// a <- b <- {c1 <- d1 (left), c2 <- d2 (right)}; and s1 <- s2, of which s2 depends on b.
Graph graph() {
    return Graph({node("a"), node("b", {"a"}), node("c1", {"b"}, Also{{}, {"left"}}), node("d1", {"c1"}),
                  node("c2", {"b"}, Also{{}, {"right"}}), node("d2", {"c2"}), node("s1", {}, Also{{}, {"shop"}}),
                  node("s2", {"s1"}, Also{{"b"}, {}})});
}

Ids between(const char* range, const Ids& applied = {}) {
    const auto all = graph();
    return revision::testing::ids_of(
        plan::revisions_in(all, tests::make_ledger(all, applied), plan::parse_range(range)));
}

}  // namespace

TEST_CASE("a range shows both of its ends and what lies between") {
    CHECK(between("b:d1") == Ids{"b", "c1", "d1"});
    CHECK(between("b:heads") == Ids{"b", "c1", "c2", "d1", "d2"});
    CHECK(between("c1:c1") == Ids{"c1"});
}

TEST_CASE("a missing end is base, or every head") {
    CHECK(between(":c1") == Ids{"a", "b", "c1"});
    CHECK(between("right:") == Ids{"c2", "d2"});
    CHECK(between(":").size() == 8);
}

TEST_CASE("from base a range shows what its end depends on") {
    CHECK(between(":shop@head") == Ids{"a", "b", "s1", "s2"});
    CHECK(between("s1:s2") == Ids{"s1", "s2"});
}

TEST_CASE("a relative end counts from the other one, and stops at base") {
    CHECK(between("-2:d1") == Ids{"b", "c1", "d1"});
    CHECK(between("-20:d1") == Ids{"a", "b", "c1", "d1"});
    CHECK(between("c1:+1") == Ids{"c1", "d1"});
    CHECK(between("a:+1") == Ids{"a", "b"});
    CHECK_THROWS_AS(between("b:+1"), base::Error);
    CHECK_THROWS_AS(between("+1:d1"), base::Error);
    CHECK_THROWS_AS(between("c1:-1"), base::Error);
}

TEST_CASE("a branch in front of base shows that branch") {
    CHECK(between("left@base:") == Ids{"a", "b", "c1", "d1"});
    CHECK(between("shop@base:") == Ids{"a", "b", "s1", "s2"});
}

TEST_CASE("current is where the database is") {
    CHECK(between("-1:current", {"a", "b", "c1"}) == Ids{"b", "c1"});
    CHECK(between("current:", {"a", "b", "c1"}) == Ids{"c1", "d1"});
    CHECK(between(":current", {}).empty());
}

TEST_CASE("two ends of which neither leads to the other are an error") {
    CHECK_THROWS_AS(between("c1:d2"), base::Error);
    CHECK_THROWS_AS(between("d1:b"), base::Error);
}
