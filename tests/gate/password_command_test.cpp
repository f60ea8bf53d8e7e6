// SPDX-License-Identifier: Apache-2.0
// The setting password_command: a program whose first line is the password.
#include <csignal>
#include <format>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "gate/login_server.hpp"

using namespace headgate::gate;
using namespace headgate::support;

namespace {

bool is_anybody_there(const std::string& words) {
    return run_program({.executable = "pgrep", .arguments = {"-f", "^" + words + "$"}}).exit_code == 0;
}

// A database that nobody asks, because there is no password to ask it with.
Program without_login(const Project& project, const std::string& command) {
    auto program = project.headgate({"upgrade"});
    program.environment["DATABASE_URL"] = "postgresql://app@127.0.0.1:1/app";
    program.environment["HEADGATE_PASSWORD_COMMAND"] = command;
    return program;
}

}  // namespace

TEST_CASE("the first line of password_command logs in, and nothing that it writes is shown") {
    LoginProject login;
    write_file(login.folder() / "token", login.password() + "\n" + login.password() + "\n");
    const auto setting = GENERATE(std::string("cat token"), R"(["cat", "token"])",
                                  R"(["sh", "-c", "cat token >&2; cat token"])", "toml");
    std::map<std::string, std::string> environment = {{"HEADGATE_DATABASE_URL", login.url("")},
                                                      {"HEADGATE_LOG_LEVEL", "debug"}};
    if (setting == "toml")
        write_file(login.folder() / "headgate.toml", "password_command = [\"cat\", \"token\"]\n");
    else
        environment["HEADGATE_PASSWORD_COMMAND"] = setting;
    const Outcome outcome = run_program(login.headgate({"upgrade"}, environment));
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 0);
    CHECK(login.project().applied().size() == 3);
    const Outcome config = run_program(login.headgate({"config"}, environment));
    INFO(config.describe());
    CHECK(config.exit_code == 0);
    CHECK(config.out.contains(setting.contains("sh") ? "sh and 2 arguments" : "cat and 1 argument"));
}

TEST_CASE("password_command is asked again at every attempt, and its second answer is taken") {
    LoginProject login;
    write_file(login.folder() / "token", login.password());
    write_file(login.folder() / "old", make_password());
    const Outcome outcome = run_program(login.headgate(
        {"upgrade"},
        {{"DATABASE_URL", login.url("")},
         {"HEADGATE_PASSWORD_COMMAND", R"(["sh", "-c", "echo x >> asked; test $(wc -l < asked) -gt 2 || exec cat old; )"
                                       R"(exec cat token"])"}}));
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 0);
    CHECK(outcome.err.contains("password authentication failed"));
    CHECK(read_file(login.folder() / "asked") == "x\nx\nx\n");
}

TEST_CASE(
    "a password_command that hangs is killed with its children at its limit, and tried again until the deadline") {
    Project project(Kind::sqlite);
    auto program = without_login(project, R"(["sh", "-c", "echo x >> asked; sleep 71121 & sleep 71122"])");
    program.environment["HEADGATE_PASSWORD_TIMEOUT"] = "300ms";
    program.environment["HEADGATE_WAIT_TIMEOUT"] = "2s";
    const Outcome outcome = run_program(program);
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 124);
    CHECK(outcome.err.contains("password_command was not done in time"));
    CHECK(outcome.duration < Milliseconds{20'000});
    CHECK(read_file(project.folder() / "asked").size() >= 4);
    CHECK_FALSE(is_anybody_there("sleep 7112[12]"));
}

TEST_CASE("a signal or the run's deadline ends password_command and its children") {
    Project project(Kind::sqlite);
    const bool is_signal = GENERATE(true, false);
    auto program = without_login(project, R"(["sh", "-c", "touch begun; sleep 71123 & sleep 71124"])");
    if (!is_signal) program.environment["HEADGATE_DEADLINE"] = "1s";
    RunningProgram gate(program);
    REQUIRE(eventually([&] { return std::filesystem::exists(project.folder() / "begun"); }, Milliseconds{30'000}));
    if (is_signal) gate.send_signal(SIGTERM);
    const Outcome outcome = gate.wait();
    INFO(outcome.describe());
    CHECK(outcome.exit_code == (is_signal ? 143 : 124));
    CHECK(outcome.duration < Milliseconds{18'000});
    CHECK_FALSE(is_anybody_there("sleep 7112[34]"));
}

TEST_CASE("a password_command that fails is said with its exit code, and nothing that it wrote") {
    Project project(Kind::sqlite);
    const auto [command, reason] =
        GENERATE(table<std::string, std::string>({{"echo s3cret; echo s3cret >&2; exit 3", "ended with exit code 3"},
                                                  {"echo; echo s3cret", "wrote no password"},
                                                  {"kill -KILL $$", "was ended by signal 9"},
                                                  {"yes s3cret", "wrote more than 64 KiB"}}));
    auto program = without_login(project, std::format(R"(["sh", "-c", "{}"])", command));
    program.environment["HEADGATE_WAIT_TIMEOUT"] = "500ms";
    const Outcome outcome = run_program(program);
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 124);
    CHECK(outcome.err.contains("password_command " + reason));
    CHECK_FALSE(outcome.err.contains("s3cret"));
}

TEST_CASE("what is wrong with password_command itself is an error before anything is waited for") {
    Project project(Kind::sqlite);
    const auto [command, reason] =
        GENERATE(table<std::string, std::string>({{"/no/such/program", "was not found"},
                                                  {"/etc/passwd", "cannot be executed"},
                                                  {"echo $SECRET", "only a shell understands"},
                                                  {"[\"echo\", 1]", "no array of strings"},
                                                  {"[\"echo", "no array of strings"},
                                                  {"[]", "is empty"}}));
    const Outcome outcome = run_program(without_login(project, command));
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 78);
    CHECK(outcome.err.contains(reason));
    CHECK(outcome.err.contains("password_command") + outcome.err.contains("HEADGATE_PASSWORD_COMMAND") > 0);
}

TEST_CASE("a password in the URL and password_command are one too many, and a SQLite file needs none") {
    Project project(Kind::sqlite);
    project.add_three_steps();
    auto program = without_login(project, "false");
    program.environment["DATABASE_URL"] = "postgresql://app:" + percent_encode(make_password()) + "@127.0.0.1:1/app";
    const Outcome twice = run_program(program);
    INFO(twice.describe());
    CHECK(twice.exit_code == 78);
    CHECK(twice.err.contains("not from both"));
    program.environment["DATABASE_URL"] = project.database().url();
    CHECK(run_program(program).exit_code == 0);
}
