// SPDX-License-Identifier: Apache-2.0
// Bad input of every kind: a clear message, the right exit code, and nothing changed in the database.
#include <functional>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>

#include "gate/project.hpp"

using namespace headgate::gate;
using namespace headgate::support;

namespace {

std::string header(const std::string& revision, const std::string& further = "") {
    return "-- headgate:revision\n-- revision = \"" + revision + "\"\n" + further + "\n";
}

const std::string up = "-- headgate:upgrade\nCREATE TABLE x (a integer);\n";

struct BadFolder {
    std::string name;
    std::function<void(Project&)> make;
    int exit_code = 65;
    std::vector<std::string> words;  // each is in the message
};

void put(Project& project, const std::string& name, const std::string& text) {
    write_file(project.migrations() / name, text);
}

const std::vector<BadFolder>& bad_folders() {
    static const std::vector<BadFolder> all = {
        {"no folder", [](Project& p) { std::filesystem::remove_all(p.migrations()); }, 66, {"migrations", "init"}},
        {"a file in the folder's place",
         [](Project& p) {
             std::filesystem::remove_all(p.migrations());
             write_file(p.migrations(), "");
         },
         66,
         {"migrations"}},
        {"a file that cannot be read",
         [](Project& p) { std::filesystem::create_symlink("loop.sql", p.migrations() / "loop.sql"); },
         65,
         {"loop.sql"}},
        {"a directory named like a revision",
         [](Project& p) { std::filesystem::create_directory(p.migrations() / "0001_folder.sql"); },
         65,
         {"0001_folder.sql"}},
        {"duplicate id",
         [](Project& p) {
             put(p, "first.sql", header("aaaaaaaaaaaa") + up);
             put(p, "second.sql", header("aaaaaaaaaaaa") + up);
         },
         65,
         {"aaaaaaaaaaaa", "first.sql", "second.sql"}},
        {"cycle",
         [](Project& p) {
             put(p, "first.sql", header("aaaaaaaaaaaa", "-- down_revision = \"bbbbbbbbbbbb\"\n") + up);
             put(p, "second.sql", header("bbbbbbbbbbbb", "-- down_revision = \"aaaaaaaaaaaa\"\n") + up);
         },
         65,
         {"cycle", "first.sql", "second.sql"}},
        {"its own parent",
         [](Project& p) { put(p, "self.sql", header("aaaaaaaaaaaa", "-- down_revision = \"aaaaaaaaaaaa\"\n") + up); },
         65,
         {"self.sql"}},
        {"missing parent",
         [](Project& p) { put(p, "orphan.sql", header("aaaaaaaaaaaa", "-- down_revision = \"0123456789ab\"\n") + up); },
         65,
         {"orphan.sql", "0123456789ab"}},
        {"two heads",
         [](Project& p) {
             put(p, "base.sql", header("aaaaaaaaaaaa") + up);
             put(p, "left.sql", header("bbbbbbbbbbbb", "-- down_revision = \"aaaaaaaaaaaa\"\n") + up);
             put(p, "right.sql", header("cccccccccccc", "-- down_revision = \"aaaaaaaaaaaa\"\n") + up);
         },
         65,
         {"left.sql", "right.sql", "merge"}},
        {"unknown header key",
         [](Project& p) { put(p, "key.sql", header("aaaaaaaaaaaa", "-- down_revison = \"bbbbbbbbbbbb\"\n") + up); },
         65,
         {"key.sql:3", "down_revison", "down_revision"}},
        {"a header that is no TOML",
         [](Project& p) { put(p, "toml.sql", header("aaaaaaaaaaaa", "-- message = \"never closed\n") + up); },
         65,
         {"toml.sql:3"}},
        {"a header value of the wrong type",
         [](Project& p) { put(p, "type.sql", header("aaaaaaaaaaaa", "-- transaction = \"no\"\n") + up); },
         65,
         {"type.sql:3", "transaction"}},
        {"a header without an id",
         [](Project& p) { put(p, "noid.sql", "-- headgate:revision\n-- message = \"x\"\n\n" + up); },
         65,
         {"noid.sql", "revision"}},
        {"no header at all",
         [](Project& p) { put(p, "plain.sql", "CREATE TABLE x (a integer);\n"); },
         65,
         {"plain.sql", "-- headgate:revision"}},
        {"mistyped marker",
         [](Project& p) {
             put(p, "marker.sql", header("aaaaaaaaaaaa") + up + "-- headgate:downgarde\nDROP TABLE x;\n");
         },
         65,
         {"marker.sql:6", "downgarde", "downgrade"}},
        {"another tool's marker",
         [](Project& p) { put(p, "goose.sql", header("aaaaaaaaaaaa") + up + "-- +goose Down\nDROP TABLE x;\n"); },
         65,
         {"goose.sql:6", "goose"}},
        {"the same section twice",
         [](Project& p) { put(p, "twice.sql", header("aaaaaaaaaaaa") + up + up); },
         65,
         {"twice.sql:6"}},
        {"no upgrade section for this database",
         [](Project& p) {
             const std::string other = p.kind() == Kind::postgres ? "sqlite" : "postgresql";
             put(p, "other.sql", header("aaaaaaaaaaaa") + "-- headgate:upgrade " + other + "\nSELECT 1;\n");
         },
         65,
         {"other.sql", "upgrade"}},
        {"an unknown dialect",
         [](Project& p) {
             put(p, "dialect.sql", header("aaaaaaaaaaaa") + "-- headgate:upgrade postgers\nSELECT 1;\n");
         },
         65,
         {"dialect.sql:4", "postgers"}},
        {"invalid UTF-8",
         [](Project& p) { put(p, "latin1.sql", header("aaaaaaaaaaaa") + up + "-- caf\xE9\n"); },
         65,
         {"latin1.sql:6", "UTF-8"}},
        {"a NUL byte",
         [](Project& p) { put(p, "nul.sql", header("aaaaaaaaaaaa") + up + std::string("-- \0\n", 5)); },
         65,
         {"nul.sql:6"}},
        {"transaction control inside a step",
         [](Project& p) {
             put(p, "commit.sql", header("aaaaaaaaaaaa") + up + "COMMIT;\nCREATE TABLE y (a integer);\n");
         },
         65,
         {"commit.sql:6", "COMMIT"}},
        {"several faults: all of them at once",
         [](Project& p) {
             put(p, "first.sql", "SELECT 1;\n");
             put(p, "second.sql", header("aaaaaaaaaaaa", "-- mesage = \"x\"\n") + up);
             put(p, "third.sql", header("bbbbbbbbbbbb") + up + "-- headgate:upgade\n");
         },
         65,
         {"first.sql", "second.sql:3", "third.sql:6"}},
    };
    return all;
}

struct BadSetting {
    std::string name;
    std::vector<std::string> arguments;
    std::map<std::string, std::string> environment;
    int exit_code = 78;
    std::vector<std::string> words;
};

const std::vector<BadSetting>& bad_settings() {
    static const std::vector<std::string> start = {"run", "--", HEADGATE_PROBE_SERVER};
    static const std::vector<BadSetting> all = {
        {"no URL at all", start, {{"DATABASE_URL", "nonsense"}}, 78, {"DATABASE_URL"}},
        {"an unknown scheme", start, {{"DATABASE_URL", "mysql://a:sEcr3t@b/c"}}, 78, {"mysql"}},
        {"a port that is none", start, {{"DATABASE_URL", "postgresql://a:sEcr3t@b:99999999/c"}}, 78, {"DATABASE_URL"}},
        {"a wrong duration", start, {{"HEADGATE_WAIT_TIMEOUT", "soon"}}, 78, {"HEADGATE_WAIT_TIMEOUT", "soon"}},
        {"a wrong choice", start, {{"HEADGATE_MODE", "migrat"}}, 78, {"HEADGATE_MODE", "migrate"}},
        {"a variable and its file",
         start,
         {{"DATABASE_URL_FILE", "/dev/null"}},
         78,
         {"DATABASE_URL", "DATABASE_URL_FILE"}},
        {"an unknown command", {"upgarde"}, {}, 64, {"upgarde"}},
        {"an unknown flag", {"upgrade", "--no-such-flag"}, {}, 64, {"--no-such-flag"}},
        {"a revision that is not there", {"upgrade", "ffffffffffff"}, {}, 64, {"ffffffffffff"}},
        {"a prefix of several", {"upgrade", "a"}, {}, 64, {"a00000000001"}},
        {"more steps than there are", {"upgrade", "+9"}, {}, 64, {"+9"}},
    };
    return all;
}

}  // namespace

TEST_CASE("a bad migrations folder ends every command before the database is touched") {
    const BadFolder bad = GENERATE(Catch::Generators::from_range(bad_folders()));
    Project project(GENERATE(Kind::postgres, Kind::sqlite));
    bad.make(project);
    const Outcome outcome = project.start();
    INFO(bad.name << "\n" << outcome.describe());
    CHECK(outcome.exit_code == bad.exit_code);
    CHECK_FALSE(server_started(outcome));
    for (const auto& word : bad.words) {
        INFO(word);
        CHECK(outcome.err.contains(word));
    }
    CHECK(outcome.out.empty());
    CHECK(outcome.duration < Milliseconds{5000});
    CHECK(project.database().tables().empty());
    CHECK(project.run({"upgrade"}).exit_code == bad.exit_code);
}

TEST_CASE("an empty folder is an empty history: said, nothing is changed") {
    Project project(GENERATE(Kind::postgres, Kind::sqlite));
    const Outcome outcome = project.start();
    INFO(outcome.describe());
    CHECK(server_started(outcome));
    CHECK(outcome.err.contains("migrations"));
    CHECK(project.database().tables().empty());
}

TEST_CASE("bad settings and command lines end with their code, say where they are from, and repeat no secret") {
    const BadSetting bad = GENERATE(Catch::Generators::from_range(bad_settings()));
    Project project(Kind::sqlite);
    project.add_three_steps();
    Program program = project.headgate(bad.arguments);
    for (const auto& [name, value] : bad.environment) program.environment[name] = value;
    const Outcome outcome = run_program(program);
    INFO(bad.name << "\n" << outcome.describe());
    CHECK(outcome.exit_code == bad.exit_code);
    for (const auto& word : bad.words) {
        INFO(word);
        CHECK(outcome.err.contains(word));
    }
    CHECK_FALSE(outcome.err.contains("sEcr3t"));
    CHECK(outcome.out.empty());
    CHECK(project.database().tables().empty());
}

TEST_CASE("a mistake in headgate.toml is shown with its line: 78") {
    Project project(Kind::sqlite);
    project.add_three_steps();
    const auto [text, words] = GENERATE(table<std::string, std::vector<std::string>>({
        {"\nwait_timout = \"5s\"\n", {"headgate.toml:2", "wait_timout", "wait_timeout"}},
        {"wait_timeout = \"soon\"\n", {"headgate.toml:1", "soon"}},
        {"target = \"head\nmode = 3", {"headgate.toml:1"}},
        {"database_ahead = \"maybe\"\n", {"headgate.toml:1", "maybe"}},
    }));
    write_file(project.folder() / "headgate.toml", text);
    const Outcome outcome = project.start();
    INFO(text << "\n" << outcome.describe());
    CHECK(outcome.exit_code == 78);
    for (const auto& word : words) {
        INFO(word);
        CHECK(outcome.err.contains(word));
    }
    CHECK(project.database().tables().empty());
}

TEST_CASE("a SQLite file that cannot be made or is none is refused, and stays as it is") {
    Project project(Kind::sqlite);
    project.add_three_steps();
    Program program = project.gate();
    program.environment["DATABASE_URL"] = "sqlite:////no/such/folder/app.db";
    const Outcome nowhere = run_program(program);
    INFO(nowhere.describe());
    CHECK(nowhere.exit_code == 69);
    CHECK(nowhere.err.contains("/no/such/folder"));
    const std::string text(5000, 'x');
    write_file(project.folder() / "notes.txt", text);
    program.environment["DATABASE_URL"] = "sqlite:///./notes.txt";
    const Outcome no_database = run_program(program);
    INFO(no_database.describe());
    CHECK(no_database.exit_code == 69);
    CHECK(no_database.err.contains("notes.txt"));
    CHECK(read_file(project.folder() / "notes.txt") == text);
}
