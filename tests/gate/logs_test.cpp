// SPDX-License-Identifier: Apache-2.0
// The log: on standard error, as text for people or one JSON object a line for machines.
#include <algorithm>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "gate/events.hpp"
#include "gate/project.hpp"

using namespace headgate::gate;
using namespace headgate::support;

namespace {

Outcome start_with_json(const Project& project) {
    Program program = project.gate();
    program.environment["HEADGATE_LOG_FORMAT"] = "json";
    return run_program(program);
}

}  // namespace

TEST_CASE("with JSON every line is an object with an event, a time and the run's id") {
    Project project(GENERATE(Kind::postgres, Kind::sqlite));
    project.add_three_steps();
    const Outcome outcome = start_with_json(project);
    INFO(outcome.describe());
    CHECK(server_started(outcome));
    const auto events = events_of(outcome);
    REQUIRE(events.size() >= 3);
    for (const auto& event : events) {
        CHECK(event.contains("event"));
        CHECK(event.at("time").get<std::string>().ends_with("Z"));
        CHECK(event.at("run_id") == events[0].at("run_id"));
    }
    for (int step = 1; step <= 3; ++step)
        CHECK(std::ranges::count_if(events, [&](const auto& event) {
                  return event.contains("duration_ms") && event.value("revision", "") == id(step);
              }) == 1);
}

TEST_CASE("a failure is one event with the exit code, the revision and the reason") {
    Project project(GENERATE(Kind::postgres, Kind::sqlite));
    project.add_step(1, "CREATE TABLE one (a integer);");
    project.add_step(2, "SELECT nothing\nFROM one;");
    const Outcome outcome = start_with_json(project);
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 79);
    int failures = 0;
    for (const auto& event : events_of(outcome)) {
        if (!event.contains("exit_code")) continue;
        ++failures;
        CHECK(event.at("exit_code") == 79);
        CHECK(event.at("revision") == id(2));
        CHECK_FALSE(event.at("reason").get<std::string>().empty());
    }
    CHECK(failures == 1);
}

TEST_CASE("what comes before the settings are known is JSON, too, where JSON was asked for") {
    Project project(Kind::sqlite);
    std::filesystem::remove_all(project.migrations());
    const Outcome no_folder = start_with_json(project);
    INFO(no_folder.describe());
    CHECK(no_folder.exit_code == 66);
    CHECK_FALSE(events_of(no_folder).empty());
}

TEST_CASE("on Kubernetes and App Service the log is JSON without being asked") {
    Project project(Kind::sqlite);
    project.add_three_steps();
    Program program = project.gate();
    const std::string sign = GENERATE("KUBERNETES_SERVICE_HOST", "WEBSITE_SITE_NAME");
    program.environment[sign] = "10.0.0.1";
    const Outcome outcome = run_program(program);
    INFO(outcome.describe());
    CHECK_FALSE(events_of(outcome).empty());
    program.environment["HEADGATE_LOG_FORMAT"] = "text";
    CHECK_FALSE(run_program(program).err.starts_with("{"));
}

TEST_CASE("the gate itself writes nothing to standard output: that is the server's") {
    Project project(GENERATE(Kind::postgres, Kind::sqlite));
    project.add_three_steps();
    const Outcome outcome = project.start();
    INFO(outcome.describe());
    CHECK(outcome.out.starts_with("pid "));
    CHECK(outcome.err.contains(id(3)));
}

TEST_CASE("a closed standard error does not keep the gate from its work") {
    Project project(GENERATE(Kind::postgres, Kind::sqlite));
    project.add_three_steps();
    Program program = project.gate();
    program.arguments.insert(program.arguments.begin(), {"-c", "exec \"$@\" 2>&-", "sh", program.executable});
    program.executable = "sh";
    const Outcome outcome = run_program(program);
    INFO(outcome.describe());
    CHECK(server_started(outcome));
    CHECK(project.applied().size() == 3);
}

TEST_CASE("control characters in a server's message do not reach the terminal or break a JSON line") {
    Project project(Kind::postgres);
    project.add_step(1, "DO $$ BEGIN RAISE EXCEPTION E'one\\ntwo \\x1b[31mred \\x07'; END $$;");
    const Outcome json = start_with_json(project);
    INFO(json.describe());
    CHECK(json.exit_code == 79);
    CHECK_FALSE(events_of(json).empty());
    const Outcome text = project.start();
    CHECK_FALSE(text.err.contains('\x1b'));
    CHECK_FALSE(text.err.contains('\x07'));
}
