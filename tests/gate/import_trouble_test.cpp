// SPDX-License-Identifier: Apache-2.0
// headgate import alembic beside projects that do what no project should: each section is its own revision's, and what
// goes wrong is said of the one that did it.
#include <format>

#include <catch2/catch_test_macros.hpp>

#include "gate/alembic_project.hpp"

namespace headgate::gate {

namespace {

using support::read_file;

// Three in a line, each with SQL of its own in both directions; the middle one does something more.
AlembicProject project_with(const std::string& doing) {
    AlembicProject project;
    std::string below = "None";
    for (const std::string id : {"aa01", "bb02", "cc03"}) {
        project.add({.revision = id,
                     .down_revision = below,
                     .upgrade = std::format("op.execute('SELECT 1 AS {}_up')\n{}", id, id == "bb02" ? doing : "pass"),
                     .downgrade = std::format("op.execute('SELECT 1 AS {}_down')", id)});
        below = std::format("'{}'", id);
    }
    return project;
}

void check_all_but_the_middle(const AlembicProject& project) {
    for (const std::string id : {"aa01", "bb02", "cc03"}) {
        const auto text = read_file(project.file_of(id));
        INFO(text);
        const auto up = text.find(std::format("SELECT 1 AS {}_up", id));
        const auto downgrade = text.find("-- headgate:downgrade");
        CHECK((id == "bb02" || up < downgrade));
        CHECK(text.find(std::format("SELECT 1 AS {}_down", id), downgrade) != std::string::npos);
        CHECK(text.contains("headgate:todo") == (id == "bb02"));
    }
}

}  // namespace

TEST_CASE("import: half a character in one section is a hole there, and moves no other") {
    const auto project = project_with("op.execute(\"SELECT '\\udc80'\")");
    const auto outcome = project.import({"--dialect", "sqlite"});
    INFO(outcome.describe());
    REQUIRE(outcome.exit_code == 0);
    CHECK(outcome.out.contains("its SQL is no UTF-8"));
    check_all_but_the_middle(project);
}

TEST_CASE("import: an answer that cannot be read is a hole, and moves no other") {
    const auto project = project_with("import __main__; __main__.answers.write('{')");
    const auto outcome = project.import({"--dialect", "sqlite"});
    INFO(outcome.describe());
    REQUIRE(outcome.exit_code == 0);
    CHECK(outcome.out.contains("what Python said of it cannot be read"));
    check_all_but_the_middle(project);
}

}  // namespace headgate::gate
