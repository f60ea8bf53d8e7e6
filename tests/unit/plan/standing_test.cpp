// SPDX-License-Identifier: Apache-2.0
#include "plan/standing.hpp"

#include <catch2/catch_test_macros.hpp>

#include "unit/plan/history.hpp"

using namespace headgate;
using namespace headgate::tests;
using plan::DriftKind;

TEST_CASE("everything applied and nothing else is at head") {
    const revision::Graph graph(make_line({"a", "b"}));
    CHECK(plan::find_standing(graph, make_ledger(graph, {"a", "b"})).is_at_head());
    CHECK_FALSE(plan::find_standing(graph, make_ledger(graph, {"a"})).is_at_head());
    CHECK_FALSE(plan::find_standing(graph, ledger::Ledger()).is_at_head());
}

TEST_CASE("applied revisions without a file: ahead while nothing is pending, diverged else") {
    const revision::Graph full(make_line({"a", "b", "c"}));
    const revision::Graph old(make_line({"a", "b"}));
    const auto all = make_ledger(full, {"a", "b", "c"});
    const auto ahead = plan::find_standing(old, all);
    CHECK(ahead.is_ahead());
    CHECK_FALSE(ahead.is_diverged());

    const revision::Graph sibling({make_revision("a"), make_revision("x", {"a"})});
    const auto diverged = plan::find_standing(sibling, all);
    CHECK(diverged.is_diverged());
    CHECK_FALSE(diverged.is_ahead());
}

TEST_CASE("a partial row is never at head") {
    const revision::Graph graph(make_line({"a"}));
    auto row = make_row(*graph.find("a"), 1);
    row.state = ledger::State::partial;
    const ledger::Ledger ledger(std::vector{row});
    const auto standing = plan::find_standing(graph, ledger);
    CHECK_FALSE(standing.is_at_head());
    CHECK(standing.partial.size() == 1);
    CHECK(standing.pending.size() == 1);
}

TEST_CASE("drift tells comments from statements") {
    const auto drift_of = [](auto change) -> std::optional<DriftKind> {
        const revision::Graph graph(make_line({"a"}));
        auto row = make_row(*graph.find("a"), 1);
        change(row.checksums);
        const ledger::Ledger ledger(std::vector{row});
        const auto standing = plan::find_standing(graph, ledger);
        if (standing.drift.empty()) return std::nullopt;
        return standing.drift.front().kind;
    };
    CHECK(drift_of([](base::Checksums&) {}) == std::nullopt);
    CHECK(drift_of([](base::Checksums& sums) { sums.raw = "other"; }) == DriftKind::comments_only);
    CHECK(drift_of([](base::Checksums& sums) { sums.raw = sums.tokens = "other"; }) == DriftKind::statements_changed);
    CHECK(drift_of([](base::Checksums& sums) { sums.tokens = "other"; }) == DriftKind::statements_changed);
    CHECK(drift_of([](base::Checksums& sums) {
              sums.raw = "other";
              sums.algorithm = 2;
          }) == DriftKind::other_algorithm);
    CHECK(drift_of([](base::Checksums& sums) { sums.algorithm = 2; }) == std::nullopt);
    CHECK(drift_of([](base::Checksums& sums) { sums = {.raw = "", .tokens = "", .algorithm = 0}; }) == std::nullopt);
}
