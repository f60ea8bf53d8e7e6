// SPDX-License-Identifier: Apache-2.0
// --sql, and revisions with `transaction = false`: what a script leaves behind that was cut, moved or run as another.
#include <format>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "gate/alembic_beside.hpp"
#include "gate/offline_script.hpp"

using namespace headgate::gate;
using namespace headgate::support;

namespace {

constexpr auto no_transaction = "-- transaction = false\n";

// Between any two parts of it: behind each statement, and behind each record.
std::vector<std::size_t> cuts_of(const std::string& script) {
    std::vector<std::size_t> cuts;
    for (std::size_t at = 0; (at = script.find("-- ---- ", at)) != std::string::npos; ++at) cuts.push_back(at);
    cuts.erase(cuts.begin());
    return cuts;
}

// Of the row in the ledger, and of alembic_version.
std::string place_of(const Database& database) {
    return database.value("SELECT state FROM headgate_ledger;") + " " + versions_of(database);
}

}  // namespace

TEST_CASE("a schema's name of several lines stays in the script's comment") {
    Project project(Kind::postgres);
    project.add_step(1, "CREATE TABLE one (a integer);");
    write_file(project.folder() / "headgate.toml", "ledger_schema = \"a\\nDROP SCHEMA x;\"\n");
    project.database().execute("CREATE SCHEMA \"a\nDROP SCHEMA x;\"");
    run_well(project.database(), write_script(project, {"upgrade"}));
    CHECK(project.database().has_table("one"));
}
