// SPDX-License-Identifier: Apache-2.0
// Revisions with transaction = false on SQLite: what only SQLite has, where others use the database meanwhile, and
// where the lock file's name is taken.
#include <catch2/catch_test_macros.hpp>

#include "gate/project.hpp"

using namespace headgate::gate;
using namespace headgate::support;

namespace {

std::filesystem::path database_file(const Project& project) {
    return project.database().value("SELECT file FROM pragma_database_list WHERE name = 'main';");
}

std::filesystem::path lock_file(const Project& project) {
    return database_file(project).string() + "-headgate-lock";
}

}  // namespace

TEST_CASE("transaction = false on SQLite: VACUUM and PRAGMA journal_mode work, up and down") {
    Project project(Kind::sqlite);
    project.add_step(1, "CREATE TABLE items (n integer);");
    project.add_step(2, "PRAGMA journal_mode = WAL;\nINSERT INTO items VALUES (1);\nVACUUM;",
                     "PRAGMA journal_mode = DELETE;", no_transaction);
    const Outcome outcome = project.start();
    INFO(outcome.describe());
    CHECK(server_started(outcome));
    CHECK(project.database().value("PRAGMA journal_mode;") == "wal");
    CHECK(project.database().value("SELECT count(*) FROM items;") == "1");
    CHECK(project.applied() == std::vector{id(1), id(2)});
    CHECK(project.run({"downgrade", "-1"}).exit_code == 0);
    CHECK(project.database().value("PRAGMA journal_mode;") == "delete");
    CHECK(project.applied() == std::vector{id(1)});
}

TEST_CASE("transaction = false on SQLite: VACUUM waits for a reader, and is done") {
    Project project(Kind::sqlite);
    project.add_step(1, "CREATE TABLE items (n integer);");
    REQUIRE(project.start().exit_code == 0);
    project.add_step(2, "VACUUM;\nINSERT INTO items VALUES (1);", "", no_transaction);
    RunningProgram reader({.executable = "sqlite3",
                           .arguments = {database_file(project).string(), "BEGIN; SELECT count(*) FROM items;",
                                         ".shell echo held; sleep 3", "COMMIT;"}});
    REQUIRE(reader.wait_for_text("held"));
    const Outcome outcome = project.start();
    INFO(outcome.describe());
    CHECK(server_started(outcome));
    CHECK(project.database().value("SELECT count(*) FROM items;") == "1");
    CHECK(outcome.err.contains("trying again"));
    CHECK_FALSE(std::filesystem::exists(lock_file(project)));
}

TEST_CASE("transaction = false on SQLite: a symbolic link where the lock file belongs is refused, and not followed") {
    Project project(Kind::sqlite);
    project.add_step(1, "CREATE TABLE items (n integer);");
    REQUIRE(project.start().exit_code == 0);
    project.add_step(2, "VACUUM;", "", no_transaction);
    const auto elsewhere = project.folder() / "elsewhere";
    std::filesystem::create_symlink(elsewhere, lock_file(project));
    const Outcome outcome = project.start();
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 77);
    CHECK_FALSE(std::filesystem::exists(elsewhere));
}

TEST_CASE("transaction = false on SQLite: a lock file that a killed headgate left is taken over and removed") {
    Project project(Kind::sqlite);
    project.add_step(1, "CREATE TABLE items (n integer);");
    REQUIRE(project.start().exit_code == 0);
    project.add_step(2, "VACUUM;", "", no_transaction);
    std::filesystem::create_directory(lock_file(project));
    const Outcome refused = project.start();
    INFO(refused.describe());
    CHECK(refused.exit_code == 77);
    std::filesystem::remove(lock_file(project));
    require_output({.executable = "touch", .arguments = {lock_file(project).string()}});
    CHECK(server_started(project.start()));
    CHECK_FALSE(std::filesystem::exists(lock_file(project)));
}

TEST_CASE("transaction = false on SQLite: a database reached through a link and without is one database") {
    Project project(Kind::sqlite);
    project.add_step(1, "CREATE TABLE items (n integer);");
    REQUIRE(project.start().exit_code == 0);
    const auto link = project.folder() / "link.db";
    std::filesystem::create_symlink(database_file(project), link);
    std::string slow = "VACUUM;\n";
    for (int i = 0; i < 3; ++i)
        slow +=
            "INSERT INTO items WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c LIMIT 300000) SELECT n "
            "FROM c;\nVACUUM;\n";
    project.add_step(2, slow, "", no_transaction);
    RunningProgram first(project.gate());
    Program other = project.gate();
    other.environment["DATABASE_URL"] = "sqlite:///" + link.string();
    REQUIRE(eventually([&] { return std::filesystem::exists(lock_file(project)); }));
    CHECK_FALSE(std::filesystem::exists(link.string() + "-headgate-lock"));
    RunningProgram second(other);
    const Outcome a = first.wait();
    const Outcome b = second.wait();
    INFO(a.describe() << b.describe());
    CHECK(server_started(a));
    CHECK(server_started(b));
    CHECK(project.database().value("SELECT count(*) FROM items;") == "900000");
}
