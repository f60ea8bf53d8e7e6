// SPDX-License-Identifier: Apache-2.0
#include "revision/graph.hpp"

#include <algorithm>
#include <random>
#include <type_traits>

#include <catch2/catch_test_macros.hpp>

#include "parsing.hpp"

namespace headgate::revision {

using namespace testing;

namespace {

Revision make(std::string id, Lines parents = {}, std::string date = "", Lines depends_on = {}) {
    Revision revision;
    revision.path = id + ".sql";
    revision.id = std::move(id);
    revision.down_revisions = std::move(parents);
    revision.depends_on = std::move(depends_on);
    revision.create_date = std::move(date);
    revision.lines = {.revision = 2, .down_revision = 3, .depends_on = 4};
    return revision;
}

Lines ids(const std::vector<const Revision*>& revisions) {
    Lines names;
    for (const Revision* revision : revisions) names.push_back(revision->id);
    return names;
}

Lines order(const Graph& graph) {
    Lines names;
    for (const Revision& revision : graph.in_order()) names.push_back(revision.id);
    return names;
}

base::Error error_of(std::vector<Revision> revisions) {
    try {
        const Graph graph(std::move(revisions));
    } catch (const base::Error& error) {
        CHECK(error.kind == base::ErrorKind::bad_revisions);
        return error;
    }
    return {base::ErrorKind::internal, "no error"};
}

Lines faults_of(std::vector<Revision> revisions) {
    return render(error_of(std::move(revisions)).problems);
}

// a ← b ← {c, d} ← m, and e which only depends on b.
Graph diamond() {
    return Graph({make("m", {"c", "d"}), make("d", {"b"}), make("c", {"b"}), make("b", {"a"}), make("a"),
                  make("e", {}, "", {"b"})});
}

std::string usage_error(const Graph& graph, std::string_view id) {
    try {
        graph.resolve(id);
    } catch (const base::Error& error) {
        CHECK(error.kind == base::ErrorKind::usage);
        return error.message + "; " + error.hint;
    }
    return "";
}

}  // namespace

// Its links look into its own revisions.
static_assert(!std::is_copy_constructible_v<Graph> && !std::is_copy_assignable_v<Graph>);

TEST_CASE("a graph that was moved finds its branch labels") {
    auto revision = make("a");
    revision.branch_labels = {"people"};
    std::vector<Revision> revisions;
    revisions.push_back(std::move(revision));
    Graph first(std::move(revisions));
    const Graph second(std::move(first));
    REQUIRE(second.find_named("people") != nullptr);
    CHECK(second.find_named("people")->id == "a");
}

TEST_CASE("parents come before children whatever the order of the files") {
    std::vector<Revision> revisions = {make("a"), make("b", {"a"}), make("c", {"b"}), make("d", {"c"})};
    std::ranges::sort(revisions, {}, &Revision::id);
    do {
        CHECK(order(Graph(revisions)) == Lines{"a", "b", "c", "d"});
    } while (std::ranges::next_permutation(revisions, {}, &Revision::id).found);
}

TEST_CASE("among those that are free the date decides, then the id") {
    CHECK(order(Graph({make("r"), make("z", {"r"}, "2026-01-01"), make("a", {"r"}, "2026-01-02"),
                       make("b", {"r"}, "2026-01-02")})) == Lines{"r", "z", "a", "b"});
}

TEST_CASE("a graph knows heads, bases, branch points and merges") {
    const Graph graph = diamond();
    CHECK(order(graph) == Lines{"a", "b", "c", "d", "e", "m"});
    CHECK(ids(graph.heads()) == Lines{"e", "m"});
    CHECK(ids(graph.bases()) == Lines{"a", "e"});
    CHECK(graph.is_branch_point(*graph.find("b")));
    CHECK_FALSE(graph.is_branch_point(*graph.find("a")));
    CHECK(graph.is_merge_point(*graph.find("m")));
    CHECK(graph.find("x") == nullptr);
}

TEST_CASE("children and parents include those by depends_on, heads do not") {
    const Graph graph = diamond();
    CHECK(ids(graph.children_of(*graph.find("b"))) == Lines{"c", "d", "e"});
    CHECK(ids(graph.parents_of(*graph.find("e"))) == Lines{"b"});
    const Graph depended({make("a"), make("b", {}, "", {"a"})});
    CHECK(ids(depended.heads()) == Lines{"a", "b"});
}

TEST_CASE("an id is found exactly or by a prefix that only it has") {
    const Graph graph({make("1975ea83b712"), make("1975"), make("9f3c1a7be204")});
    CHECK(graph.resolve("1975").id == "1975");
    CHECK(graph.resolve("1975e").id == "1975ea83b712");
    CHECK(graph.resolve("9").id == "9f3c1a7be204");
    CHECK(usage_error(graph, "19") ==
          "\"19\" is the beginning of 2 revisions: 1975 (1975.sql), 1975ea83b712 (1975ea83b712.sql); write more of the "
          "id");
    CHECK(usage_error(graph, "9f3c1a7be205").ends_with("did you mean 9f3c1a7be204?"));
    CHECK(usage_error(graph, "xyz") ==
          "there is no revision or branch \"xyz\" in the migrations folder; headgate history lists the revisions");
    CHECK(usage_error(graph, "").starts_with("a revision is wanted"));
}

TEST_CASE("a single head is the head, and none is none") {
    CHECK(Graph({make("a"), make("b", {"a"})}).single_head()->id == "b");
    CHECK(Graph({}).single_head() == nullptr);
    CHECK(Graph({}).is_empty());
}

TEST_CASE("several heads name their files and the merge command") {
    const Graph graph({make("a"), make("b", {"a"}), make("c", {"a"})});
    try {
        graph.single_head();
        FAIL("no error");
    } catch (const base::Error& error) {
        CHECK(error.kind == base::ErrorKind::bad_revisions);
        CHECK(error.message == "the history has 2 heads: b (b.sql), c (c.sql)");
        CHECK(error.hint.contains("headgate merge -m \"…\" b c"));
    }
}

TEST_CASE("a duplicate id names both files") {
    std::vector<Revision> revisions = {make("a"), make("a")};
    revisions[1].path = "other.sql";
    const base::Error error = error_of(revisions);
    REQUIRE(error.problems.size() == 1);
    CHECK(error.problems[0].spot == base::SourceSpot{"other.sql", 2, 0});
    CHECK(error.problems[0].message == "revision a is in a.sql already");
}

TEST_CASE("a missing parent is named with the nearest id") {
    const base::Error error = error_of({make("1975ea83b712"), make("b", {"1975ea83b721"}), make("c", {}, "", {"zzz"})});
    CHECK(render(error.problems) == Lines{"3: down_revision 1975ea83b721 of revision b is in no file",
                                          "4: depends_on zzz of revision c is in no file"});
    CHECK(error.problems[0].hint == "did you mean 1975ea83b712?");
}

TEST_CASE("a revision that names itself is an error, and not a cycle too") {
    CHECK(faults_of({make("a", {"a"}), make("b", {"a"})}) == Lines{"3: revision a names itself as its down_revision"});
}

TEST_CASE("every cycle is listed, once, without what hangs on it") {
    CHECK(faults_of({make("a", {"c"}), make("b", {"a"}), make("c", {"b"}), make("x", {"a"}), make("y", {"z"}),
                     make("z", {"y"}), make("ok")}) ==
          Lines{"3: a cycle: a (a.sql) comes after c (c.sql) comes after b (b.sql) comes after a",
                "3: a cycle: y (y.sql) comes after z (z.sql) comes after y"});
    CHECK(faults_of({make("a", {}, "", {"b"}), make("b", {"a"})}).size() == 1);
}

TEST_CASE("in a random graph every parent comes before its child, and the order of the input does not matter") {
    const unsigned seed = std::random_device()();
    INFO("seed " << seed);
    std::mt19937 random(seed);
    for (int round = 0; round < 50; ++round) {
        std::vector<Revision> revisions;
        for (unsigned number = 0; number < 30; ++number) {
            Lines parents;
            for (unsigned parent = 0; parent < number; ++parent) {
                if (random() % 10 == 0) parents.push_back(std::format("r{}", parent));
            }
            revisions.push_back(make(std::format("r{}", number), parents, std::to_string(random() % 5)));
        }
        const Graph graph(revisions);
        std::ranges::shuffle(revisions, random);
        CHECK(order(Graph(revisions)) == order(graph));
        for (const Revision& revision : graph.in_order()) {
            for (const Revision* parent : graph.parents_of(revision)) CHECK(parent < &revision);
        }
    }
}

TEST_CASE("a chain of ten thousand revisions is no problem for the stack") {
    std::vector<Revision> revisions = {make("r0")};
    for (int number = 1; number < 10'000; ++number) {
        revisions.push_back(make(std::format("r{}", number), {std::format("r{}", number - 1)}));
    }
    CHECK(Graph(revisions).single_head()->id == "r9999");
    revisions.front().down_revisions = {"r9999"};
    CHECK(faults_of(revisions).size() == 1);
}

}  // namespace headgate::revision
