// SPDX-License-Identifier: Apache-2.0
#include "revision/branch_labels.hpp"

#include <catch2/catch_test_macros.hpp>

#include "graph_making.hpp"
#include "parsing.hpp"
#include "revision/lineage.hpp"

namespace headgate::revision {

using namespace testing;

namespace {

std::string on(const Graph& graph, std::string_view id) {
    std::string names;
    for (const auto label : BranchLabels(graph).of(*graph.find(id))) names += std::format("{} ", label);
    return names;
}

Lines faults_of(std::vector<Revision> revisions) {
    try {
        const Graph graph(std::move(revisions));
    } catch (const base::Error& error) {
        return render(error.problems);
    }
    return {};
}

}  // namespace

TEST_CASE("in one line a label stands for the whole line") {
    const Graph graph({node("a"), node("b", {"a"}, Also{{}, {"feat"}}), node("c", {"b"})});
    for (const auto* id : {"a", "b", "c"}) CHECK(on(graph, id) == "feat ");
}

TEST_CASE("a label reaches down to the branch point, and up over merges") {
    const Graph graph({node("a"), node("b", {"a"}, Also{{}, {"left"}}), node("c", {"a"}, Also{{}, {"right"}}),
                       node("m", {"b", "c"})});
    CHECK(on(graph, "a").empty());
    CHECK(on(graph, "b") == "left ");
    CHECK(on(graph, "m") == "left right ");
}

TEST_CASE("what depends on a branch is not on it, and makes a junction of what it depends on") {
    const Graph graph(
        {node("a"), node("b", {"a"}), node("c", {"b"}, Also{{}, {"feat"}}), node("x", {}, Also{{"b"}, {}})});
    CHECK(on(graph, "x").empty());
    CHECK(on(graph, "b").empty());
    CHECK(on(graph, "c") == "feat ");
}

TEST_CASE("lineage goes up and down, along dependencies where that is asked for") {
    const Graph graph({node("a"), node("b", {"a"}), node("c", {"a"}), node("x", {}, Also{{"b"}, {}})});
    CHECK(share_lineage(graph, *graph.find("a"), *graph.find("c")));
    CHECK_FALSE(share_lineage(graph, *graph.find("b"), *graph.find("c")));
    CHECK_FALSE(share_lineage(graph, *graph.find("x"), *graph.find("a")));
    CHECK(share_lineage(graph, *graph.find("x"), *graph.find("a"), Follow::dependencies));
}

TEST_CASE("an effective head is one that nothing depends on either") {
    const Graph graph({node("a"), node("b", {}, Also{{"a"}, {}})});
    CHECK(graph.is_head(*graph.find("a")));
    CHECK_FALSE(graph.is_effective_head(*graph.find("a")));
    CHECK(graph.is_effective_head(*graph.find("b")));
}

TEST_CASE("a label that two files have, or that is an id, is a fault of the file that has it later") {
    CHECK(faults_of({node("a", {}, Also{{}, {"feat"}}), node("b", {"a"}, Also{{}, {"feat"}})}) ==
          Lines{"5: branch label feat is in a.sql already"});
    CHECK(faults_of({node("a"), node("b", {"a"}, Also{{}, {"a"}})}) ==
          Lines{"5: branch label a is the id of the revision in a.sql"});
}

TEST_CASE("a dependency on a label that the revision itself has is a dependency on itself") {
    CHECK(faults_of({node("a", {}, Also{{"feat"}, {"feat"}})}) ==
          Lines{"4: revision a names itself as its depends_on"});
}

TEST_CASE("depends_on by label is an id once the graph is made") {
    const Graph graph({node("a", {}, Also{{}, {"feat"}}), node("b", {}, Also{{"feat"}, {}})});
    CHECK(graph.find("b")->depends_on == Lines{"a"});
    CHECK(graph.resolve("feat").id == "a");
}

}  // namespace headgate::revision
