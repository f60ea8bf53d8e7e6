// SPDX-License-Identifier: Apache-2.0
// What is left of a downgrade that was planned before others moved the ledger.
#include "plan/downgrade.hpp"

#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "base/error.hpp"
#include "unit/plan/history.hpp"

using namespace headgate;
using namespace headgate::tests;
using revision::Graph;

namespace {

using Ids = std::vector<std::string>;

Ids left_of(const Graph& graph, const Ids& planned_at, const char* target, const Ids& now) {
    const auto plan = plan::plan_downgrade(graph, make_ledger(graph, planned_at), plan::parse_target(target));
    Ids ids;
    for (const auto& step : plan::still_to_undo(plan, make_ledger(graph, now)).steps) ids.push_back(step.revision->id);
    return ids;
}

std::string refusal(const Graph& graph, const Ids& planned_at, const char* target, const Ids& now) {
    try {
        left_of(graph, planned_at, target, now);
    } catch (const base::Error& error) {
        CHECK(error.kind == base::ErrorKind::history_mismatch);
        return error.message;
    }
    return "nothing refused";
}

}  // namespace

TEST_CASE("what is undone already is left out of a downgrade") {
    const Graph graph(make_line({"a", "b", "c"}));
    CHECK(left_of(graph, {"a", "b", "c"}, "a", {"a", "b", "c"}) == Ids{"c", "b"});
    CHECK(left_of(graph, {"a", "b", "c"}, "a", {"a", "b"}) == Ids{"b"});
    CHECK(left_of(graph, {"a", "b", "c"}, "a", {"a"}).empty());
}

TEST_CASE("nothing is undone underneath a revision that was applied after the plan was made") {
    const Graph graph(make_line({"a", "b", "c"}));
    CHECK(refusal(graph, {"a", "b"}, "-1", {"a", "b", "c"}).contains("revision c came on top of b"));
    CHECK(refusal(graph, {"a", "b"}, "a", {"a", "b", "c"}).contains("revision c came on top of b"));
}

TEST_CASE("nothing is undone underneath a revision that depends on it and was applied after the plan was made") {
    auto dependent = make_revision("d");
    dependent.depends_on = {"b"};
    auto revisions = make_line({"a", "b"});
    revisions.push_back(dependent);
    const Graph graph(revisions);
    CHECK(refusal(graph, {"a", "b"}, "-1", {"a", "b", "d"}).contains("revision d came on top of b"));
}

TEST_CASE("what was applied elsewhere after the plan was made is not in the way of a downgrade") {
    auto revisions = make_line({"a", "b"});
    revisions.push_back(make_revision("other"));
    revisions.push_back(make_revision("beside", {"a"}));
    const Graph graph(revisions);
    CHECK(left_of(graph, {"a", "b"}, "-1", {"a", "b", "other", "beside"}) == Ids{"b"});
}
