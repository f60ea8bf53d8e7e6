// SPDX-License-Identifier: Apache-2.0
// A revision folder that changes under the gate's hands. What runs is what was checked, and what the ledger says: else
// a clear error, and nothing of the step.
#include <map>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "gate/brake.hpp"

using namespace headgate::gate;
using namespace headgate::support;

namespace {

// Of the ledger's row for the last step.
std::string last_checksum(const Project& project) {
    return project.database().value("SELECT checksum_raw FROM headgate_ledger ORDER BY sequence DESC LIMIT 1;");
}

std::string all_marks(const Project& project) {
    std::string text;
    for (const auto& row : project.database().rows("SELECT mark FROM marks ORDER BY mark;")) text += row.at(0) + " ";
    return text;
}

// The second step of a history, in one of its versions, cut after so many of its four rows.
std::string second_step(char version, int rows) {
    std::string text = render({id(2), id(1), "", "", ""});
    for (int row = 1; row <= rows; ++row)
        text += "INSERT INTO marks VALUES ('" + std::string(1, version) + std::to_string(row) + "');\n";
    return text;
}

void add_history(Project& project, const std::string& second) {
    project.add_step(1, "CREATE TABLE marks (mark text);");
    write_file(project.migrations() / (id(2) + "_step.sql"), second);
}

// What each text does and which checksum the ledger then has, from runs that nothing disturbs.
std::map<std::string, std::string> learn_checksums() {
    std::map<std::string, std::string> marks;
    for (const char version : {'x', 'y'}) {
        for (int rows = 0; rows <= 4; ++rows) {
            Project project(Kind::sqlite);
            add_history(project, second_step(version, rows));
            REQUIRE(project.run({"upgrade"}).exit_code == 0);
            marks[last_checksum(project)] = all_marks(project);
        }
    }
    return marks;
}

}  // namespace

TEST_CASE("a file that changes after it was read is not run: a clear error, and the file is named") {
    const Kind kind = GENERATE(Kind::postgres, Kind::sqlite);
    const std::string change = GENERATE("removed", "rewritten", "truncated", "emptied", "a folder");
    Project project(kind);
    add_steps_with_brake(project, kind == Kind::postgres ? 1 : 6);
    // Too large to be read together with the steps before it.
    const auto file = project.add_step(
        3, "INSERT INTO marks VALUES (3);\nINSERT INTO marks VALUES (4);\n-- " + std::string(300'000, 'x'));
    RunningProgram gate(project.gate());
    REQUIRE(wait_for_step_two(project));
    const auto text = read_file(file);
    if (change == "removed" || change == "a folder") std::filesystem::remove(file);
    if (change == "a folder") std::filesystem::create_directory(file);
    if (change == "emptied") write_file(file, "");
    if (change == "truncated") write_file(file, text.substr(0, text.find("INSERT INTO marks VALUES (4)")));
    if (change == "rewritten")
        write_file(file, text.substr(0, text.find("VALUES (3)")) + "VALUES (7)" + text.substr(text.find("(3)") + 3));
    const Outcome outcome = gate.wait();
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 65);
    CHECK(outcome.err.contains(file.filename().string()));
    CHECK(outcome.err.contains(id(3)));
    CHECK(project.applied() == std::vector{id(1), id(2)});
    CHECK(project.database().value("SELECT count(*) FROM marks WHERE step > 2;") == "0");
    if (change == "a folder") std::filesystem::remove(file);
    write_file(file, text);
    CHECK(server_started(project.start()));
    CHECK(project.applied() == std::vector{id(1), id(2), id(3)});
}

TEST_CASE("a file that comes while the gate runs waits for the next start") {
    const Kind kind = GENERATE(Kind::postgres, Kind::sqlite);
    Project project(kind);
    add_steps_with_brake(project, kind == Kind::postgres ? 1 : 6);
    RunningProgram gate(project.gate());
    REQUIRE(wait_for_step_two(project));
    project.add_step(4, "INSERT INTO marks VALUES (4);");
    const Outcome outcome = gate.wait();
    INFO(outcome.describe());
    CHECK(server_started(outcome));
    check_each_step_once(project);
    CHECK(server_started(project.start()));
    CHECK(project.applied() == std::vector{id(1), id(2), id(3), id(4)});
}

TEST_CASE(
    "a file that is rewritten all the time: what runs is one of its texts, and the ledger's checksum is that text's") {
    const auto known = learn_checksums();
    REQUIRE(known.size() >= 9);
    Project writer(Kind::sqlite);
    add_history(writer, second_step('x', 4));
    write_file(writer.folder() / "x.sql", second_step('x', 4));
    write_file(writer.folder() / "y.sql", second_step('y', 4));
    // In place, so that half of it can be read; and away for a moment now and then.
    const RunningProgram busy(
        {.executable = "sh",
         .arguments =
             {"-c",
              "while :; do for text in x y x; do cat $text.sql > $0; sleep 0.02; done; mv $0 away; mv away $0; done",
              "migrations/" + id(2) + "_step.sql"},
         .folder = writer.folder()});
    int applied = 0;
    int refused = 0;
    for (int round = 0; round < 60 && (applied < 8 || refused < 2); ++round) {
        Project project(Kind::sqlite);
        Program program = project.headgate({"upgrade"});
        program.environment["HEADGATE_MIGRATIONS"] = writer.migrations();
        const Outcome outcome = run_program(program);
        INFO(outcome.describe());
        CHECK((outcome.exit_code == 0 || outcome.exit_code == 65));
        if (outcome.exit_code != 0) ++refused;
        if (project.applied().size() < 2) continue;
        ++applied;
        CHECK(known.contains(last_checksum(project)));
        CHECK(known.at(last_checksum(project)) == all_marks(project));
    }
    CHECK(applied > 0);
}
