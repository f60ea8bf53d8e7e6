// SPDX-License-Identifier: Apache-2.0
#include "gate/offline_script.hpp"

#include <algorithm>

#include <catch2/catch_test_macros.hpp>

#include "base/text.hpp"

namespace headgate::gate {

Program script_program(const Database& database, const std::filesystem::path& script) {
    if (database.kind() == Kind::postgres) {
        return {.executable = "psql",
                .arguments = {"-X", "-v", "ON_ERROR_STOP=1", "-f", script.string(), database.url()}};
    }
    const auto file = database.url().substr(std::string_view("sqlite:///").size());
    return {.executable = "sqlite3", .arguments = {"-bail", file}, .input = support::read_file(script)};
}

Outcome run_script(const Database& database, std::string_view script) {
    const support::TempFolder folder;
    support::write_file(folder / "script.sql", script);
    return support::run_program(script_program(database, folder / "script.sql"));
}

void run_well(const Database& database, const std::string& script) {
    const Outcome outcome = run_script(database, script);
    INFO(script);
    INFO(outcome.describe());
    REQUIRE(outcome.exit_code == 0);
}

void check_refused(const Database& database, const std::string& script, std::string_view words) {
    const auto before = state_of(database);
    const Outcome outcome = run_script(database, script);
    INFO(outcome.describe());
    CHECK(outcome.exit_code != 0);
    CHECK(outcome.err.contains(words));
    CHECK(state_of(database) == before);
}

std::string write_script(const Project& project, std::vector<std::string> arguments) {
    arguments.emplace_back("--sql");
    const Outcome outcome = project.run(std::move(arguments));
    INFO(outcome.describe());
    REQUIRE(outcome.exit_code == 0);
    return outcome.out;
}

namespace {

// Wherever it is.
std::string find_ledger(const Database& database) {
    if (database.kind() == Kind::sqlite) return database.has_table("headgate_ledger") ? "headgate_ledger" : "";
    return database.value(
        "SELECT coalesce(max(format('%I.%I', schemaname, tablename)), '') FROM pg_tables WHERE tablename = "
        "'headgate_ledger'");
}

// SQLite dumps its tables in the order in which they were made. Beside a revision with transaction = false a script
// makes Alembic's table before, and headgate after it: so that is left to the end.
std::string dump_in_order(const Database& database) {
    const auto text = database.dump();
    auto lines = base::split_at(text, '\n');
    std::ranges::stable_partition(lines, [](const auto& line) { return !line.contains("alembic_version"); });
    std::string dump;
    for (const auto& line : lines) dump += std::string(line) + "\n";
    return dump;
}

}  // namespace

void go_both_ways(const Project& project, const Database& offline, const std::string& command,
                  const std::string& target, const std::string& range) {
    REQUIRE(project.run({command, target}).exit_code == 0);
    run_well(offline, write_script(project, {command, range}));
}

std::string state_of(const Database& database) {
    auto state = database.kind() == Kind::sqlite ? dump_in_order(database) : database.dump();
    const auto ledger = find_ledger(database);
    if (ledger.empty()) return state + "no ledger\n";
    for (const auto& row :
         database.rows("SELECT layout, kind, revision, parents, depends_on, message, checksum_raw, checksum_tokens, "
                       "checksum_algorithm, state, statements_done, image_label, headgate_version, breaking, journal "
                       "FROM " +
                       ledger + " ORDER BY sequence;")) {
        for (const auto& field : row) state += field + "|";
        state += "\n";
    }
    return state;
}

}  // namespace headgate::gate
