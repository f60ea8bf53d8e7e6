// SPDX-License-Identifier: Apache-2.0
// kill -9 of headgate adopt at any moment: the ledger has all revisions or none, and the next run makes it whole.
// HEADGATE_FAULT_ROUNDS asks for more kills, HEADGATE_FAULT_SEED replays one series.
#include <csignal>
#include <cstdlib>
#include <format>
#include <random>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "gate/project.hpp"

namespace headgate::gate {

namespace {

constexpr int history = 400;

long number_from(const char* variable, long otherwise) {
    const char* text = std::getenv(variable);
    return text == nullptr ? otherwise : std::strtol(text, nullptr, 10);
}

// As Alembic leaves a database at the head of a long history.
void make_adoptable(Project& project) {
    for (int number = 1; number <= history; ++number) project.add_step(number, "SELECT 1;");
    support::write_file(project.folder() / "headgate.toml", "[alembic]\nversion_table = \"alembic_version\"\n");
    project.database().execute(
        std::format("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc "
                    "PRIMARY KEY (version_num)); INSERT INTO alembic_version VALUES ('{}');",
                    id(history)));
}

std::size_t rows_in_ledger(const Project& project) {
    if (!project.database().has_table("headgate_ledger")) return 0;
    return std::stoul(project.database().value("SELECT count(*) FROM headgate_ledger;"));
}

}  // namespace

TEST_CASE("adopt: killed at any moment it leaves the whole ledger or none") {
    Project project(GENERATE(Kind::postgres, Kind::sqlite));
    make_adoptable(project);
    const auto whole = support::run_program(project.headgate({"adopt"}));
    INFO(whole.describe());
    REQUIRE(whole.exit_code == 0);
    const auto seed = static_cast<std::uint64_t>(number_from("HEADGATE_FAULT_SEED", std::random_device()()));
    INFO("HEADGATE_FAULT_SEED=" << seed);
    std::mt19937_64 random(seed);
    std::uniform_int_distribution<long> moment(0, whole.duration.count());
    for (auto round = number_from("HEADGATE_FAULT_ROUNDS", 12); round > 0; --round) {
        project.database().execute("DROP TABLE IF EXISTS headgate_ledger;");
        RunningProgram running(project.headgate({"adopt"}));
        support::pause_for(Milliseconds{moment(random)});
        running.send_signal(SIGKILL);
        running.wait();
        const auto rows = rows_in_ledger(project);
        INFO("rows after the kill: " << rows);
        CHECK((rows == 0 || rows == history));
        const auto outcome = project.run({"adopt"});
        INFO(outcome.describe());
        REQUIRE(outcome.exit_code == 0);
        REQUIRE(rows_in_ledger(project) == history);
    }
}

}  // namespace headgate::gate
