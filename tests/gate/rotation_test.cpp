// SPDX-License-Identifier: Apache-2.0
// A secret that is rotated while a gate starts: the database has the new password, the mounted file still the old one.
#include <csignal>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "gate/login_server.hpp"

using namespace headgate::gate;
using namespace headgate::support;

namespace {

// As the kubelet mounts a Secret: url -> ..data/url, ..data -> a folder that is replaced as a whole.
class MountedSecret {
public:
    explicit MountedSecret(const std::string& text) {
        swap(text);
        std::filesystem::create_symlink("..data/url", folder_ / "url");
    }
    void swap(const std::string& text) {
        const auto name = "..version_" + std::to_string(++version_);
        std::filesystem::create_directory(folder_ / name);
        write_file(folder_ / name / "url", text);
        std::filesystem::create_symlink(name, folder_ / "..data_tmp");
        std::filesystem::rename(folder_ / "..data_tmp", folder_ / "..data");
        if (version_ > 1) std::filesystem::remove_all(folder_ / ("..version_" + std::to_string(version_ - 1)));
    }
    std::string file() const { return folder_ / "url"; }

private:
    TempFolder folder_;
    int version_ = 0;
};

}  // namespace

TEST_CASE("a rotated secret is taken up when its mounted file is swapped, by a gate that was refused before") {
    LoginProject login;
    const std::string variable = GENERATE("DATABASE_URL_FILE", "HEADGATE_DATABASE_URL_FILE");
    MountedSecret secret(login.url(make_password()));
    RunningProgram gate(login.headgate({"upgrade"}, {{variable, secret.file()}}));
    REQUIRE(gate.wait_for_text("password authentication failed", Milliseconds{60'000}));
    secret.swap(login.url(login.password()));
    const Outcome outcome = gate.wait();
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 0);
    CHECK(login.project().applied().size() == 3);
}

TEST_CASE("a secret's file that is missing or empty for a moment is waited for") {
    LoginProject login;
    const auto file = login.folder() / "url";
    write_file(file, login.url(make_password()));
    RunningProgram gate(login.headgate({"upgrade"}, {{"DATABASE_URL_FILE", file}}));
    REQUIRE(gate.wait_for_text("password authentication failed", Milliseconds{60'000}));
    write_file(file, "");
    CHECK(gate.wait_for_text("is empty"));
    std::filesystem::remove(file);
    CHECK(gate.wait_for_text("No such file"));
    write_file(file, login.url(login.password()));
    const Outcome outcome = gate.wait();
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 0);
}

TEST_CASE("a refused password from a file is final when login_timeout is over, and at once where it is 0") {
    LoginProject login;
    write_file(login.folder() / "url", login.url(make_password()));
    const std::string limit = GENERATE("0", "700ms");
    const Outcome outcome = run_program(login.headgate(
        {"upgrade"}, {{"DATABASE_URL_FILE", login.folder() / "url"}, {"HEADGATE_LOGIN_TIMEOUT", limit}}));
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 77);
    CHECK(outcome.err.contains("password authentication failed"));
    CHECK(outcome.err.contains("waiting for the database") == (limit != "0"));
    if (limit != "0") CHECK(outcome.duration >= Milliseconds{600});
    CHECK(outcome.duration < Milliseconds{30'000});
}

TEST_CASE("a refused password that cannot be read again is final at once") {
    LoginProject login;
    const Outcome outcome =
        run_program(login.headgate({"upgrade"}, {{"HEADGATE_DATABASE_URL", login.url(make_password())}}));
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 77);
    CHECK_FALSE(outcome.err.contains("waiting for the database"));
}

TEST_CASE("a signal ends the wait for a rotated secret") {
    LoginProject login;
    write_file(login.folder() / "url", login.url(make_password()));
    RunningProgram gate(login.headgate({"upgrade"}, {{"DATABASE_URL_FILE", login.folder() / "url"}}));
    REQUIRE(gate.wait_for_text("password authentication failed", Milliseconds{60'000}));
    gate.send_signal(SIGTERM);
    const Outcome outcome = gate.wait();
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 143);
}

TEST_CASE("a secret's file that is not there, empty or a folder is an error that names the file") {
    Project project(Kind::sqlite);
    project.add_three_steps();
    const auto [name, reason] = GENERATE(table<std::string, std::string>({{"missing", "No such file"},
                                                                          {"dangling", "No such file"},
                                                                          {"empty", "is empty"},
                                                                          {"folder", "it is a folder"}}));
    std::filesystem::create_symlink("nowhere", project.folder() / "dangling");
    write_file(project.folder() / "empty", "\n");
    std::filesystem::create_directory(project.folder() / "folder");
    auto program = project.headgate({"run", "--", "/bin/true"});
    program.environment.erase("DATABASE_URL");
    program.environment["DATABASE_URL_FILE"] = project.folder() / name;
    const Outcome outcome = run_program(program);
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 78);
    CHECK(outcome.err.contains("DATABASE_URL_FILE"));
    CHECK(outcome.err.contains((project.folder() / name).string()));
    CHECK(outcome.err.contains(reason));
}

TEST_CASE("a secret's file with something else than a URL is an error that shows nothing of it") {
    Project project(Kind::sqlite);
    const auto secret = make_password();
    write_file(project.folder() / "url", secret);
    auto program = project.headgate({"run", "--", "/bin/true"});
    program.environment.erase("DATABASE_URL");
    program.environment["DATABASE_URL_FILE"] = project.folder() / "url";
    const Outcome outcome = run_program(program);
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 78);
    CHECK_FALSE(outcome.err.contains(secret.substr(0, 10)));
}

TEST_CASE("a secret that is given twice is an error that names both variables") {
    Project project(Kind::sqlite);
    const std::string variable = GENERATE("DATABASE_URL", "HEADGATE_DATABASE_URL");
    auto program = project.headgate({"run", "--", "/bin/true"});
    program.environment[variable] = project.database().url();
    program.environment[variable + "_FILE"] = "/anywhere";
    const Outcome outcome = run_program(program);
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 78);
    CHECK(outcome.err.contains("both " + variable + " and " + variable + "_FILE are set"));
}
