// SPDX-License-Identifier: Apache-2.0
#include "plan/version_rows.hpp"

#include <catch2/catch_test_macros.hpp>

namespace headgate::plan {

namespace {

using Rows = std::vector<std::string>;
using Changes = std::vector<ledger::VersionChange>;

}  // namespace

TEST_CASE("Alembic's rows are the revisions that nothing stands on") {
    VersionRows rows;
    CHECK(rows.rows().empty());
    rows.apply("a", {});
    CHECK(rows.rows() == Rows{"a"});
    rows.apply("b1", {"a"});
    rows.apply("b2", {"a"});
    CHECK(rows.rows() == Rows{"b1", "b2"});
    rows.apply("c", {"b1", "b2"});
    CHECK(rows.rows() == Rows{"c"});
    rows.undo("c");
    CHECK(rows.rows() == Rows{"b1", "b2"});
    rows.undo("b2");
    CHECK(rows.rows() == Rows{"b1"});
    rows.undo("b1");
    rows.undo("a");
    CHECK(rows.rows().empty());
}

TEST_CASE("What another branch depends on has no row of its own until that is undone") {
    VersionRows rows;
    rows.apply("x", {});
    rows.apply("a", {"x"});
    CHECK(rows.rows() == Rows{"a"});
    rows.apply("y", {"x"});
    CHECK(rows.rows() == Rows{"a", "y"});
    rows.undo("y");
    rows.undo("a");
    CHECK(rows.rows() == Rows{"x"});
}

TEST_CASE("One row is moved, the others are removed and added") {
    CHECK(find_version_changes({}, {"a"}) == Changes{{"", "a"}});
    CHECK(find_version_changes({"a"}, {"b"}) == Changes{{"a", "b"}});
    CHECK(find_version_changes({"a"}, {"a", "b"}) == Changes{{"", "b"}});
    CHECK(find_version_changes({"a", "b", "z"}, {"c", "z"}) == Changes{{"b", ""}, {"a", "c"}});
    CHECK(find_version_changes({"c"}, {"a", "b"}) == Changes{{"", "b"}, {"c", "a"}});
    CHECK(find_version_changes({"a"}, {}) == Changes{{"a", ""}});
    CHECK(find_version_changes({"a"}, {"a"}).empty());
}

}  // namespace headgate::plan
