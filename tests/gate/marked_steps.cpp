// SPDX-License-Identifier: Apache-2.0
#include "gate/marked_steps.hpp"

#include <cstdlib>
#include <format>
#include <random>

namespace headgate::gate {
namespace {

constexpr auto sleeping_sessions =
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'";

std::string render(const std::vector<std::string>& list) {
    std::string text;
    for (const auto& each : list) text += (text.empty() ? "" : " ") + each;
    return text.empty() ? "nothing" : text;
}

std::vector<std::string> marks(const Project& project) {
    std::vector<std::string> steps;
    if (!project.database().has_table("marks")) return steps;
    for (const auto& row : project.database().rows("SELECT step FROM marks ORDER BY step")) steps.push_back(row.at(0));
    return steps;
}

std::vector<std::string> numbers_up_to(std::size_t count) {
    std::vector<std::string> numbers;
    for (std::size_t i = 1; i <= count; ++i) numbers.push_back(std::to_string(i));
    return numbers;
}

std::vector<std::string> ids_up_to(std::size_t count) {
    std::vector<std::string> ids;
    for (std::size_t i = 1; i <= count; ++i) ids.push_back(id(static_cast<int>(i)));
    return ids;
}

}  // namespace

void add_marked_steps(Project& project, int count, int slow, const std::string& extra) {
    for (int step = 1; step <= count; ++step) {
        std::string sql = step == 1 ? "CREATE TABLE marks (step integer);\n" : "";
        sql += std::format("INSERT INTO marks VALUES ({0});\nCREATE TABLE t{0} (a integer);\n", step);
        if (step == slow) sql += extra;
        project.add_step(step, sql, std::format("DROP TABLE t{0};\nDELETE FROM marks WHERE step = {0};", step));
    }
}

std::optional<std::string> find_fault(const Project& project) {
    const auto applied = project.applied();
    const auto marked = marks(project);
    if (applied != ids_up_to(applied.size())) return "the ledger says " + render(applied);
    if (marked != numbers_up_to(applied.size()))
        return std::format("the ledger has {} steps, but done are {}", applied.size(), render(marked));
    for (std::size_t step = 1; step <= applied.size(); ++step)
        if (!project.database().has_table(std::format("t{}", step))) return std::format("no table of step {}", step);
    if (project.database().has_table(std::format("t{}", applied.size() + 1))) return "a step without its row";
    return std::nullopt;
}

std::optional<std::string> find_fault(const Project& project, int count) {
    if (auto fault = find_fault(project)) return fault;
    const auto done = project.applied().size();
    if (done == static_cast<std::size_t>(count)) return std::nullopt;
    return std::format("{} of {} steps are done", done, count);
}

bool is_in_slow_step(const Project& project) {
    return project.database().value(sleeping_sessions) != "0";
}

bool wait_for_slow_step(const Project& project) {
    return support::eventually([&] { return is_in_slow_step(project); }, Milliseconds{30'000});
}

int rounds(int usual) {
    const char* wanted = std::getenv("HEADGATE_TEST_ROUNDS");
    return wanted == nullptr ? usual : std::atoi(wanted);
}

unsigned test_seed() {
    const char* wanted = std::getenv("HEADGATE_TEST_SEED");
    return wanted == nullptr ? std::random_device{}() : static_cast<unsigned>(std::strtoul(wanted, nullptr, 10));
}

}  // namespace headgate::gate
