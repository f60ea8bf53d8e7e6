// SPDX-License-Identifier: Apache-2.0
// For those who do not migrate: wait, HEADGATE_MODE, and a role that may only read the ledger.
#include <format>

#include <catch2/catch_test_macros.hpp>

#include "gate/project.hpp"

using namespace headgate::gate;

namespace {

Program with_mode(Program program, const std::string& mode) {
    program.environment["HEADGATE_MODE"] = mode;
    return program;
}

// A role that may log in and nothing else, for as long as the object lives.
class ReaderRole {
public:
    explicit ReaderRole(const headgate::support::TestDatabase& database)
        : database_(database), name(database.name() + "_reader") {
        database_.execute(std::format("CREATE ROLE {} LOGIN PASSWORD 'reads'", name));
    }
    ~ReaderRole() {
        try {
            database_.execute(std::format("DROP OWNED BY {0}; DROP ROLE {0}", name));
        } catch (const std::exception& error) {
            WARN(error.what());
        }
    }
    ReaderRole(const ReaderRole&) = delete;
    ReaderRole& operator=(const ReaderRole&) = delete;

private:
    const headgate::support::TestDatabase& database_;

public:
    const std::string name;
};

}  // namespace

TEST_CASE("wait comes back at head, and becomes the server where one is given") {
    Project project(Kind::postgres);
    project.add_three_steps();
    REQUIRE(project.run({"upgrade"}).exit_code == 0);
    CHECK(project.run({"wait"}).exit_code == 0);
    CHECK(project.run({"wait", "--for", "db"}).exit_code == 0);
    CHECK(project.run({"wait", "--", "/bin/echo", "opened"}).out == "opened\n");
}

TEST_CASE("wait names what is pending, changes nothing and ends as busy") {
    Project project(Kind::postgres);
    project.add_three_steps();
    const Outcome outcome = project.run({"wait", "--gate-timeout", "300ms"});
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 75);
    CHECK(outcome.err.contains(id(1)));
    CHECK(project.database().tables().empty());
    CHECK(project.run({"wait", "--for", "db"}).exit_code == 0);
    CHECK(project.run({"wait", "--for", "nonsense"}).exit_code == 64);
}

TEST_CASE("wait ends when somebody else has migrated") {
    Project project(Kind::postgres);
    project.add_three_steps();
    RunningProgram waiting(project.headgate({"wait", "--", "/bin/echo", "opened"}));
    REQUIRE(project.run({"upgrade"}).exit_code == 0);
    const Outcome outcome = waiting.wait();
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 0);
    CHECK(outcome.out == "opened\n");
}

TEST_CASE("HEADGATE_MODE changes what run does, and says so") {
    Project project(Kind::postgres);
    project.add_three_steps();
    const Outcome off = headgate::support::run_program(with_mode(project.gate(), "off"));
    CHECK(server_started(off));
    CHECK(off.err.contains("HEADGATE_MODE=off"));
    CHECK(project.applied().empty());

    Program waiting = with_mode(project.gate(), "wait");
    waiting.environment["HEADGATE_GATE_TIMEOUT"] = "300ms";
    const Outcome waited = headgate::support::run_program(waiting);
    CHECK(waited.exit_code == 75);
    CHECK_FALSE(server_started(waited));
    CHECK(project.applied().empty());

    REQUIRE(project.run({"upgrade"}).exit_code == 0);
    CHECK(server_started(headgate::support::run_program(waiting)));
}

TEST_CASE("a role of reader_roles may wait and nothing else") {
    const headgate::support::TestDatabase roles;
    const ReaderRole reader(roles);
    Project project(make_database(roles.server()));
    project.add_three_steps();
    REQUIRE(project.run({"upgrade", "--reader-roles", reader.name}).exit_code == 0);

    const auto as_reader = [&](std::vector<std::string> arguments) {
        Program program = project.headgate(std::move(arguments));
        program.environment["DATABASE_URL"] = project.database().url() + "?user=" + reader.name + "&password=reads";
        return headgate::support::run_program(program);
    };
    const Outcome waited = as_reader({"wait"});
    INFO(waited.describe());
    CHECK(waited.exit_code == 0);
    CHECK(as_reader({"current"}).out.contains(id(3)));
    project.add_step(4, "CREATE TABLE four (a integer);");
    CHECK(as_reader({"upgrade"}).exit_code != 0);
    CHECK_FALSE(project.database().has_table("four"));
}
