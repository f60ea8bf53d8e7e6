// SPDX-License-Identifier: Apache-2.0
// The move from Alembic: examples/alembic-project, whose own script goes back and forth and compares dumps at each
// point, and the commands of the guide.
#include <algorithm>
#include <filesystem>
#include <format>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "base/text.hpp"
#include "gate/alembic_beside.hpp"
#include "gate/alembic_project.hpp"
#include "gate/offline_script.hpp"

namespace headgate::gate {

namespace {

constexpr auto points = 8;  // at which the script compares

std::string left_databases() {
    const auto database = make_database(Kind::postgres);
    return database->value("SELECT count(*) FROM pg_database WHERE datname ~ '^(moved|untouched)_'");
}

// What docs/alembic.md has in its blocks of this language, before its account of how import works.
std::string read_guide(std::string_view language) {
    const auto page = support::read_file(HEADGATE_SOURCE_DIR "/docs/alembic.md");
    const auto start = page.find("## Moving in");
    const auto chapter = page.substr(start, page.find("### How import works") - start);
    std::string text;
    bool is_inside = false;
    for (const auto line : base::split_at(chapter, '\n')) {
        const auto word = base::trim(line);
        if (word.starts_with("```")) {
            is_inside = word.substr(3) == language;
        } else if (is_inside) {
            text += std::format("{}\n", word);
        }
    }
    return text;
}

}  // namespace

TEST_CASE("examples/alembic-project: headgate and Alembic take turns, and the dumps stay those of Alembic alone") {
    const auto kind = GENERATE(Kind::postgres, Kind::sqlite);
    support::require_program("alembic");
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

TEST_CASE("examples/alembic-project: imported, online and offline give the same database, up and down") {
    const auto kind = GENERATE(Kind::postgres, Kind::sqlite);
    const auto example = AlembicProject::example();
    REQUIRE(example.import().exit_code == 0);
    Project project(kind);
    std::filesystem::copy(example.migrations(), project.migrations());
    keep_alembic_version(project);
    const auto offline = make_database(kind);

    go_both_ways(project, *offline, "upgrade", "head", "head");
    CHECK(state_of(*offline) == state_of(project.database()));

    go_both_ways(project, *offline, "downgrade", "base", "head:base");
    CHECK(state_of(*offline) == state_of(project.database()));
}

TEST_CASE("docs/alembic.md: its commands move a project in") {
    const auto database = make_database(GENERATE(Kind::postgres, Kind::sqlite));
    const auto project = AlembicProject::example();
    REQUIRE(project.alembic(database->url(), {"upgrade", "42d6f1e3a08b"}).exit_code == 0);
    project.write("headgate.toml", read_guide("toml"));
    auto shell = project.headgate(database->url(),
                                  {"-ec", "headgate() { \"$0\" \"$@\"; }\n" + read_guide("sh"), HEADGATE_BINARY});
    shell.executable = "sh";
    const auto moved = support::run_program(shell);
    INFO(moved.describe());
    CHECK(moved.exit_code == 0);
    CHECK(moved.out.contains("42d6f1e3a08b"));
    CHECK(project.run(database->url(), {"upgrade"}).exit_code == 0);
    CHECK(versions_of(*database) == "06ac7d8f5be2");
}

}  // namespace headgate::gate
