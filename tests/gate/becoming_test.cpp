// SPDX-License-Identifier: Apache-2.0
// The gate becomes the server, and the server cannot tell that there was a gate.
#include <algorithm>
#include <sstream>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "gate/project.hpp"
#include "support/processes.hpp"
#include "support/secret_watch.hpp"

using namespace headgate::gate;
using namespace headgate::support;

namespace {

std::string from_hex(const std::string& hex) {
    std::string bytes;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
        bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
    return bytes;
}

// What probe_server said under one name, line by line.
std::vector<std::string> said(const Outcome& outcome, const std::string& name) {
    std::istringstream lines(outcome.out);
    std::vector<std::string> values;
    for (std::string line; std::getline(lines, line);)
        if (line.starts_with(name + " ")) values.push_back(line.substr(name.size() + 1));
    return values;
}

std::vector<std::string> said_bytes(const Outcome& outcome, const std::string& name) {
    auto values = said(outcome, name);
    for (auto& value : values) value = from_hex(value);
    return values;
}

}  // namespace

TEST_CASE("the gate migrates and then is the server, with the same process id") {
    Project project(GENERATE(Kind::postgres, Kind::sqlite));
    project.add_three_steps();
    RunningProgram gate(project.gate());
    const auto pid = gate.pid();
    const Outcome outcome = gate.wait();
    INFO(outcome.describe());
    REQUIRE(outcome.exit_code == 0);
    CHECK(server_started(outcome));
    CHECK(said(outcome, "pid") == std::vector{std::to_string(pid)});
    CHECK(project.applied() == std::vector{id(1), id(2), id(3)});
    CHECK(project.database().tables() == std::vector<std::string>{"headgate_ledger", "marks", "one", "three", "two"});
}

TEST_CASE("a second start finds nothing to do and is the server again") {
    Project project(GENERATE(Kind::postgres, Kind::sqlite));
    project.add_three_steps();
    REQUIRE(project.start().exit_code == 0);
    const auto before = project.database().dump();
    const auto ledger = project.database().rows("SELECT * FROM headgate_ledger;");
    const Outcome outcome = project.start();
    INFO(outcome.describe());
    CHECK(server_started(outcome));
    CHECK(project.database().dump() == before);
    CHECK(project.database().rows("SELECT * FROM headgate_ledger;") == ledger);
}

TEST_CASE("the server gets its arguments byte for byte") {
    Project project(Kind::sqlite);
    project.add_three_steps();
    const std::vector<std::string> arguments = {
        "",      "a b",   "--",          "-x", "--version",       "run", "na\xC3\xAFve", "\xFF\xFE\x01",
        "$(id)", "'\"\\", "line\nbreak", "",   "--database-url=x"};
    const Outcome outcome = run_program(project.gate(arguments));
    INFO(outcome.describe());
    REQUIRE(server_started(outcome));
    std::vector<std::string> expected = {HEADGATE_PROBE_SERVER};
    expected.insert(expected.end(), arguments.begin(), arguments.end());
    CHECK(said_bytes(outcome, "arg") == expected);
}

TEST_CASE("a server named without a slash is looked up in PATH and keeps the name it was called by") {
    Project project(Kind::sqlite);
    project.add_three_steps();
    Program program = project.headgate({"run", "--", "probe_server"});
    const auto folder = std::filesystem::path(HEADGATE_PROBE_SERVER).parent_path();
    program.environment["PATH"] = "/nowhere:" + folder.string() + ":" + program.environment["PATH"];
    const Outcome outcome = run_program(program);
    INFO(outcome.describe());
    CHECK(said_bytes(outcome, "arg") == std::vector<std::string>{"probe_server"});
}

TEST_CASE("the server's environment is ours but for headgate's own settings") {
    Project project(Kind::sqlite);
    project.add_three_steps();
    Program program = project.gate();
    program.environment["EMPTY"] = "";
    program.environment["ODD"] = "=x=\n";
    program.environment["NO_UTF8"] = "\xFF\xFE";
    program.environment["HEADGATE_SERVICE_HOST"] = "10.0.0.1";  // of a Kubernetes Service named headgate: not a setting
    std::vector<std::string> expected;
    for (const auto& [name, value] : program.environment) expected.push_back(name + "=" + value);
    program.environment["HEADGATE_WAIT_TIMEOUT"] = "30s";
    program.environment["HEADGATE_MIGRATIONS"] = project.migrations();
    program.environment["HEADGATE_DATABASE_URL"] = project.database().url();
    program.environment["HEADGATE_LOG_LEVEL"] = "";
    const Outcome outcome = run_program(program);
    INFO(outcome.describe());
    CHECK(said_bytes(outcome, "env") == expected);
}

TEST_CASE("a mistyped variable is warned of, and what stands in it does not reach the server") {
    const Project project(Kind::sqlite);
    auto program = project.headgate({"run", "--", "/usr/bin/env"});
    program.environment["HEADGATE_DATABSE_URL"] = "postgresql://owner:secret@h/d";
    const Outcome outcome = run_program(program);
    CHECK(outcome.exit_code == 0);
    CHECK(
        outcome.err.contains("HEADGATE_DATABSE_URL is no variable of headgate's and has no effect; is it a mistyped "
                             "HEADGATE_DATABASE_URL?"));
    CHECK_FALSE((outcome.out + outcome.err).contains("secret"));
}

TEST_CASE("the server inherits standard input, output and error, and no other descriptor") {
    Project project(GENERATE(Kind::postgres, Kind::sqlite));
    project.add_three_steps();
    const Outcome outcome = run_program(
        begun_by({"sh", "-c", "exec 5</dev/null 9>/dev/null 7</dev/null; exec \"$@\"", "sh"}, project.gate()));
    INFO(outcome.describe());
    auto descriptors = said(outcome, "fd");
    std::ranges::sort(descriptors);
    CHECK(descriptors == std::vector<std::string>{"0", "1", "2"});
}

TEST_CASE("the server's signal mask and dispositions are those the gate was started with") {
    Project project(GENERATE(Kind::postgres, Kind::sqlite));
    project.add_three_steps();
    const Outcome plain = run_program(begun_by({"env", "--default-signal"}, project.gate()));
    INFO(plain.describe());
    CHECK(said(plain, "SigBlk") == std::vector<std::string>{"0000000000000000"});
    CHECK(said(plain, "SigIgn") == std::vector<std::string>{"0000000000000000"});
    const Outcome odd = run_program(begun_by(
        {"env", "--default-signal", "--block-signal=USR2,QUIT", "--ignore-signal=HUP,INT,PIPE"}, project.gate()));
    INFO(odd.describe());
    CHECK(said(odd, "SigBlk") == std::vector<std::string>{"0000000000000804"});
    CHECK(said(odd, "SigIgn") == std::vector<std::string>{"0000000000001003"});
    CHECK(said(odd, "SigPnd") == std::vector<std::string>{"0000000000000000"});
}

TEST_CASE("the server's exit code is the container's") {
    Project project(Kind::sqlite);
    project.add_three_steps();
    Program program = project.gate();
    program.environment["PROBE_EXIT"] = "7";
    CHECK(run_program(program).exit_code == 7);
}

TEST_CASE("a server that is not there is found out before anything is migrated: 127") {
    Project project(GENERATE(Kind::postgres, Kind::sqlite));
    project.add_three_steps();
    const std::string name = GENERATE("no-such-server", "/no/such/server", "./server");
    const Outcome outcome = project.run({"run", "--", name});
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 127);
    CHECK(outcome.err.contains(name));
    CHECK(project.database().tables().empty());
}

TEST_CASE("a server that cannot be executed is found out before anything is migrated: 126") {
    Project project(GENERATE(Kind::postgres, Kind::sqlite));
    project.add_three_steps();
    write_file(project.folder() / "server", "not a program");
    std::filesystem::create_directory(project.folder() / "folder");
    const std::string name = GENERATE("./server", "./folder");
    const Outcome outcome = project.run({"run", "--", name});
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 126);
    CHECK(outcome.err.contains(name.substr(2)));
    CHECK(project.database().tables().empty());
}

TEST_CASE("run without a server is a usage error") {
    Project project(Kind::sqlite);
    project.add_three_steps();
    CHECK(project.run({"run"}).exit_code == 64);
    CHECK(project.run({"run", "--"}).exit_code == 64);
    CHECK(project.database().tables().empty());
}

TEST_CASE("a server without the two hyphens before it is told where they belong") {
    const Project project(Kind::sqlite);
    const auto outcome = project.run({"run", "uvicorn", "app:app"});
    CHECK(outcome.exit_code == 64);
    CHECK(outcome.err.contains("the server comes after \"--\": headgate run -- uvicorn"));
}

TEST_CASE("the gate never falls back to a local database unless it is told to") {
    Project project(Kind::sqlite);
    project.add_three_steps();
    Program program = project.gate();
    program.environment["DATABASE_URL"] = "";  // an empty variable is unset
    const Outcome refused = run_program(program);
    INFO(refused.describe());
    CHECK(refused.exit_code == 78);
    CHECK(refused.err.contains("DATABASE_URL"));
    CHECK_FALSE(std::filesystem::exists(project.folder() / "local.db"));
    program.arguments = {"run", "--dev", "--", HEADGATE_PROBE_SERVER};
    const Outcome local = run_program(program);
    INFO(local.describe());
    CHECK(server_started(local));
    CHECK(std::filesystem::exists(project.folder() / "local.db"));
    CHECK(local.err.contains("local.db"));
}

TEST_CASE("HEADGATE_MODE=off opens the gate without touching the database, and says so") {
    Project project(GENERATE(Kind::postgres, Kind::sqlite));
    project.add_three_steps();
    Program program = project.gate();
    program.environment["HEADGATE_MODE"] = "off";
    const Outcome outcome = run_program(program);
    INFO(outcome.describe());
    CHECK(server_started(outcome));
    CHECK(outcome.err.contains("HEADGATE_MODE"));
    CHECK(project.database().tables().empty());
}

TEST_CASE("HEADGATE_MODE=off lets a waiting gate through too, also where nothing would ever be at head") {
    Project project(Kind::sqlite);
    project.add_three_steps();
    Program program = project.headgate({"wait", "--", HEADGATE_PROBE_SERVER});
    program.environment["HEADGATE_MODE"] = "off";
    const Outcome outcome = run_program(program);
    INFO(outcome.describe());
    CHECK(server_started(outcome));
    CHECK(outcome.err.contains("HEADGATE_MODE=off"));
}

TEST_CASE("HEADGATE_DATABASE_URL is the gate's, DATABASE_URL stays the server's") {
    Project project(GENERATE(Kind::postgres, Kind::sqlite));
    project.add_three_steps();
    Program program = project.gate();
    program.environment["HEADGATE_DATABASE_URL"] = project.database().url();
    program.environment["DATABASE_URL"] = "postgresql://weak@192.0.2.1/app";
    const Outcome outcome = run_program(program);
    INFO(outcome.describe());
    CHECK(server_started(outcome));
    CHECK(std::ranges::contains(said_bytes(outcome, "env"), "DATABASE_URL=postgresql://weak@192.0.2.1/app"));
    CHECK(project.applied().size() == 3);
}

// Every setting, in both forms: a secret can be in any of them.
TEST_CASE("/proc/PID/environ of the started server holds its DATABASE_URL, and no setting of headgate's") {
    Project project(Kind::sqlite);
    project.add_three_steps();
    Program program = project.gate();
    program.environment["PROBE_STAY"] = "1";
    program.environment["DATABASE_URL"] = "postgresql://weak:" + percent_encode(make_password()) + "@192.0.2.1/app";
    program.environment["IDENTITY_HEADER"] = "for-the-server-too";
    const auto secret = make_password();
    write_file(project.folder() / "url", project.database().url());
    program.environment["HEADGATE_DATABASE_URL_FILE"] = project.folder() / "url";
    program.environment["HEADGATE_PASSWORD_COMMAND"] = "[\"echo\", \"" + secret.substr(0, 18) + "\"]";
    program.environment["HEADGATE_IDENTITY_CLIENT_ID"] = secret.substr(0, 18);
    program.environment["HEADGATE_IMAGE_LABEL"] = secret.substr(0, 18);
    RunningProgram gate(program);
    REQUIRE(gate.wait_for_text("ready", Milliseconds{30'000}));
    const auto environment = read_file("/proc/" + std::to_string(gate.pid()) + "/environ");
    CHECK_FALSE(environment.contains("HEADGATE_"));
    CHECK_FALSE(environment.contains(secret.substr(0, 18)));
    CHECK(environment.contains("DATABASE_URL=" + program.environment["DATABASE_URL"]));
    CHECK(environment.contains("IDENTITY_HEADER=for-the-server-too"));
}
