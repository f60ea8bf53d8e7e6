// SPDX-License-Identifier: Apache-2.0
// A password with every special character works, and appears nowhere: not in a log, an error, `config` or the process
// list.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>

#include "gate/project.hpp"

using namespace headgate::gate;
using namespace headgate::support;

namespace {

const std::string password = "S3cr\xC3\xA9t @:/?#[]!$&'()*+,;=%<>\"\\^`{|}~-._%41 '\\";

PostgresServer& scram_server() {
    if (!PostgresServer::find_programs()) skip_or_fail("no PostgreSQL server is installed");
    static PostgresServer server([] {
        PostgresOptions options;
        options.authentication = Authentication::scram;
        options.password = password;
        return options;
    }());
    return server;
}

void check_says_nothing(const Outcome& outcome) {
    INFO(outcome.describe());
    for (const std::string& form :
         {password, percent_encode(password), std::string("S3cr"), percent_encode("S3cr\xC3\xA9")})
        CHECK_FALSE((outcome.out + outcome.err).contains(form));
}

struct Failure {
    std::string name;
    std::string url;
    int exit_code = 0;  // 0: any failure
};

std::vector<Failure> failures_of(const Project& project) {
    const PostgresAddress& server = scram_server().address();
    return {{"wrong user", server.with_login("nobody", password).url(), 77},
            {"no database", server.url("no_such_database"), 69},
            {"nothing listens", server.with_port(find_free_port()).url(), 124},
            {"not encoded", "postgresql://postgres:" + password + "@127.0.0.1/x"},
            {"bad option", project.database().url() + "?sslmode=nonsense"},
            {"failing step", project.database().url(), 79}};
}

}  // namespace

TEST_CASE("a password with every special character logs in, and is never shown") {
    Project project(make_database(scram_server().address()));
    project.add_three_steps();
    Program program = project.headgate({"upgrade"});
    program.environment["HEADGATE_LOG_LEVEL"] = GENERATE("info", "debug");
    program.environment["HEADGATE_LOG_FORMAT"] = GENERATE("text", "json");
    const Outcome outcome = run_program(program);
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 0);
    check_says_nothing(outcome);
}

TEST_CASE("a password from a file logs in, whatever it contains, and one newline at its end is not part of it") {
    Project project(make_database(scram_server().address()));
    project.add_three_steps();
    write_file(project.folder() / "url", project.database().url() + "\n");
    Program program = project.headgate({"upgrade"});
    program.environment.erase("DATABASE_URL");
    program.environment["DATABASE_URL_FILE"] = project.folder() / "url";
    const Outcome outcome = run_program(program);
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 0);
    check_says_nothing(outcome);
}

TEST_CASE("no failure repeats the password") {
    Project project(make_database(scram_server().address()));
    const auto [name, url, exit_code] = failures_of(project).at(GENERATE(range(0uz, 6uz)));
    project.add_step(1, "SELECT nothing;");
    Program program = project.headgate({"upgrade"});
    program.environment["DATABASE_URL"] = url;
    program.environment["HEADGATE_WAIT_TIMEOUT"] = "500ms";
    program.environment["HEADGATE_LOG_LEVEL"] = "debug";
    const Outcome outcome = run_program(program);
    INFO(name);
    check_says_nothing(outcome);
    CHECK(outcome.exit_code != 0);
    if (exit_code != 0) CHECK(outcome.exit_code == exit_code);
}

TEST_CASE("config shows where the URL came from, and stars instead of the password") {
    Project project(make_database(scram_server().address()));
    project.add_three_steps();
    const std::string json = GENERATE("", "--json");
    const Outcome outcome =
        project.run(json.empty() ? std::vector<std::string>{"config"} : std::vector{std::string("config"), json});
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 0);
    CHECK(outcome.out.contains("***"));
    CHECK(outcome.out.contains("DATABASE_URL"));
    check_says_nothing(outcome);
}
