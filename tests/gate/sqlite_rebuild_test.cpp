// SPDX-License-Identifier: Apache-2.0
// SQLite rebuilds tables to change them. With rows in every table: children stay, new faults fail, old ones do not.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "gate/project.hpp"

using namespace headgate::gate;
using namespace headgate::support;

namespace {

const std::string family =
    "CREATE TABLE parent (id integer PRIMARY KEY, name text);\n"
    "CREATE TABLE child (id integer PRIMARY KEY, parent_id integer NOT NULL REFERENCES parent (id) ON DELETE "
    "CASCADE);\n";
const std::string rows =
    "INSERT INTO parent VALUES (1, 'a'), (2, 'b');\nINSERT INTO child VALUES (10, 1), (11, 1), (12, 2);\n";
const std::string rebuild =
    "CREATE TABLE parent_new (id integer PRIMARY KEY, name text NOT NULL DEFAULT '');\n"
    "INSERT INTO parent_new SELECT id, name FROM parent;\nDROP TABLE parent;\nALTER TABLE parent_new RENAME TO "
    "parent;\n";

std::string count(const Project& project, const std::string& table) {
    return project.database().value("SELECT count(*) FROM " + table + ";");
}

void check_failed(const Project& project, const std::string& dump_before) {
    const Outcome outcome = project.start();
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 79);
    CHECK(outcome.err.contains("child"));
    CHECK(project.applied() == std::vector{id(1)});
    CHECK(project.database().dump() == dump_before);
}

}  // namespace

TEST_CASE("a rebuild of a parent keeps every row of its children") {
    Project project(Kind::sqlite);
    project.add_step(1, family + rows);
    project.add_step(
        2, GENERATE(rebuild, "PRAGMA foreign_keys = OFF;\nBEGIN;\n" + rebuild + "COMMIT;\nPRAGMA foreign_keys = ON;\n",
                    "PRAGMA foreign_keys = ON;\nBEGIN TRANSACTION;\n" + rebuild + "COMMIT;\n"));
    const Outcome outcome = project.start();
    INFO(outcome.describe());
    CHECK(server_started(outcome));
    CHECK(count(project, "parent") == "2");
    CHECK(count(project, "child") == "3");
    CHECK(project.database().value("SELECT sql LIKE '%NOT NULL DEFAULT%' FROM sqlite_schema WHERE name = 'parent';") ==
          "1");
}

TEST_CASE("a step that makes a new foreign key violation fails") {
    Project project(Kind::sqlite);
    project.add_step(1, family + rows);
    REQUIRE(project.start().exit_code == 0);
    const auto before = project.database().dump();
    project.add_step(2, GENERATE("DELETE FROM parent WHERE id = 2;", "INSERT INTO child VALUES (13, 99);",
                                 "UPDATE parent SET id = 7 WHERE id = 1;"));
    check_failed(project, before);
}

TEST_CASE("a violation that was there before does not fail a step") {
    Project project(Kind::sqlite);
    project.add_step(1, family + rows);
    REQUIRE(project.start().exit_code == 0);
    project.database().execute("PRAGMA foreign_keys = OFF; INSERT INTO child VALUES (14, 99);");
    project.add_step(2, "CREATE TABLE other (a integer);");
    project.add_step(3, rebuild);
    const Outcome outcome = project.start();
    INFO(outcome.describe());
    CHECK(server_started(outcome));
    CHECK(count(project, "child") == "4");
}

TEST_CASE("an old violation does not hide a new one") {
    Project project(Kind::sqlite);
    project.add_step(1, family + rows);
    REQUIRE(project.start().exit_code == 0);
    project.database().execute("PRAGMA foreign_keys = OFF; INSERT INTO child VALUES (14, 99);");
    const auto before = project.database().dump();
    project.add_step(2, "DELETE FROM child WHERE id = 14;\nINSERT INTO child VALUES (15, 98);");
    check_failed(project, before);
}

TEST_CASE("a rename-first rebuild that leaves a child pointing at a dropped table fails, with rows or without") {
    Project project(Kind::sqlite);
    project.add_step(1, family + GENERATE(std::string(), rows));
    REQUIRE(project.start().exit_code == 0);
    const auto before = project.database().dump();
    project.add_step(2,
                     "ALTER TABLE parent RENAME TO parent_old;\n"
                     "CREATE TABLE parent (id integer PRIMARY KEY, name text NOT NULL DEFAULT '');\n"
                     "INSERT INTO parent SELECT id, name FROM parent_old;\nDROP TABLE parent_old;\n");
    check_failed(project, before);
}

TEST_CASE("triggers, views and generated columns are statements with semicolons inside, and work") {
    Project project(Kind::sqlite);
    project.add_step(1,
                     "CREATE TABLE t (a integer, b integer GENERATED ALWAYS AS (a * 2), `c;d` text, [e;f] text);\n"
                     "CREATE TABLE audit (what text);\n"
                     "CREATE TRIGGER t_ai AFTER INSERT ON t BEGIN\n  INSERT INTO audit VALUES ('begin; end;');\n"
                     "  INSERT INTO audit VALUES (CASE WHEN new.a > 1 THEN 'big' ELSE 'small' END);\nEND;\n"
                     "INSERT INTO t (a) VALUES (2);");
    const Outcome outcome = project.start();
    INFO(outcome.describe());
    CHECK(server_started(outcome));
    CHECK(project.database().rows("SELECT what FROM audit;") == std::vector<TextRow>{{"begin; end;"}, {"big"}});
}

TEST_CASE("a step may not leave pragmas, temporary tables or attached files behind") {
    Project project(Kind::sqlite);
    project.add_step(1, "CREATE TABLE one (a integer);");
    project.add_step(2, GENERATE("CREATE TEMP TABLE headgate_ledger (nonsense integer);",
                                 "CREATE TEMP TABLE leftover (b text);", "CREATE TEMP TABLE one (wrong text);"));
    project.add_step(3, "CREATE TEMP TABLE leftover (a integer);\nINSERT INTO one VALUES (1);");
    const Outcome outcome = project.start();
    INFO(outcome.describe());
    CHECK(server_started(outcome));
    CHECK(project.applied().size() == 3);
    CHECK(count(project, "one") == "1");
}
