// SPDX-License-Identifier: Apache-2.0
// Where targets lead in histories of every kind: lines, branches, merges, forests, dependencies.
#include <algorithm>

#include <catch2/catch_test_macros.hpp>

#include "base/error.hpp"
#include "plan/downgrade.hpp"
#include "unit/plan/history.hpp"
#include "unit/revision/graph_making.hpp"

namespace {

using namespace headgate;
using namespace headgate::tests;
using revision::Graph;
using revision::testing::Also;
using revision::testing::node;
using Ids = std::vector<std::string>;

Ids names_of(const plan::Plan& plan) {
    Ids ids;
    for (const auto& step : plan.steps) ids.push_back(step.revision->id);
    return ids;
}

// Everything up to these revisions, as it would have been applied.
Ids up_to(const Graph& graph, const Ids& heads) {
    plan::Goals goals;
    for (const auto& id : heads) goals.push_back(graph.find(id));
    return revision::testing::ids_of(plan::revisions_up_to(graph, goals));
}

Ids up(const Graph& graph, const Ids& heads, const char* target) {
    const auto ledger = make_ledger(graph, up_to(graph, heads));
    return names_of(
        plan::plan_upgrade(graph, ledger, plan::find_upgrade_goals(graph, ledger, plan::parse_target(target))));
}

Ids down(const Graph& graph, const Ids& heads, const char* target) {
    return names_of(plan::plan_downgrade(graph, make_ledger(graph, up_to(graph, heads)), plan::parse_target(target)));
}

Ids stamped(const Graph& graph, const Ids& heads, const Ids& targets) {
    std::vector<plan::Target> parsed;
    for (const auto& target : targets) parsed.push_back(plan::parse_target(target));
    const auto goals = plan::find_stamp_goals(graph, make_ledger(graph, up_to(graph, heads)), parsed);
    const auto wanted = plan::revisions_up_to(graph, goals);
    auto ids =
        revision::testing::ids_of(plan::find_current(graph, make_ledger(graph, revision::testing::ids_of(wanted))));
    std::ranges::sort(ids);
    return ids;
}

template <typename Call>
std::string refusal(const Call& call) {
    try {
        call();
    } catch (const base::Error& error) {
        return error.message;
    }
    return "";
}

// a <- b, then two branches: c1 <- d1 (label left) and c2 <- d2 (label right).
Graph branched() {
    return Graph({node("a"), node("b", {"a"}), node("c1", {"b"}, Also{{}, {"left"}}), node("d1", {"c1"}),
                  node("c2", {"b"}, Also{{}, {"right"}}), node("d2", {"c2"})});
}

// The same with m, that joins d1 and d2, and n on it.
Graph merged() {
    return Graph({node("a"), node("b", {"a"}), node("c1", {"b"}, Also{{}, {"left"}}), node("d1", {"c1"}),
                  node("c2", {"b"}, Also{{}, {"right"}}), node("d2", {"c2"}), node("m", {"d1", "d2"}),
                  node("n", {"m"})});
}

// Two histories of their own: p1 <- p2 <- p3 (label people) and s1 <- s2 (label shop), of which s2 depends on p2.
Graph forest() {
    return Graph({node("p1", {}, Also{{}, {"people"}}), node("p2", {"p1"}), node("p3", {"p2"}),
                  node("s1", {}, Also{{}, {"shop"}}), node("s2", {"s1"}, Also{{"p2"}, {}})});
}

}  // namespace

TEST_CASE("on a branch, +N and -N count along it") {
    const auto graph = branched();
    CHECK(up(graph, {"b"}, "left@+1") == Ids{"c1"});
    CHECK(up(graph, {"b"}, "left@+2") == Ids{"c1", "d1"});
    CHECK(up(graph, {"c1", "d2"}, "left@+1") == Ids{"d1"});
    CHECK(up(graph, {}, "right@+3") == Ids{"a", "b", "c2"});
    CHECK(up(graph, {}, "right@base+3") == Ids{"a", "b", "c2"});
    CHECK(up(graph, {"a"}, "left@b+1") == Ids{"b", "c1"});
    CHECK(up(graph, {"a"}, "right@head-1") == Ids{"b", "c2"});
    CHECK(down(graph, {"d1", "d2"}, "left@-1") == Ids{"d1"});
    CHECK(down(graph, {"d1", "d2"}, "left@-2") == Ids{"d1", "c1"});
    CHECK(down(graph, {"d1", "c2"}, "right@-1") == Ids{"c2"});
}

TEST_CASE("without a branch, +N at a branch point and from several places is ambiguous, and the ways are named") {
    const auto graph = branched();
    CHECK(refusal([&] { up(graph, {"b"}, "+1"); }) == "\"+1\" is ambiguous: the way leads to c1, c2");
    CHECK(refusal([&] { up(graph, {"c1", "c2"}, "+1"); }) == "\"+1\" is ambiguous: the database is at c1, c2");
    CHECK(refusal([&] { up(graph, {"d1"}, "left@+1"); }) ==
          "\"left@+1\" leads too far: there are only 0 revisions that way");
}

TEST_CASE("label@head is the head of that branch, label@heads all of them") {
    const auto graph = branched();
    CHECK(up(graph, {}, "left@head") == Ids{"a", "b", "c1", "d1"});
    CHECK(up(graph, {"d1"}, "right@heads") == Ids{"c2", "d2"});
    CHECK(up(graph, {}, "c2@head") == Ids{"a", "b", "c2", "d2"});
    CHECK(up(graph, {}, "b@heads").size() == 6);
    CHECK(refusal([&] { up(graph, {}, "b@head"); }).starts_with("the history has 2 heads: "));
}

TEST_CASE("a label is as good as the id of its revision, and may be shortened as one") {
    const auto graph = branched();
    CHECK(up(graph, {}, "right") == Ids{"a", "b", "c2"});
    CHECK(up(graph, {}, "ri") == Ids{"a", "b", "c2"});
    CHECK(up(graph, {"b"}, "ri@d") == Ids{"c2", "d2"});
}

TEST_CASE("a revision that is not on the branch is refused by name") {
    const auto graph = branched();
    CHECK(refusal([&] { up(graph, {}, "left@d2"); }) == "revision d2 is not a member of branch \"left\"");
    CHECK(refusal([&] { up(graph, {}, "nosuch@head"); }).contains("\"nosuch\""));
    CHECK(up(graph, {}, "left@b") == Ids{"a", "b"});
}

TEST_CASE("a downgrade of one branch leaves the other alone") {
    const auto graph = branched();
    CHECK(down(graph, {"d1", "d2"}, "left@b") == Ids{"d1", "c1"});
    CHECK(down(graph, {"d1", "d2"}, "c1") == Ids{"d1"});
    CHECK(down(graph, {"d1", "d2"}, "b") == Ids{"d2", "d1", "c2", "c1"});
    CHECK(down(graph, {"d2"}, "left@b").empty());
    CHECK(down(graph, {"d1", "d2"}, "base").size() == 6);
}

TEST_CASE("below a merge both branches are needed; going down one takes the merge along") {
    const auto graph = merged();
    CHECK(up(graph, {"d1"}, "m") == Ids{"c2", "d2", "m"});
    CHECK(up(graph, {"m"}, "+1") == Ids{"n"});
    CHECK(down(graph, {"n"}, "d1") == Ids{"n", "m"});
    CHECK(down(graph, {"n"}, "left@b") == Ids{"n", "m", "d1", "c1"});
    CHECK(down(graph, {"m"}, "-1") == Ids{"m"});
    CHECK(refusal([&] { down(graph, {"m"}, "left@-1"); }) == "\"left@-1\" is ambiguous: the way leads to d1, d2");
    CHECK(down(graph, {"n"}, "left@-1") == Ids{"n"});
}

TEST_CASE("a branch that leaves from a merge is one of its own") {
    const Graph graph(
        {node("a1"), node("a2"), node("m", {"a1", "a2"}), node("x", {"m"}, Also{{}, {"extra"}}), node("y", {"m"})});
    CHECK(up(graph, {"a1"}, "extra@head") == Ids{"a2", "m", "x"});
    CHECK(down(graph, {"x", "y"}, "extra@m") == Ids{"x"});
    CHECK(down(graph, {"x", "y"}, "a1") == Ids{"y", "x", "m"});
}

TEST_CASE("a merge of three branches needs and leaves all of them") {
    const Graph graph({node("r"), node("a", {"r"}), node("b", {"r"}), node("c", {"r"}), node("m", {"a", "b", "c"})});
    CHECK(up(graph, {"b"}, "head") == Ids{"a", "c", "m"});
    CHECK(down(graph, {"m"}, "a") == Ids{"m"});
    CHECK(down(graph, {"m"}, "r") == Ids{"m", "c", "b", "a"});
}

TEST_CASE("two merges of the same branches are two heads") {
    const Graph graph({node("r"), node("a", {"r"}), node("b", {"r"}), node("m", {"a", "b"}), node("n", {"a", "b"})});
    CHECK(refusal([&] { up(graph, {}, "head"); }).starts_with("the history has 2 heads: m "));
    CHECK(up(graph, {"m"}, "heads") == Ids{"n"});
    CHECK(down(graph, {"m", "n"}, "a") == Ids{"n", "m"});
}

TEST_CASE("several bases are histories of their own") {
    const auto graph = forest();
    CHECK(up(graph, {}, "people@head") == Ids{"p1", "p2", "p3"});
    CHECK(up(graph, {}, "s1") == Ids{"s1"});
    CHECK(up(graph, {"p3"}, "heads") == Ids{"s1", "s2"});
    CHECK(refusal([&] { up(graph, {}, "+1"); }) == "\"+1\" is ambiguous: the way leads to p1, s1");
    CHECK(down(graph, {"p3", "s1"}, "people@base") == Ids{"p3", "p2", "p1"});
    CHECK(down(graph, {"p3", "s1"}, "shop@base") == Ids{"s1"});
}

TEST_CASE("what depends on an undone revision goes with it, what depends on the goal stays") {
    const auto graph = forest();
    CHECK(down(graph, {"p3", "s2"}, "people@base") == Ids{"s2", "p3", "p2", "p1"});
    CHECK(down(graph, {"p3", "s2"}, "p1") == Ids{"s2", "p3", "p2"});
    CHECK(down(graph, {"p3", "s2"}, "p2") == Ids{"p3"});
    CHECK(down(graph, {"s2"}, "p2").empty());
    CHECK(down(graph, {"s2"}, "shop@-1") == Ids{"s2"});
}

TEST_CASE("a dependency is applied first, and a branch is counted on from there") {
    const auto graph = forest();
    CHECK(up(graph, {}, "shop@head") == Ids{"p1", "p2", "s1", "s2"});
    CHECK(up(graph, {"s2"}, "people@+1") == Ids{"p3"});
    CHECK(up(graph, {"p1"}, "shop@+1") == Ids{"s1"});
    CHECK(refusal([&] { up(graph, {"s2"}, "+1"); }).contains("leads too far"));
}

TEST_CASE("a dependency may be named by a branch label") {
    const Graph graph({node("p1", {}, Also{{}, {"people"}}), node("p2", {"p1"}), node("s1", {}, Also{{"people"}, {}})});
    CHECK(up(graph, {}, "s1") == Ids{"p1", "s1"});
    CHECK(down(graph, {"s1"}, "people@base") == Ids{"s1", "p1"});
}

TEST_CASE("a dependency on the own parent changes nothing") {
    const Graph graph({node("a"), node("b", {"a"}, Also{{"a"}, {}}), node("c", {"b"}, Also{{"a"}, {}})});
    CHECK(up(graph, {}, "+2") == Ids{"a", "b"});
    CHECK(down(graph, {"c"}, "a") == Ids{"c", "b"});
    CHECK(up(graph, {"b"}, "head") == Ids{"c"});
}

TEST_CASE("stamp moves along its own branch and leaves the others") {
    const auto graph = branched();
    CHECK(stamped(graph, {}, {"d1"}) == Ids{"d1"});
    CHECK(stamped(graph, {"d1", "d2"}, {"c1"}) == Ids{"c1", "d2"});
    CHECK(stamped(graph, {"d1", "d2"}, {"b"}) == Ids{"b"});
    CHECK(stamped(graph, {"b"}, {"c1", "d2"}) == Ids{"c1", "d2"});
    CHECK(stamped(graph, {}, {"heads"}) == Ids{"d1", "d2"});
    CHECK(stamped(graph, {"d1", "d2"}, {"base"}).empty());
    CHECK(refusal([&] { stamped(graph, {}, {"head"}); }).starts_with("the history has 2 heads"));
    CHECK(stamped(forest(), {"p3", "s1"}, {"shop@base"}) == Ids{"p3"});
}

TEST_CASE("stamp goes across a merge in both directions") {
    const auto graph = merged();
    CHECK(stamped(graph, {"d1", "d2"}, {"m"}) == Ids{"m"});
    CHECK(stamped(graph, {"d1"}, {"n"}) == Ids{"n"});
    CHECK(stamped(graph, {"n"}, {"d1"}) == Ids{"d1"});
    CHECK(stamped(graph, {"n"}, {"d1", "d2"}) == Ids{"d1", "d2"});
}

TEST_CASE("an upgrade to where the database is does nothing; below it is an error; current is where it is") {
    const auto graph = branched();
    CHECK(up(graph, {"d1"}, "d1").empty());
    CHECK(up(graph, {"d1", "d2"}, "heads").empty());
    CHECK(up(graph, {"d1"}, "current").empty());
    CHECK(refusal([&] { up(graph, {"d1"}, "c1"); }).contains("is above"));
    CHECK(refusal([&] { up(graph, {"d1"}, "base"); }).contains("is above"));
    CHECK(up(forest(), {"p3", "s1"}, "heads") == Ids{"s2"});
}
