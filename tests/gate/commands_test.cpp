// SPDX-License-Identifier: Apache-2.0
// The developer's commands, in the words of Alembic's users: results on standard output, everything else on standard
// error.
#include <algorithm>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <nlohmann/json.hpp>

#include "gate/project.hpp"
#include "support/shared_server.hpp"

using namespace headgate::gate;
using namespace headgate::support;

namespace {

// Runs it and wants success.
Outcome succeed(const Project& project, std::vector<std::string> arguments) {
    std::string line;
    for (const auto& argument : arguments) line += " " + argument;
    Outcome outcome = project.run(std::move(arguments));
    INFO("headgate" << line << "\n" << outcome.describe());
    REQUIRE(outcome.exit_code == 0);
    return outcome;
}

std::string text_of(const Outcome& outcome) {
    return outcome.out + outcome.err;
}

std::size_t count_lines(const std::string& text) {
    return static_cast<std::size_t>(std::ranges::count(text, '\n'));
}

}  // namespace

TEST_CASE("upgrade applies step by step and says each, with its duration") {
    Project project(GENERATE(Kind::postgres, Kind::sqlite));
    project.add_three_steps();
    const Outcome outcome = succeed(project, {"upgrade"});
    for (const auto& revision : {id(1), id(2), id(3)}) CHECK(text_of(outcome).contains(revision));
    CHECK(text_of(outcome).contains("ms"));
    CHECK(project.applied() == std::vector{id(1), id(2), id(3)});
    const Outcome again = succeed(project, {"upgrade", "head"});
    CHECK_FALSE(again.out.contains(id(1)));
}

TEST_CASE("upgrade and downgrade take ids, prefixes, relative targets, head and base") {
    Project project(GENERATE(Kind::postgres, Kind::sqlite));
    project.add_three_steps();
    succeed(project, {"upgrade", "+1"});
    CHECK(project.applied() == std::vector{id(1)});
    succeed(project, {"upgrade", id(1) + "+1"});
    CHECK(project.applied() == std::vector{id(1), id(2)});
    succeed(project, {"upgrade", "head"});
    succeed(project, {"downgrade", "-1"});
    CHECK(project.applied() == std::vector{id(1), id(2)});
    CHECK_FALSE(project.database().has_table("three"));
    succeed(project, {"downgrade", id(1)});
    CHECK(project.applied() == std::vector{id(1)});
    succeed(project, {"upgrade", id(3)});
    CHECK(project.applied() == std::vector{id(1), id(2), id(3)});
    succeed(project, {"downgrade", "base"});
    CHECK(project.applied().empty());
    for (const auto& table : {"one", "two", "three", "marks"}) CHECK_FALSE(project.database().has_table(table));
    succeed(project, {"upgrade"});
    CHECK(project.applied() == std::vector{id(1), id(2), id(3)});
}

TEST_CASE("an upgrade to what lies below current is an error, not a silent success") {
    Project project(GENERATE(Kind::postgres, Kind::sqlite));
    project.add_three_steps();
    succeed(project, {"upgrade"});
    const Outcome outcome = project.run({"upgrade", id(1)});
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 64);
    CHECK(project.applied().size() == 3);
}

TEST_CASE("an irreversible step is said before anything is undone") {
    Project project(GENERATE(Kind::postgres, Kind::sqlite));
    project.add_three_steps();
    project.add_step(2, "CREATE TABLE two (a integer);\nINSERT INTO marks VALUES (2);");
    succeed(project, {"upgrade"});
    const auto before = project.database().dump();
    const Outcome outcome = project.run({"downgrade", "base"});
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 64);
    CHECK(outcome.err.contains(id(2)));
    CHECK(project.database().dump() == before);
    CHECK(project.applied().size() == 3);
}

TEST_CASE("a downgrade that fails leaves the step applied: 79") {
    Project project(GENERATE(Kind::postgres, Kind::sqlite));
    project.add_three_steps();
    project.add_step(3, "CREATE TABLE three (a integer);\nINSERT INTO marks VALUES (3);",
                     "DROP TABLE three;\nDROP TABLE absent;");
    succeed(project, {"upgrade"});
    const Outcome outcome = project.run({"downgrade", "-1"});
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 79);
    CHECK(project.applied().size() == 3);
    CHECK(project.database().has_table("three"));
}

TEST_CASE("current, heads, history and show say where the database stands") {
    Project project(GENERATE(Kind::postgres, Kind::sqlite));
    project.add_three_steps();
    CHECK(succeed(project, {"current"}).out.find(id(1)) == std::string::npos);
    succeed(project, {"upgrade", id(2)});
    const auto current = succeed(project, {"current"}).out;
    CHECK(current.contains(id(2)));
    CHECK_FALSE(current.contains("(head)"));
    succeed(project, {"upgrade"});
    CHECK(succeed(project, {"current"}).out.contains(id(3) + " (head)"));
    CHECK(succeed(project, {"heads"}).out.contains(id(3) + " (head)"));
    const auto history = succeed(project, {"history"}).out;
    CHECK(count_lines(history) == 3);
    CHECK(history.find(id(2) + " -> " + id(3)) < history.find("<base> -> " + id(1)));
    const auto shown = succeed(project, {"show", "a00000000002"}).out;
    CHECK(shown.contains(id(2) + "_step.sql"));
    CHECK(shown.contains("step " + id(2)));
    CHECK(succeed(project, {"show", "head"}).out.contains(id(3)));
}

TEST_CASE("commands that only read do not make a database or a ledger") {
    Project project(GENERATE(Kind::postgres, Kind::sqlite));
    project.add_three_steps();
    for (const char* command : {"current", "heads", "history"}) succeed(project, {command});
    succeed(project, {"show", "head"});
    succeed(project, {"config"});
    CHECK(project.database().tables().empty());
}

TEST_CASE("with --json there is one document on standard output, for machines") {
    Project project(GENERATE(Kind::postgres, Kind::sqlite));
    project.add_three_steps();
    succeed(project, {"upgrade", id(2)});
    for (const std::string command : {"current", "heads", "history", "show", "config"}) {
        std::vector<std::string> arguments = {command, "--json"};
        if (command == "show") arguments.push_back("head");
        const Outcome outcome = succeed(project, arguments);
        INFO(command << "\n" << outcome.out);
        CHECK(nlohmann::json::accept(outcome.out));
    }
    CHECK(succeed(project, {"current", "--json"}).out.contains(id(2)));
    CHECK(succeed(project, {"history", "--json"}).out.contains(id(1)));
}

TEST_CASE("stamp writes the ledger and runs nothing") {
    Project project(GENERATE(Kind::postgres, Kind::sqlite));
    project.add_three_steps();
    succeed(project, {"stamp", "head"});
    CHECK(project.applied() == std::vector{id(1), id(2), id(3)});
    CHECK(project.database().tables() == std::vector<std::string>{"headgate_ledger"});
    succeed(project, {"stamp", id(1)});
    CHECK(project.applied() == std::vector{id(1)});
    succeed(project, {"stamp", "base"});
    CHECK(project.applied().empty());
}

TEST_CASE("init makes a place for migrations, and leaves an existing one alone") {
    Project project(Kind::sqlite);
    std::filesystem::remove_all(project.migrations());
    const Outcome made = succeed(project, {"init", "-m", "create users"});
    CHECK(made.out.contains("_create_users.sql"));
    CHECK(made.out.contains("ENTRYPOINT [\"/headgate\", \"run\", \"--\"]"));
    CHECK(count_lines(succeed(project, {"history"}).out) == 1);
    succeed(project, {"upgrade"});
    succeed(project, {"downgrade", "base"});
    write_file(project.folder() / "headgate.toml", "wait_timeout = \"7s\"\n");
    CHECK(project.run({"init"}).exit_code == 73);
    CHECK(read_file(project.folder() / "headgate.toml") == "wait_timeout = \"7s\"\n");
    CHECK(count_lines(succeed(project, {"history"}).out) == 1);

    std::filesystem::remove_all(project.migrations());
    std::filesystem::remove(project.folder() / "headgate.toml");
    project.add_three_steps();
    succeed(project, {"init"});
    CHECK(count_lines(succeed(project, {"history"}).out) == 3);
    CHECK(project.start().exit_code == 0);
    CHECK(project.applied().size() == 3);
}

TEST_CASE("revision -m writes a file on top of the head that applies as it is") {
    Project project(GENERATE(Kind::postgres, Kind::sqlite));
    std::filesystem::remove_all(project.migrations());
    std::filesystem::create_directory(project.migrations());
    succeed(project, {"revision", "-m", "create \"users\" & more: \xC3\xA4\\ --"});
    const Outcome second = succeed(project, {"revision", "-m", "second"});
    CHECK(second.out.contains("_second.sql"));
    CHECK(count_lines(succeed(project, {"history"}).out) == 2);
    CHECK(succeed(project, {"history"}).out.contains("create \"users\" & more: \xC3\xA4\\ --"));
    CHECK(server_started(project.start()));
    CHECK(project.applied().size() == 2);
    succeed(project, {"downgrade", "base"});
}

TEST_CASE("reset rebuilds a local SQLite database, and refuses anything else without a word of consent") {
    Project lite(Kind::sqlite);
    lite.add_three_steps();
    succeed(lite, {"upgrade"});
    lite.database().execute("INSERT INTO one VALUES (99);");
    succeed(lite, {"reset"});
    CHECK(lite.applied().size() == 3);
    CHECK(lite.database().value("SELECT count(*) FROM one;") == "0");

    Project server(Kind::postgres);
    server.add_three_steps();
    succeed(server, {"upgrade"});
    server.database().execute("INSERT INTO one VALUES (99)");
    const Outcome refused = server.run({"reset"});
    INFO(refused.describe());
    CHECK(refused.exit_code == 64);
    CHECK(refused.err.contains("--yes-destroy"));
    CHECK(server.database().value("SELECT count(*) FROM one") == "1");
}

TEST_CASE("config names every setting, its value and where it came from") {
    Project project(Kind::sqlite);
    project.add_three_steps();
    write_file(project.folder() / "headgate.toml", "\nlock_timeout = \"3s\"\n");
    Program program = project.headgate({"config", "--gate-timeout", "9s"});
    program.environment["HEADGATE_WAIT_TIMEOUT"] = "42s";
    const Outcome outcome = run_program(program);
    INFO(outcome.describe());
    REQUIRE(outcome.exit_code == 0);
    for (const char* part :
         {"HEADGATE_WAIT_TIMEOUT", "42s", "headgate.toml:2", "3s", "--gate-timeout", "9s", "default"})
        CHECK(outcome.out.contains(part));
}

TEST_CASE("help for what is no command is refused as that command is") {
    Project project(Kind::sqlite);
    const auto outcome = project.run({"help", "upgrad"});
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 64);
    CHECK(outcome.err.contains("headgate upgrade?"));
}

TEST_CASE("version and help are results, and cost no configuration") {
    Project project(Kind::sqlite);
    Program program = project.headgate({"--version"});
    program.environment["DATABASE_URL"] = "nonsense";
    const Outcome version = run_program(program);
    INFO(version.describe());
    CHECK(version.exit_code == 0);
    for (const char* library : {"headgate", "libpq", "SQLite", "OpenSSL"}) CHECK(version.out.contains(library));
    program.arguments = {"--help"};
    const Outcome help = run_program(program);
    CHECK(help.exit_code == 0);
    for (const char* command : {"run", "upgrade", "downgrade", "current", "history", "heads", "show", "stamp", "repair",
                                "revision", "config", "init", "reset"}) {
        INFO(command);
        CHECK(help.out.contains(command));
        program.arguments = {command, "--help"};
        const Outcome one = run_program(program);
        CHECK(one.exit_code == 0);
        CHECK(one.out.contains(command));
    }
}

TEST_CASE("the manual page is one that mandoc has no fault to find in") {
    if (!find_in_path("mandoc")) skip_or_fail("mandoc is not installed");
    const Project project(Kind::sqlite);
    auto program = project.headgate({});
    program.environment["HEADGATE"] = program.executable;
    program.executable = "bash";
    program.arguments = {"-o", "pipefail", "-c", R"("$HEADGATE" help --man | mandoc -W error -T ascii | col -b)"};
    const auto page = require_output(program);
    CHECK(page.starts_with("HEADGATE(1)"));
    CHECK(page.contains("headgate upgrade [OPTIONS] [target]"));
}

TEST_CASE("several bases and a merge apply in the order of the graph, and merges go down again") {
    Project project(GENERATE(Kind::postgres, Kind::sqlite));
    project.add({"aaaaaaaaaaaa", "", "CREATE TABLE a (x integer);", "DROP TABLE a;", ""});
    project.add({"bbbbbbbbbbbb", "aaaaaaaaaaaa", "CREATE TABLE b (x integer);", "DROP TABLE b;", ""});
    project.add({"cccccccccccc", "aaaaaaaaaaaa", "CREATE TABLE c (x integer);", "DROP TABLE c;", ""});
    project.add({"dddddddddddd", "[\"bbbbbbbbbbbb\", \"cccccccccccc\"]", "INSERT INTO b SELECT * FROM c;",
                 "DELETE FROM b;", ""});
    succeed(project, {"upgrade"});
    CHECK(project.applied().size() == 4);
    CHECK(project.applied().back() == "dddddddddddd");
    succeed(project, {"downgrade", "-1"});
    CHECK(project.applied().size() == 3);
    succeed(project, {"upgrade"});
    succeed(project, {"downgrade", "base"});
    CHECK(project.applied().empty());
}
