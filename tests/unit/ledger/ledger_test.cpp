// SPDX-License-Identifier: Apache-2.0
#include "ledger/ledger.hpp"

#include <catch2/catch_test_macros.hpp>

#include "base/error.hpp"

using namespace headgate;
using ledger::Ledger;
using ledger::Row;

namespace {

Row row(std::int64_t sequence, std::string revision, std::vector<std::string> parents = {}) {
    Row made;
    made.sequence = sequence;
    made.revision = std::move(revision);
    made.parents = std::move(parents);
    return made;
}

std::vector<std::string> head_ids(const Ledger& ledger) {
    std::vector<std::string> ids;
    for (const auto* head : ledger.heads()) ids.push_back(head->revision);
    return ids;
}

}  // namespace

TEST_CASE("no table and an empty table are two things") {
    CHECK_FALSE(Ledger().exists());
    CHECK(Ledger(std::vector<Row>{}).exists());
    CHECK(Ledger().expectation() == ledger::Expectation{false, 0, 0});
    CHECK(Ledger(std::vector<Row>{}).expectation() == ledger::Expectation{true, 0, 0});
}

TEST_CASE("rows are in the order of application, whatever order they came in") {
    const Ledger ledger({row(5, "b", {"a"}), row(2, "a")});
    CHECK(ledger.rows().front().revision == "a");
    CHECK(ledger.expectation() == ledger::Expectation{true, 2, 5});
}

TEST_CASE("heads are applied revisions that nothing applied stands on") {
    CHECK(head_ids(Ledger({row(1, "a"), row(2, "b", {"a"}), row(3, "c", {"a"})})) ==
          std::vector<std::string>{"b", "c"});
    CHECK(head_ids(Ledger({row(1, "a"), row(2, "b", {"a"}), row(3, "c", {"a"}), row(4, "d", {"b", "c"})})) ==
          std::vector<std::string>{"d"});
}

TEST_CASE("a partial row is not applied and no head") {
    auto partial = row(2, "b", {"a"});
    partial.state = ledger::State::partial;
    const Ledger ledger({row(1, "a"), partial});
    CHECK(ledger.has_partial());
    CHECK_FALSE(ledger.is_applied("b"));
    CHECK(head_ids(ledger) == std::vector<std::string>{"a"});
}

TEST_CASE("a layout newer than ours is refused") {
    auto newer = row(1, "a");
    newer.layout = ledger::layout_version + 1;
    newer.headgate_version = "9.9";
    CHECK_THROWS_AS(Ledger({newer}), base::Error);
}

TEST_CASE("ids survive being one text") {
    CHECK(ledger::render_ids({}).empty());
    CHECK(ledger::parse_ids("").empty());
    const std::vector<std::string> ids{"a1", "b_2", "c.3"};
    CHECK(ledger::parse_ids(ledger::render_ids(ids)) == ids);
}

TEST_CASE("a state that this version does not know is refused") {
    CHECK(ledger::parse_state("applied") == ledger::State::applied);
    CHECK_THROWS_AS(ledger::parse_state("half"), base::Error);
}
