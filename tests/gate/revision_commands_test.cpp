// SPDX-License-Identifier: Apache-2.0
// The commands that make, show and check revision files: revision, merge, branches, show, edit, history.
#include <algorithm>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <nlohmann/json.hpp>

#include "gate/project.hpp"

using namespace headgate::gate;
using namespace headgate::support;

namespace {

Outcome succeed(const Project& project, std::vector<std::string> arguments) {
    const Outcome outcome = project.run(std::move(arguments));
    INFO(outcome.describe());
    REQUIRE(outcome.exit_code == 0);
    return outcome;
}

void check_refused(const Project& project, std::vector<std::string> arguments, int exit_code, const char* text) {
    const Outcome outcome = project.run(std::move(arguments));
    INFO(outcome.describe());
    CHECK(outcome.exit_code == exit_code);
    CHECK(outcome.err.contains(text));
}

nlohmann::json shown(const Project& project, const std::string& revision) {
    return nlohmann::json::parse(succeed(project, {"show", revision, "--json"}).out);
}

std::size_t count_files(const Project& project) {
    const std::filesystem::directory_iterator files(project.migrations());
    return static_cast<std::size_t>(std::distance(begin(files), end(files)));
}

void add_two_heads(const Project& project) {
    succeed(project, {"revision", "-m", "first", "--rev-id", "aaaa"});
    succeed(project, {"revision", "-m", "left", "--rev-id", "bbbb"});
    succeed(project, {"revision", "-m", "right", "--rev-id", "cccc", "--head", "aaaa", "--splice"});
}

}  // namespace

TEST_CASE("revision with several heads and no --head names both files and both ways out") {
    Project project(Kind::sqlite);
    add_two_heads(project);
    const Outcome outcome = project.run({"revision", "-m", "next"});
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 65);
    for (const char* text : {"_bbbb_left.sql", "_cccc_right.sql", "--head ID", "headgate merge"}) {
        CHECK(outcome.err.contains(text));
    }
    CHECK(count_files(project) == 3);
}

TEST_CASE("revision --head chooses the parent, and --splice is wanted for one that is no head") {
    Project project(Kind::sqlite);
    add_two_heads(project);
    succeed(project, {"revision", "-m", "next", "--rev-id", "dddd", "--head", "bbbb"});
    CHECK(shown(project, "dddd")["down_revision"] == nlohmann::json{"bbbb"});
    check_refused(project, {"revision", "-m", "no", "--head", "aaaa"}, 64, "--splice");
    succeed(project, {"revision", "-m", "other", "--rev-id", "eeee", "--head", "base", "--branch-label", "shop"});
    CHECK(shown(project, "eeee")["down_revision"].empty());
    succeed(project, {"revision", "-m", "more", "--rev-id", "ffff", "--head", "shop@head", "--depends-on", "aaaa"});
    CHECK(shown(project, "ffff")["down_revision"] == nlohmann::json{"eeee"});
    CHECK(shown(project, "ffff")["depends_on"] == nlohmann::json{"aaaa"});
    CHECK(succeed(project, {"heads"}).out.contains("ffff (shop) (head)"));
}

TEST_CASE("an id or label that is taken, or none, is refused before a file is made") {
    Project project(Kind::sqlite);
    add_two_heads(project);
    check_refused(project, {"revision", "-m", "x", "--head", "bbbb", "--rev-id", "aaaa"}, 64, "is there already");
    check_refused(project, {"revision", "-m", "x", "--head", "bbbb", "--rev-id", "a-b"}, 64, "holds -");
    check_refused(project, {"revision", "-m", "x", "--head", "bbbb", "--branch-label", "head"}, 64,
                  "means something else");
    check_refused(project, {"revision", "-m", "x", "--head", "bbbb", "--branch-label", "cccc"}, 64, "is there already");
    check_refused(project, {"revision", "-m", "x", "--head", "bbbb", "--depends-on", "nosuch"}, 64, "nosuch");
    CHECK(count_files(project) == 3);
}

TEST_CASE("a word behind an option's value is the command's, not one more value") {
    Project project(Kind::sqlite);
    add_two_heads(project);
    succeed(project, {"revision", "-m", "third", "--rev-id", "dddd", "--head", "aaaa", "--splice"});
    succeed(project, {"merge", "-m", "join left and right", "--rev-id", "eeee", "bbbb", "cccc"});
    CHECK(shown(project, "eeee")["down_revision"] == nlohmann::json{"bbbb", "cccc"});
    CHECK(shown(project, "eeee")["message"] == "join left and right");
    succeed(project, {"merge", "--branch-label", "whole", "eeee", "dddd"});
    CHECK(succeed(project, {"heads"}).out.contains("(whole) (head)"));
}

TEST_CASE("a file template that leaves the folder is refused") {
    Project project(Kind::sqlite);
    for (const char* form : {"../%(slug)s", "%(year)d/../../%(slug)s", "/tmp/%(slug)s"}) {
        check_refused(project, {"revision", "-m", "out", "--file-template", form}, 64, "outside the folder");
    }
}

TEST_CASE("file_template names new files as Alembic's setting does") {
    Project project(Kind::sqlite);
    const auto made = succeed(
        project, {"revision", "-m", "add users", "--rev-id", "aaaa", "--file-template", "%(year)d/%(rev)s-%(slug)s"});
    CHECK(made.out.contains("/aaaa-add_users.sql"));
    write_file(project.folder() / "headgate.toml", "file_template = \"%(slug)s\"\n");
    CHECK(succeed(project, {"revision", "-m", "more"}).out.contains("/more.sql"));
    CHECK(succeed(project, {"history"}).out.contains("<base> -> aaaa, add users"));
}

TEST_CASE("merge joins the heads, and the history goes on as one") {
    Project project(GENERATE(Kind::postgres, Kind::sqlite));
    add_two_heads(project);
    succeed(project, {"upgrade", "heads"});
    succeed(project, {"merge", "--rev-id", "dddd"});
    CHECK(shown(project, "head")["message"] == "merge bbbb and cccc");
    CHECK(succeed(project, {"history"}).out.contains("bbbb, cccc -> dddd (head) (mergepoint), merge bbbb and cccc"));
    succeed(project, {"upgrade"});
    CHECK(project.applied().back() == "dddd");
    check_refused(project, {"merge", "heads"}, 64, "two revisions or more");
    check_refused(project, {"merge", "bbbb", "cccc"}, 64, "--splice");
    succeed(project, {"merge", "bbbb", "cccc", "--splice", "-m", "twin", "--rev-id", "eeee"});
    CHECK(shown(project, "eeee")["message"] == "twin");
}

TEST_CASE("edit and revision -e open the file in the person's editor") {
    Project project(Kind::sqlite);
    auto program = project.headgate({"revision", "-m", "one", "--rev-id", "aaaa", "-e"});
    program.environment["EDITOR"] = "sh -c 'printf \"%s\\n\" \"-- edited\" >> \"$0\"'";
    Outcome outcome = run_program(program);
    INFO(outcome.describe());
    REQUIRE(outcome.exit_code == 0);
    const auto file = *std::filesystem::directory_iterator(project.migrations());
    CHECK(read_file(file).ends_with("-- edited\n"));
    program.arguments = {"edit", "head"};
    CHECK(run_program(program).exit_code == 0);
    CHECK(read_file(file).ends_with("-- edited\n-- edited\n"));
    program.environment["VISUAL"] = "false";
    CHECK(run_program(program).exit_code == 74);
    check_refused(project, {"edit", "head"}, 78, "EDITOR");
}

TEST_CASE("show and edit take every target that names revisions") {
    Project project(GENERATE(Kind::postgres, Kind::sqlite));
    add_two_heads(project);
    CHECK(succeed(project, {"show", "heads"}).out.contains("Rev: cccc (head)"));
    CHECK(succeed(project, {"show", "aaaa"}).out.contains("Branches into: bbbb, cccc"));
    CHECK(succeed(project, {"show", "bbbb-1"}).out.contains("Rev: aaaa (branchpoint)"));
    succeed(project, {"upgrade", "bbbb"});
    CHECK(succeed(project, {"show", "current"}).out.contains("Rev: bbbb"));
    check_refused(project, {"show", "head"}, 65, "2 heads");
    check_refused(project, {"show", "base"}, 64, "no revision");
}

TEST_CASE("heads, branches and current tell more with -v, and branches with --json") {
    Project project(GENERATE(Kind::postgres, Kind::sqlite));
    add_two_heads(project);
    CHECK(succeed(project, {"heads", "-v"}).out.contains("Rev: bbbb (head)\nParent: aaaa\nPath: "));
    CHECK(succeed(project, {"branches", "-v"}).out.contains("     -> cccc (head), right"));
    CHECK(succeed(project, {"branches", "-v"}).out.starts_with("Rev: aaaa (branchpoint)\n"));
    CHECK(nlohmann::json::parse(succeed(project, {"branches", "--json"}).out)[0]["branches_into"].size() == 2);
    succeed(project, {"upgrade", "bbbb"});
    const auto current = succeed(project, {"current", "-v"}).out;
    CHECK(current.starts_with("Current revision(s) for "));
    CHECK(current.contains("Rev: bbbb (head)"));
}

TEST_CASE("a range that says current asks the database, another does not") {
    Project project(GENERATE(Kind::postgres, Kind::sqlite));
    project.add_three_steps();
    succeed(project, {"upgrade", id(2)});
    CHECK(succeed(project, {"history", "-r", "current:"}).out.contains(id(2) + " -> " + id(3)));
    CHECK(succeed(project, {"history", "-r", "-1:current", "-i"}).out.contains(id(2) + " (current)"));
    auto program = project.headgate({"history", "-r", ":" + id(2)});
    program.environment["DATABASE_URL"] = "postgresql://nobody@127.0.0.1:1/none";
    CHECK(run_program(program).exit_code == 0);
    check_refused(project, {"history", "-r", id(1)}, 64, "is no range");
}

TEST_CASE("history --graph draws branches and merges as git log --graph does, with heads and the database marked") {
    Project project(GENERATE(Kind::postgres, Kind::sqlite));
    add_two_heads(project);
    succeed(project, {"upgrade", "bbbb"});
    succeed(project, {"merge", "bbbb", "cccc", "--rev-id", "dddd", "-m", "join"});
    succeed(project, {"revision", "--head", "cccc", "--splice", "--rev-id", "eeee", "-m", "other"});
    const auto drawn = succeed(project, {"history", "--graph", "-i"}).out;
    INFO(drawn);
    CHECK(drawn ==
          "* eeee (head), other\n"
          "| * dddd (head) (mergepoint), join\n"
          "|/|\n"
          "* | cccc (branchpoint), right\n"
          "| * bbbb (current), left\n"
          "|/\n"
          "* aaaa (branchpoint), first\n");
    CHECK_FALSE(succeed(project, {"history", "--graph"}).out.contains("(current)"));
}

TEST_CASE("history --graph draws histories of their own beside each other, and a merge of three") {
    Project project(Kind::sqlite);
    for (const char* base : {"aaaa", "bbbb", "cccc"})
        succeed(project, {"revision", "-m", "base", "--head", "base", "--rev-id", base});
    succeed(project, {"merge", "--rev-id", "dddd", "-m", "all"});
    succeed(project, {"revision", "-m", "next", "--rev-id", "eeee", "--depends-on", "bbbb"});
    CHECK(succeed(project, {"history", "--graph"}).out ==
          "* eeee (head) (depends on bbbb), next\n"
          "* dddd (mergepoint), all\n"
          "|\\\n"
          "| |\\\n"
          "| | * cccc, base\n"
          "| * bbbb, base\n"
          "* aaaa, base\n");
    CHECK(succeed(project, {"history", "--graph", "-r", "dddd:"}).out ==
          "* eeee (head) (depends on bbbb), next\n* dddd (mergepoint), all\n");
}

TEST_CASE("history --mermaid is a flowchart with an arrow for each parent, dotted for what is only needed") {
    Project project(Kind::sqlite);
    add_two_heads(project);
    succeed(project, {"revision", "--head", "base", "--depends-on", "bbbb", "--rev-id", "ffff", "-m", "a \"b\" <c>"});
    succeed(project, {"upgrade", "aaaa"});
    const auto drawn = succeed(project, {"history", "--mermaid", "-i"}).out;
    INFO(drawn);
    CHECK(drawn.starts_with("flowchart BT\n"));
    CHECK(drawn.contains("[\"ffff<br>a #34;b#34; #60;c#62;\"]\n"));
    CHECK(drawn.contains(" -.-> "));
    CHECK(drawn.contains(" current\n"));
    std::size_t arrows = 0;
    for (auto at = drawn.find(" --> "); at != std::string::npos; at = drawn.find(" --> ", at + 1)) ++arrows;
    CHECK(arrows == 2);
}
