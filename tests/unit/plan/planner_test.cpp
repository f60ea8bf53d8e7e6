// SPDX-License-Identifier: Apache-2.0
#include <functional>

#include <catch2/catch_test_macros.hpp>

#include "base/error.hpp"
#include "plan/downgrade.hpp"
#include "unit/plan/history.hpp"

namespace {

using namespace headgate;
using namespace headgate::tests;
using base::ErrorKind;

std::vector<std::string> ids_of(const plan::Plan& plan) {
    std::vector<std::string> ids;
    for (const auto& step : plan.steps) ids.push_back(step.revision->id);
    return ids;
}

using Ids = std::vector<std::string>;

plan::Plan upgrade_plan(const revision::Graph& graph, const ledger::Ledger& ledger, const char* target) {
    return plan::plan_upgrade(graph, ledger, plan::find_upgrade_goals(graph, ledger, plan::parse_target(target)));
}

Ids up(const revision::Graph& graph, const Ids& applied, const char* target) {
    return ids_of(upgrade_plan(graph, make_ledger(graph, applied), target));
}

Ids down(const revision::Graph& graph, const Ids& applied, const char* target) {
    return ids_of(plan::plan_downgrade(graph, make_ledger(graph, applied), plan::parse_target(target)));
}

ErrorKind kind_of(const std::function<void()>& call) {
    try {
        call();
    } catch (const base::Error& error) {
        CAPTURE(error.message);
        CHECK(!error.message.empty());
        return error.kind;
    }
    FAIL("nothing was thrown");
    return ErrorKind::internal;
}

// a <- b, a <- c, (b, c) <- d
revision::Graph diamond() {
    return revision::Graph(
        {make_revision("a"), make_revision("b", {"a"}), make_revision("c", {"a"}), make_revision("d", {"b", "c"})});
}

}  // namespace

TEST_CASE("an upgrade to head applies what is pending, parents first") {
    const revision::Graph graph(make_line({"a", "b", "c"}));
    CHECK(up(graph, {}, "head") == Ids{"a", "b", "c"});
    CHECK(up(graph, {"a"}, "head") == Ids{"b", "c"});
    CHECK(up(graph, {"a", "b", "c"}, "head").empty());
}

TEST_CASE("an upgrade goes to a revision, a prefix of it, or some steps on") {
    const revision::Graph graph(make_line({"a1", "b2", "c3", "d4"}));
    CHECK(up(graph, {}, "b2") == Ids{"a1", "b2"});
    CHECK(up(graph, {}, "b") == Ids{"a1", "b2"});
    CHECK(up(graph, {}, "+2") == Ids{"a1", "b2"});
    CHECK(up(graph, {"a1"}, "+2") == Ids{"b2", "c3"});
    CHECK(up(graph, {"a1"}, "b2+1") == Ids{"b2", "c3"});
    CHECK(up(graph, {}, "head-1") == Ids{"a1", "b2", "c3"});
    CHECK(up(graph, {}, "base+1") == Ids{"a1"});
}

TEST_CASE("an upgrade below what is applied is an error, not a silent nothing") {
    const revision::Graph graph(make_line({"a", "b", "c"}));
    CHECK(kind_of([&] { up(graph, {"a", "b", "c"}, "b"); }) == ErrorKind::usage);
    CHECK(kind_of([&] { up(graph, {"a"}, "base"); }) == ErrorKind::usage);
    CHECK(kind_of([&] { up(graph, {"a", "b"}, "-1"); }) == ErrorKind::usage);
    CHECK(up(graph, {"a", "b"}, "b").empty());
}

TEST_CASE("a walk that leads too far or has a choice is an error") {
    const revision::Graph line(make_line({"a", "b"}));
    CHECK(kind_of([&] { up(line, {}, "+3"); }) == ErrorKind::usage);
    CHECK(kind_of([&] { up(line, {}, "head-3"); }) == ErrorKind::usage);
    const revision::Graph branched({make_revision("a"), make_revision("b", {"a"}), make_revision("c", {"a"})});
    CHECK(kind_of([&] { up(branched, {"a"}, "+1"); }) == ErrorKind::usage);
    CHECK(kind_of([&] { up(branched, {"a", "b", "c"}, "+1"); }) == ErrorKind::usage);
    CHECK(kind_of([&] { up(diamond(), {}, "head-1"); }) == ErrorKind::usage);
}

TEST_CASE("head with several heads is an error, heads applies all of them") {
    const revision::Graph branched({make_revision("a"), make_revision("b", {"a"}), make_revision("c", {"a"})});
    CHECK(kind_of([&] { up(branched, {}, "head"); }) == ErrorKind::bad_revisions);
    CHECK(up(branched, {}, "heads") == Ids{"a", "b", "c"});
    CHECK(up(branched, {}, "c") == Ids{"a", "c"});
}

TEST_CASE("a merge is applied after both of its parents") {
    CHECK(up(diamond(), {}, "head") == Ids{"a", "b", "c", "d"});
    CHECK(up(diamond(), {"a", "c"}, "head") == Ids{"b", "d"});
}

TEST_CASE("a dependency is applied before what depends on it") {
    auto with_dependency = make_revision("c", {"a"});
    with_dependency.depends_on = {"x"};
    const revision::Graph graph({make_revision("a"), with_dependency, make_revision("x")});
    CHECK(up(graph, {}, "c") == Ids{"a", "x", "c"});
}

TEST_CASE("a partial row counts as pending") {
    const revision::Graph graph(make_line({"a", "b"}));
    auto row = make_row(*graph.find("a"), 1);
    row.state = ledger::State::partial;
    const ledger::Ledger ledger(std::vector{row});
    CHECK(ids_of(upgrade_plan(graph, ledger, "head")) == Ids{"a", "b"});
}

TEST_CASE("a database ahead of the files is no upgrade to a revision below") {
    const revision::Graph full(make_line({"a", "b", "c"}));
    const revision::Graph old(make_line({"a", "b"}));
    CHECK(upgrade_plan(old, make_ledger(full, {"a", "b", "c"}), "head").is_empty());
}

TEST_CASE("a downgrade undoes the last applied first") {
    const revision::Graph graph(make_line({"a", "b", "c"}));
    CHECK(down(graph, {"a", "b", "c"}, "base") == Ids{"c", "b", "a"});
    CHECK(down(graph, {"a", "b", "c"}, "a") == Ids{"c", "b"});
    CHECK(down(graph, {"a", "b", "c"}, "-1") == Ids{"c"});
    CHECK(down(graph, {"a", "b", "c"}, "c").empty());
    CHECK(down(graph, {}, "base").empty());
}

TEST_CASE("downgrade -1 from a merge undoes the merge, then the branch that was applied last") {
    const auto graph = diamond();
    CHECK(down(graph, {"a", "b", "c", "d"}, "-1") == Ids{"d"});
    CHECK(down(graph, {"a", "c", "b"}, "-1") == Ids{"b"});
}

TEST_CASE("a downgrade to a branch leaves the other branch alone") {
    CHECK(down(diamond(), {"a", "b", "c", "d"}, "b") == Ids{"d"});
    CHECK(down(diamond(), {"a", "b", "c", "d"}, "a") == Ids{"d", "c", "b"});
}

TEST_CASE("a downgrade to what is not applied, or further than base, is an error") {
    const revision::Graph graph(make_line({"a", "b", "c"}));
    CHECK(kind_of([&] { down(graph, {"a"}, "b"); }) == ErrorKind::usage);
    CHECK(kind_of([&] { down(graph, {"a"}, "-2"); }) == ErrorKind::usage);
    CHECK(kind_of([&] { down(graph, {"a"}, "nosuch"); }) == ErrorKind::usage);
}

TEST_CASE("what is left of a downgrade does not grow when some of it is done") {
    const revision::Graph graph(make_line({"a", "b", "c"}));
    const auto plan = plan::plan_downgrade(graph, make_ledger(graph, {"a", "b", "c"}), plan::parse_target("-2"));
    CHECK(ids_of(plan::still_to_undo(plan, make_ledger(graph, {"a", "b"}))) == Ids{"b"});
    CHECK(plan::still_to_undo(plan, make_ledger(graph, {"a"})).is_empty());
}

TEST_CASE("a missing downgrade section is said before anything runs") {
    auto line = make_line({"a", "b", "c"});
    line[1].downgrade.reset();
    const revision::Graph graph(std::move(line));
    CHECK(kind_of([&] { down(graph, {"a", "b", "c"}, "base"); }) == ErrorKind::usage);
    CHECK(down(graph, {"a", "b", "c"}, "b") == Ids{"c"});
}

TEST_CASE("a revision to undo that has no file here is a history mismatch") {
    const revision::Graph full(make_line({"a", "b", "c"}));
    const revision::Graph old(make_line({"a", "b"}));
    const auto ledger = make_ledger(full, {"a", "b", "c"});
    CHECK(kind_of([&] { plan::plan_downgrade(old, ledger, {"base", 0}); }) == ErrorKind::history_mismatch);
}

TEST_CASE("an empty folder has nothing to do") {
    const revision::Graph graph({});
    CHECK(upgrade_plan(graph, ledger::Ledger(), "head").is_empty());
}
