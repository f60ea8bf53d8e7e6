// SPDX-License-Identifier: Apache-2.0
#include "apply/stamp_plan.hpp"

#include <catch2/catch_test_macros.hpp>

#include "unit/plan/history.hpp"

using namespace headgate;
using namespace headgate::tests;

TEST_CASE("stamp names the heads that Alembic's table gets: none that another one depends on") {
    auto line = make_line({"a", "b"});
    auto beside = make_line({"x"});
    beside.front().depends_on = {"b"};
    line.push_back(std::move(beside.front()));
    const revision::Graph graph(std::move(line));
    database::LedgerReading reading;
    reading.versions = database::VersionTable{.qualified_name = "alembic_version", .exists = true, .rows = {}};
    const auto plan =
        apply::plan_stamp(graph, reading, {plan::parse_target("heads")}, apply::UnknownRows::keep, apply::Author());
    REQUIRE(plan.versions);
    REQUIRE(plan.versions->changes.size() == 1);
    CHECK(plan.versions->changes.front() == ledger::VersionChange{"", "x"});
    CHECK(plan.heads == std::vector<std::string>{"x"});
}
