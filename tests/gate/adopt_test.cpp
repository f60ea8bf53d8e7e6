// SPDX-License-Identifier: Apache-2.0
// headgate adopt: a database that Alembic manages becomes headgate's without a step being run, whole or not at all, and
// Alembic can go on with it.
#include <algorithm>
#include <format>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "gate/alembic_beside.hpp"
#include "gate/alembic_project.hpp"

namespace headgate::gate {

namespace {

constexpr auto keeps_table = "[alembic]\nversion_table = \"alembic_version\"\n";

void add_table(const AlembicProject& project, const std::string& id, const std::string& down, std::string top = "") {
    project.add({.revision = id,
                 .down_revision = down,
                 .upgrade = std::format("op.execute('CREATE TABLE t_{} (a integer)')", id),
                 .downgrade = std::format("op.execute('DROP TABLE t_{}')", id),
                 .top = std::move(top)});
}

// aa01 <- cc03 (which depends on bb02, a base of its own) <- dd04, imported.
AlembicProject import_history() {
    AlembicProject project;
    add_table(project, "aa01", "None");
    add_table(project, "bb02", "None");
    add_table(project, "cc03", "'aa01'", "depends_on = 'bb02'");
    add_table(project, "dd04", "'cc03'");
    REQUIRE(project.import().exit_code == 0);
    project.write("headgate.toml", keeps_table);
    return project;
}

// A folder of the case's own; the import, which takes its time, is the same for all.
AlembicProject make_project() {
    static const auto imported = import_history();
    AlembicProject project;
    std::filesystem::copy(imported.folder(), project.folder(),
                          std::filesystem::copy_options::recursive | std::filesystem::copy_options::overwrite_existing);
    return project;
}

void check_run(const Outcome& outcome, int exit_code = 0, std::string_view said = "") {
    INFO(outcome.describe());
    CHECK(outcome.exit_code == exit_code);
    CHECK(outcome.err.contains(said));
}

std::string ledger_of(const Database& database) {
    if (!database.has_table("headgate_ledger")) return "no ledger";
    std::string list;
    for (const auto& row : database.rows("SELECT revision FROM headgate_ledger ORDER BY sequence;"))
        list += (list.empty() ? "" : ",") + row.at(0);
    return list;
}

// 76 with these words; the ledger and everything else as before.
void check_refused(const AlembicProject& project, const Database& database, std::string_view said,
                   std::string_view hint, int exit_code = 76) {
    const auto before = database.dump() + ledger_of(database);
    const auto outcome = project.run(database.url(), {"adopt"});
    check_run(outcome, exit_code, said);
    INFO(outcome.describe());
    CHECK(outcome.err.contains(hint));
    CHECK(database.dump() + ledger_of(database) == before);
}

}  // namespace

TEST_CASE("adopt: the ledger gets what Alembic has applied, dependencies too, nothing is run, and both go on") {
    const auto database = make_database(GENERATE(Kind::postgres, Kind::sqlite));
    const auto project = make_project();
    check_run(project.alembic(database->url(), {"upgrade", "cc03"}));
    const auto before = database->dump();
    check_run(project.run(database->url(), {"adopt"}), 0, "the ledger says cc03 now");
    CHECK(database->dump() == before);
    CHECK(ledger_of(*database) == "aa01,bb02,cc03");
    check_run(project.run(database->url(), {"adopt"}), 0, "agree: cc03");
    check_run(project.run(database->url(), {"upgrade", "heads"}));
    CHECK(ledger_of(*database) == "aa01,bb02,cc03,dd04");
    CHECK(versions_of(*database) == "dd04");
    check_run(project.alembic(database->url(), {"downgrade", "-1"}));
    CHECK_FALSE(database->has_table("t_dd04"));
}

TEST_CASE("adopt: what Alembic did since, up and down, is taken over") {
    const auto database = make_database(GENERATE(Kind::postgres, Kind::sqlite));
    const auto project = make_project();
    check_run(project.alembic(database->url(), {"upgrade", "aa01"}));
    check_run(project.run(database->url(), {"adopt"}));
    check_run(project.alembic(database->url(), {"upgrade", "dd04"}));
    check_run(project.run(database->url(), {"upgrade", "heads"}), 76, "headgate adopt");
    check_run(project.run(database->url(), {"adopt"}), 0, "recorded: 3, taken out: 0");
    CHECK(ledger_of(*database) == "aa01,bb02,cc03,dd04");
    check_run(project.alembic(database->url(), {"downgrade", "aa01"}));
    const auto left = versions_of(*database);
    check_run(project.run(database->url(), {"adopt"}), 0, "recorded: 0, taken out:");
    CHECK(versions_of(*database) == left);
    check_run(project.run(database->url(), {"upgrade", "heads"}));
    check_run(project.alembic(database->url(), {"current", "--verbose"}));
    CHECK(versions_of(*database) == "dd04");
    CHECK(ledger_of(*database).ends_with("cc03,dd04"));
}

TEST_CASE("adopt: a dry run prints what would be recorded, and changes nothing") {
    const auto database = make_database(GENERATE(Kind::postgres, Kind::sqlite));
    const auto project = make_project();
    check_run(project.alembic(database->url(), {"upgrade", "aa01"}));
    const auto outcome = project.run(database->url(), {"adopt", "--dry-run"});
    check_run(outcome);
    CHECK(outcome.out == "record <base> -> aa01, make aa01\n");
    CHECK(ledger_of(*database) == "no ledger");
}

TEST_CASE("adopt: a database that it cannot take over is left as it is, with the reason") {
    const auto database = make_database(GENERATE(Kind::postgres, Kind::sqlite));
    const auto project = make_project();
    SECTION("no table") {
        database->execute("CREATE TABLE other (a integer);");
        check_refused(project, *database, "Alembic has not been here", "right database");
    }
    SECTION("an empty table") {
        check_run(project.alembic(database->url(), {"upgrade", "aa01"}));
        check_run(project.alembic(database->url(), {"downgrade", "base"}));
        check_refused(project, *database, "has no rows", "headgate upgrade starts from base");
    }
    SECTION("a row that another one stands on") {
        check_run(project.alembic(database->url(), {"upgrade", "dd04"}));
        check_run(project.run(database->url(), {"adopt"}));
        database->execute("INSERT INTO alembic_version VALUES ('aa01');");
        check_refused(project, *database, "aa01, dd04", "delete those that are too much");
    }
    SECTION("an empty table, and a ledger") {
        check_run(project.alembic(database->url(), {"upgrade", "aa01"}));
        check_run(project.run(database->url(), {"adopt"}));
        check_run(project.alembic(database->url(), {"downgrade", "base"}));
        check_refused(project, *database, "has no rows", "headgate stamp base");
        check_run(project.run(database->url(), {"stamp", "base"}));
        check_run(project.run(database->url(), {"upgrade", "heads"}));
    }
    SECTION("a revision that has no file") {
        check_run(project.alembic(database->url(), {"upgrade", "dd04"}));
        std::filesystem::remove(project.file_of("dd04"));
        check_refused(project, *database, "has no file here: dd04", "headgate import alembic");
    }
    SECTION("a revision of the ledger that has no file") {
        check_run(project.alembic(database->url(), {"upgrade", "dd04"}));
        check_run(project.run(database->url(), {"adopt"}));
        check_run(project.alembic(database->url(), {"downgrade", "cc03"}));
        std::filesystem::remove(project.file_of("dd04"));
        check_refused(project, *database, "the ledger has what has no file here: dd04", "use the checkout");
    }
    SECTION("no setting that keeps the table valid") {
        check_run(project.alembic(database->url(), {"upgrade", "aa01"}));
        project.write("headgate.toml", "");
        check_refused(project, *database, "which table is Alembic's", "HEADGATE_ALEMBIC_VERSION_TABLE", 78);
    }
}

TEST_CASE("adopt: files that were imported for another dialect are refused") {
    const auto database = make_database(Kind::sqlite);
    AlembicProject project;
    add_table(project, "aa01", "None");
    REQUIRE(project.import({"--dialect", "postgresql"}).exit_code == 0);
    project.write("headgate.toml", keeps_table);
    check_run(project.alembic(database->url(), {"upgrade", "head"}));
    check_refused(project, *database, "sqlite", "", 65);
}

TEST_CASE("adopt: a revision that is only partly applied is not covered up") {
    const auto database = make_database(Kind::postgres);
    AlembicProject project;
    add_table(project, "aa01", "None");
    project.add({.revision = "bb02",
                 .down_revision = "'aa01'",
                 .upgrade = "with op.get_context().autocommit_block():\n"
                            "    op.execute('CREATE TABLE b (a integer)')\n    op.execute('SELECT 1 / 0')"});
    REQUIRE(project.import({"--dialect", "postgresql"}).exit_code == 0);
    project.write("headgate.toml", keeps_table);
    check_run(project.run(database->url(), {"upgrade", "heads"}), 80);
    check_run(project.run(database->url(), {"adopt"}), 0, "agree: aa01");
    check_run(project.alembic(database->url(), {"stamp", "bb02"}));
    check_refused(project, *database, "revision bb02 as partly applied", "headgate stamp");
}

TEST_CASE("adopt: of several at once one does it, and all find it done") {
    const auto database = make_database(GENERATE(Kind::postgres, Kind::sqlite));
    const auto project = make_project();
    check_run(project.alembic(database->url(), {"upgrade", "dd04"}));
    std::vector<RunningProgram> running;
    for (int i = 0; i < 6; ++i) running.emplace_back(project.headgate(database->url(), {"adopt"}));
    std::size_t adopted = 0;
    for (auto& one : running) {
        const auto outcome = one.wait();
        check_run(outcome);
        adopted += outcome.err.contains("the ledger says dd04 now") ? 1 : 0;
    }
    CHECK(adopted == 1);
    CHECK(ledger_of(*database) == "aa01,bb02,cc03,dd04");
}

}  // namespace headgate::gate
