// SPDX-License-Identifier: Apache-2.0
// libpq's own files: the password file and the service file. headgate resolves host names itself, and they must match
// all the same. Every program here has an empty environment, without HOME unless a case gives it one.
#include <format>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <sys/stat.h>

#include "gate/login_server.hpp"

using namespace headgate::gate;
using namespace headgate::support;

namespace {

std::filesystem::path write_private(const std::filesystem::path& file, const std::string& text) {
    write_file(file, text);
    ::chmod(file.c_str(), 0600);
    return file;
}

// In the file's own fields, ':' and '\' are escaped.
std::string escape(const std::string& text) {
    std::string escaped;
    for (const char c : text) {
        if (c == ':' || c == '\\') escaped += '\\';
        escaped += c;
    }
    return escaped;
}

// The line that is meant stands behind others that match but for one field.
std::string passfile_text(const LoginProject& login, const std::string& host, const std::string& database) {
    const int port = login_server().address().port;
    const auto wrong = escape(make_password());
    const auto line = [](const std::string& name, int number, const std::string& base, const std::string& role,
                         const std::string& password) {
        return std::format("{}:{}:{}:{}:{}\n", name, number, base, role, password);
    };
    return "# a comment\n" + line("elsewhere", port, database, login.role(), wrong) +
           line(host, port + 1, database, login.role(), wrong) + line(host, port, "other", login.role(), wrong) +
           line(host, port, database, "nobody", wrong) +
           line(host, port, database, login.role(), escape(login.password()));
}

std::string database_of(LoginProject& login) {
    return login.project().database().value("SELECT current_database()");
}

Outcome upgrade(const LoginProject& login, std::map<std::string, std::string> environment) {
    auto program = login.headgate({"upgrade"}, std::move(environment));
    if (!program.environment.contains("OWN_HOME")) program.environment.erase("HOME");
    return run_program(program);
}

std::string url_to(LoginProject& login, const std::string& host, const std::string& parameters = "") {
    return std::format("postgresql://{}@{}:{}/{}{}", login.role(), host, login_server().address().port,
                       database_of(login), parameters);
}

}  // namespace

TEST_CASE("a password file is matched by the host's name as it was written, not by its address") {
    LoginProject login;
    const std::string host = GENERATE("localhost", "db.localhost", "127.0.0.1");
    const auto file = write_private(login.folder() / "passfile", passfile_text(login, host, database_of(login)));
    const std::string way = GENERATE("PGPASSFILE", "passfile", "HOME");
    std::map<std::string, std::string> environment = {{"DATABASE_URL", url_to(login, host)}};
    if (way == "PGPASSFILE") environment["PGPASSFILE"] = file;
    if (way == "passfile") environment["DATABASE_URL"] += "?passfile=" + percent_encode(file.string());
    if (way == "HOME") {
        std::filesystem::copy_file(file, login.folder() / ".pgpass");
        ::chmod((login.folder() / ".pgpass").c_str(), 0600);
        environment["HOME"] = environment["OWN_HOME"] = login.folder();
    }
    const Outcome outcome = upgrade(login, environment);
    INFO(way + ": " + outcome.describe());
    CHECK(outcome.exit_code == 0);
    CHECK(login.project().applied().size() == 3);
}

TEST_CASE("a password file that is rotated is taken up") {
    LoginProject login;
    const auto file = login.folder() / "passfile";
    write_private(file, "*:*:*:*:" + escape(make_password()) + "\n");
    auto program =
        login.headgate({"upgrade"}, {{"DATABASE_URL", url_to(login, "localhost")}, {"PGPASSFILE", file.string()}});
    RunningProgram gate(program);
    REQUIRE(gate.wait_for_text("password authentication failed", Milliseconds{60'000}));
    write_private(login.folder() / "new", "*:*:*:*:" + escape(login.password()) + "\n");
    std::filesystem::rename(login.folder() / "new", file);
    const Outcome outcome = gate.wait();
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 0);
}

TEST_CASE("a password file that others can read is an error that says so") {
    LoginProject login;
    const auto file = login.folder() / "passfile";
    write_file(file, "*:*:*:*:" + escape(login.password()) + "\n");
    ::chmod(file.c_str(), 0644);
    const Outcome outcome =
        upgrade(login, {{"DATABASE_URL", url_to(login, "localhost")}, {"PGPASSFILE", file.string()}});
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 78);
    CHECK(outcome.err.contains(file.string()));
    CHECK(outcome.err.contains("chmod 0600"));
    CHECK_FALSE(outcome.err.contains("WARNING"));
}

TEST_CASE("a service file gives host, port, role, password and database") {
    LoginProject login;
    const auto file = login.folder() / "services";
    const std::string host = GENERATE("localhost", "127.0.0.1");
    write_private(file,
                  std::format("[elsewhere]\nhost=192.0.2.1\n[app]\nhost={}\nport={}\nuser={}\npassword={}\n"
                              "dbname={}\n",
                              host, login_server().address().port, login.role(), login.password(), database_of(login)));
    const std::string way = GENERATE("service=app", "postgresql:///?service=app", "PGSERVICE");
    std::map<std::string, std::string> environment = {{"PGSERVICEFILE", file}, {"DATABASE_URL", way}};
    if (way == "PGSERVICE") {
        environment["PGSERVICE"] = "app";
        environment["DATABASE_URL"] = "postgresql://";
    }
    const Outcome outcome = upgrade(login, environment);
    INFO(way + ": " + outcome.describe());
    CHECK(outcome.exit_code == 0);
    CHECK(login.project().applied().size() == 3);
}

TEST_CASE("what the URL says wins over the service file") {
    LoginProject login;
    write_private(login.folder() / "services",
                  std::format("[app]\nhost=192.0.2.1\nport=1\nuser=nobody\npassword={}\n", login.password()));
    const Outcome outcome = upgrade(login, {{"PGSERVICEFILE", login.folder() / "services"},
                                            {"DATABASE_URL", url_to(login, "localhost", "?service=app")}});
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 0);
}

TEST_CASE("a service that is not defined, or whose file is not there, is an error that names it") {
    LoginProject login;
    write_private(login.folder() / "services", "[app]\nhost=localhost\n");
    const auto [file, url] =
        GENERATE(table<std::string, std::string>({{"services", "service=other"},
                                                  {"missing", "service=other"},
                                                  {"services", "postgresql://u@/d?service=other"}}));
    const Outcome outcome = upgrade(login, {{"PGSERVICEFILE", login.folder() / file}, {"DATABASE_URL", url}});
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 78);
    CHECK(outcome.err.contains(file == "missing" ? "missing" : "other"));
}

TEST_CASE("PGHOST, PGPORT and the like are taken where the URL is silent, PGHOST with a name that we resolve") {
    LoginProject login;
    const Outcome outcome = upgrade(login, {{"PGHOST", "db.localhost"},
                                            {"PGPORT", std::to_string(login_server().address().port)},
                                            {"PGUSER", login.role()},
                                            {"PGPASSWORD", login.password()},
                                            {"DATABASE_URL", "postgresql:///" + database_of(login)}});
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 0);
    CHECK(login.project().applied().size() == 3);
}
