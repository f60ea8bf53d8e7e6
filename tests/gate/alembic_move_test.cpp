// SPDX-License-Identifier: Apache-2.0
// examples/alembic-project: its own script moves it to headgate and back and forth, and compares dumps at each point.
#include <algorithm>
#include <filesystem>
#include <format>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "base/text.hpp"
#include "gate/alembic_project.hpp"

namespace headgate::gate {

namespace {

constexpr auto points = 8;  // at which the script compares

std::string left_databases() {
    const auto database = make_database(Kind::postgres);
    return database->value("SELECT count(*) FROM pg_database WHERE datname ~ '^(moved|untouched)_'");
}

}  // namespace

TEST_CASE("examples/alembic-project: headgate and Alembic take turns, and the dumps stay those of Alembic alone") {
    const auto kind = GENERATE(Kind::postgres, Kind::sqlite);
    const support::TempFolder folder;
    const auto server = kind == Kind::sqlite ? std::string("sqlite") : support::shared_server().url("postgres");
    const auto outcome =
        support::run_program({.executable = HEADGATE_SOURCE_DIR "/examples/alembic-project/move",
                              .arguments = {server},
                              .environment = {{"HEADGATE", HEADGATE_BINARY}, {"TMPDIR", folder.path().string()}},
                              .time_limit = Milliseconds{280'000}});
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 0);
    const auto lines = base::split_at(outcome.out, '\n');
    CHECK(std::ranges::count_if(lines, [](auto line) { return line.starts_with("same: "); }) == points);
    CHECK(std::filesystem::is_empty(folder.path()));
    if (kind == Kind::postgres) CHECK(left_databases() == "0");
}

}  // namespace headgate::gate
