// SPDX-License-Identifier: Apache-2.0
// The rows of alembic_version, after every step of random graphs: ours beside those of the real Alembic.
#include <cstdlib>
#include <format>
#include <map>
#include <random>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>

#include "plan/version_rows.hpp"
#include "support/program.hpp"
#include "support/shared_server.hpp"

using namespace headgate;

namespace {

using Ids = std::vector<std::string>;

std::string render(const Ids& ids) {
    std::string text;
    for (const auto& id : ids) text += (text.empty() ? "" : ",") + id;
    return text.empty() ? "-" : text;
}

struct Node {
    std::string id;
    Ids parents;
    Ids depends_on;
    std::set<std::string> below;  // all that it stands on

    Ids all_parents() const {
        auto all = parents;
        all.insert(all.end(), depends_on.begin(), depends_on.end());
        return all;
    }
};

// Several bases, branches, merges of two or three, dependencies across branches.
class RandomGraph {
public:
    explicit RandomGraph(std::mt19937_64& engine) : engine_(engine) {
        const auto size = 3 + below(12);
        for (std::size_t number = 0; number < size; ++number) add(number);
    }

    const std::vector<Node>& nodes() const { return nodes_; }

    std::string text(std::size_t operations) {
        std::string text = "graph\n";
        for (const auto& node : nodes_) {
            text += std::format("rev {} {} {}\n", node.id, render(node.parents), render(node.depends_on));
        }
        for (std::size_t i = 0; i < operations; ++i) text += operation();
        return text;
    }

private:
    std::size_t below(std::size_t limit) { return std::uniform_int_distribution<std::size_t>(0, limit - 1)(engine_); }
    const Node& any() { return nodes_[below(nodes_.size())]; }

    void add(std::size_t number) {
        Node node{
            .id = std::format("r{:02}{:04x}", number, below(65536)), .parents = {}, .depends_on = {}, .below = {}};
        const std::size_t wanted = nodes_.empty() || below(8) == 0 ? 0 : below(4) == 0 ? 2 + below(2) : 1;
        for (std::size_t i = 0; i < wanted; ++i) stand_on(node, node.parents, any());
        if (!nodes_.empty() && below(5) == 0) stand_on(node, node.depends_on, any());
        nodes_.push_back(std::move(node));
    }

    // Alembic itself fails on a merge of a revision with what it stands on.
    static void stand_on(Node& node, Ids& list, const Node& other) {
        for (const auto& parent : node.all_parents()) {
            if (parent == other.id || other.below.contains(parent)) return;
        }
        if (node.below.contains(other.id)) return;
        list.push_back(other.id);
        node.below.insert(other.id);
        node.below.insert(other.below.begin(), other.below.end());
    }

    std::string operation() {
        switch (below(5)) {
            case 0:
                return "op upgrade heads\n";
            case 1:
                return "op downgrade base\n";
            case 2:
                return std::format("op downgrade {}\n", any().id);
            default:
                return std::format("op upgrade {}\n", any().id);
        }
    }

    std::mt19937_64& engine_;
    std::vector<Node> nodes_;
};

std::size_t number_of(const char* variable, std::size_t otherwise) {
    const char* text = std::getenv(variable);
    return text == nullptr ? otherwise : std::stoul(text);
}

std::string run_alembic(const std::string& graphs) {
    support::require_program("alembic");
    support::Program program{.executable = "/usr/bin/python3",
                             .arguments = {HEADGATE_SOURCE_DIR "/tests/property/alembic_rows.py"}};
    program.without = {"LD_PRELOAD"};
    program.input = graphs;
    program.time_limit = support::Milliseconds(600'000);
    return support::require_output(program);
}

}  // namespace

TEST_CASE("The rows are those of the real Alembic after every step of random graphs") {
    const auto seed = number_of("HEADGATE_TEST_SEED", Catch::getSeed());
    const auto rounds = number_of("HEADGATE_TEST_ROUNDS", 60);
    std::mt19937_64 engine(seed);
    std::vector<RandomGraph> graphs;
    std::string input;
    for (std::size_t round = 0; round < rounds; ++round) input += graphs.emplace_back(engine).text(8);

    std::istringstream answer(run_alembic(input));
    std::size_t graph = 0;
    std::size_t steps = 0;
    std::size_t refused = 0;
    std::map<std::string, Ids> parents;
    plan::VersionRows rows;
    for (std::string line; std::getline(answer, line);) {
        INFO(std::format("HEADGATE_TEST_SEED={} HEADGATE_TEST_ROUNDS={}, graph {}: {}", seed, rounds, graph, line));
        std::istringstream words(line);
        std::string word;
        std::string revision;
        std::string expected;
        words >> word >> revision >> expected;
        if (word == "graph") {
            parents.clear();
            for (const auto& node : graphs.at(graph++).nodes()) parents[node.id] = node.all_parents();
            rows = {};
        } else if (word == "refused") {
            ++refused;  // "Destination … is not a valid downgrade target from current head(s)"
        } else {
            if (word == "up") rows.apply(revision, parents.at(revision));
            if (word == "down") rows.undo(revision);
            REQUIRE(render(rows.rows()) == expected);
            ++steps;
        }
    }
    CHECK(graph == rounds);
    CHECK(steps > rounds * 5);
    WARN(std::format("{} graphs, {} steps compared, {} targets refused by Alembic (seed {})", rounds, steps, refused,
                     seed));
}
