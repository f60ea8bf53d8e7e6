// SPDX-License-Identifier: Apache-2.0
// Every JSON line that headgate writes in any case of this suite is compared with docs/events.md: the event is known,
// at a level that is documented, and its fields are those that are documented, with their types.
#include "support/event_catalogue.hpp"

#include <format>
#include <sstream>

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include "gate/events.hpp"
#include "gate/project.hpp"
#include "support/outcome_observer.hpp"

using namespace headgate::gate;
using namespace headgate::support;

namespace {

const EventCatalogue& catalogue() {
    static const EventCatalogue read = read_event_catalogue();
    return read;
}

bool is_of_type(const nlohmann::json& value, const std::string& type) {
    return type == "number" ? value.is_number_integer() : value.is_string();
}

std::vector<std::string> faults_of(const nlohmann::json& line) {
    const auto name = line.value("event", "");
    const auto found = catalogue().events.find(name);
    if (found == catalogue().events.end()) return {std::format("the event \"{}\" is not documented", name)};
    std::vector<std::string> faults;
    if (!found->second.levels.contains(line.value("level", "")))
        faults.push_back(std::format("{} at level {}", name, line.value("level", "")));
    for (const auto& [field, value] : line.items()) {
        const auto& fields =
            catalogue().common_fields.contains(field) ? catalogue().common_fields : found->second.fields;
        const auto type = fields.find(field);
        if (type == fields.end()) {
            faults.push_back(std::format("{}.{} is not documented", name, field));
        } else if (!is_of_type(value, type->second)) {
            faults.push_back(std::format("{}.{} is no {}: {}", name, field, type->second, value.dump()));
        }
    }
    return faults;
}

// A program that was killed may have written half a line.
void check_events(const Outcome& outcome) {
    std::istringstream lines(outcome.err);
    for (std::string line; std::getline(lines, line);) {
        if (!line.starts_with("{\"time\":") || !nlohmann::json::accept(line)) continue;
        INFO(line);
        CHECK(faults_of(nlohmann::json::parse(line)) == std::vector<std::string>{});
    }
}

[[maybe_unused]] const bool is_observed = (observe_outcomes(&check_events), true);

}  // namespace

TEST_CASE("the check of the event catalogue sees an unknown event, level, field and type") {
    auto line = nlohmann::json::parse(
        R"({"time": "2026-11-23T12:00:03.123Z", "level": "info", "event": "at_head", "msg": "the database is at x",
            "run_id": "12ab", "heads": "x", "steps": 1})");
    CHECK(faults_of(line).empty());
    line["steps"] = "one";
    CHECK(faults_of(line).size() == 1);
    line["holder"] = "somebody";
    CHECK(faults_of(line).size() == 2);
    line["level"] = "error";
    CHECK(faults_of(line).size() == 3);
    line["event"] = "elsewhere";
    CHECK(faults_of(line).size() == 1);
}

TEST_CASE("a failure says in which phase the run was") {
    Project project(Kind::sqlite);
    project.add_step(1, "CREATE TABLE one (a integer);");
    const auto phase_of = [&](Program program) {
        program.environment["HEADGATE_LOG_FORMAT"] = "json";
        const Outcome outcome = run_program(program);
        INFO(outcome.describe());
        const auto failed = events_named("failed", outcome);
        REQUIRE(failed.size() == 1);
        return failed[0].at("phase").get<std::string>();
    };
    CHECK(phase_of(project.headgate({"--no-such-option"})) == "arguments");
    auto program = project.gate();
    program.environment.erase("DATABASE_URL");
    CHECK(phase_of(program) == "settings");
    CHECK(phase_of(project.headgate({"run", "--", "/no/such/server"})) == "server");
    program = project.gate();
    program.environment["DATABASE_URL"] = "postgresql://nobody@127.0.0.1:1/none";
    program.environment["HEADGATE_WAIT_TIMEOUT"] = "200ms";
    CHECK(phase_of(program) == "connect");
    project.database().execute("CREATE TABLE stranger (a integer);");
    CHECK(phase_of(project.gate()) == "plan");
    project.add_step(2, "SELECT nothing;");
    CHECK(phase_of(project.headgate({"run", "--onto-existing", "--", "/bin/true"})) == "step");
    write_file(project.migrations() / "broken.sql", "SELECT 1;");
    CHECK(phase_of(project.gate()) == "files");
}
