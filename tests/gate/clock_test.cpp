// SPDX-License-Identifier: Apache-2.0
// Clocks that jump or are wrong: time-outs are measured on a clock that only goes forward, and "last" is what the
// ledger's sequence says, whatever its times say.
#include <chrono>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "gate/brake.hpp"
#include "support/processes.hpp"

using namespace headgate::gate;
using namespace headgate::support;

namespace {

// A time namespace: the clocks since boot read otherwise there.
Program with_clocks_at(Program program, const std::string& seconds) {
    const auto options = {"--time", "--fork", "--kill-child"};
    std::vector<std::string> all(options.begin(), options.end());
    all.push_back("--monotonic=" + seconds);
    all.push_back("--boottime=" + seconds);
    return unshared(all, std::move(program));
}

void require_time_namespaces() {
    const Outcome outcome = run_program(with_clocks_at({.executable = "true"}, "1000"));
    if (outcome.status() != 0) skip_or_fail("no time namespaces here: " + outcome.err);
}

}  // namespace

TEST_CASE(
    "a machine that was started long ago or this moment: the gate migrates, and its time-outs are what they say") {
    require_time_namespaces();
    const std::string offset = GENERATE("3000000000", "86400");
    const Kind kind = GENERATE(Kind::postgres, Kind::sqlite);
    Project project(kind);
    project.add_three_steps();
    Program lost = with_clocks_at(project.gate(), offset);
    lost.environment["DATABASE_URL"] = "postgresql://a@127.0.0.1:" + std::to_string(find_free_port()) + "/a";
    lost.environment["HEADGATE_WAIT_TIMEOUT"] = "1s";
    const Outcome gave_up = run_program(lost);
    INFO(gave_up.describe());
    CHECK(gave_up.exit_code == 124);
    CHECK(gave_up.duration >= Milliseconds{1000});
    CHECK(gave_up.duration < Milliseconds{10'000});
    CHECK(server_started(run_program(with_clocks_at(project.gate(), offset))));
    CHECK(project.applied() == std::vector{id(1), id(2), id(3)});
}

TEST_CASE("two gates whose clocks are a century apart agree on who goes first") {
    require_time_namespaces();
    const Kind kind = GENERATE(Kind::postgres, Kind::sqlite);
    Project project(kind);
    add_steps_with_brake(project, kind == Kind::postgres ? 1 : 6);
    RunningProgram ahead(with_clocks_at(project.gate(), "3000000000"));
    RunningProgram here(project.gate());
    CHECK(server_started(ahead.wait()));
    CHECK(server_started(here.wait()));
    check_each_step_once(project);
}

TEST_CASE("rows from the future and from the past: the last applied step is the one with the last number") {
    const Kind kind = GENERATE(Kind::postgres, Kind::sqlite);
    Project project(kind);
    project.add_three_steps();
    REQUIRE(project.run({"upgrade"}).exit_code == 0);
    // The clock stood in 2099 for the first step, and in 1971 for the last.
    project.database().execute("UPDATE headgate_ledger SET applied_at = '2099-01-01T00:00:00Z' WHERE revision = '" +
                               id(1) + "';");
    project.database().execute("UPDATE headgate_ledger SET applied_at = '1971-01-01T00:00:00Z' WHERE revision = '" +
                               id(3) + "';");
    CHECK(server_started(project.start()));
    const Outcome undone = project.run({"downgrade", "-1"});
    INFO(undone.describe());
    CHECK(undone.exit_code == 0);
    CHECK(project.applied() == std::vector{id(1), id(2)});
    CHECK_FALSE(project.database().has_table("three"));
    project.add_step(4, "CREATE TABLE four (a integer);");
    CHECK(server_started(project.start()));
    CHECK(project.applied() == std::vector{id(1), id(2), id(3), id(4)});
}
