// SPDX-License-Identifier: Apache-2.0
// [alembic] version_table: Alembic's own table is kept valid in every step, so that Alembic and headgate can take turns
// on one database, and neither does again what the other has done.
#include <format>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "gate/alembic_beside.hpp"
#include "support/relay.hpp"

using namespace headgate::gate;
using namespace headgate::support;

namespace {

// a1 <- b1, b2 <- c1 (a merge), each with a table of its own, here and there.
const std::vector<std::pair<std::string, std::string>> diamond{
    {"a1", ""}, {"b1", "a1"}, {"b2", "a1"}, {"c1", "[\"b1\", \"b2\"]"}};

void add(Project& project, const std::string& revision, const std::string& down_revision) {
    project.add({revision, down_revision, std::format("CREATE TABLE t_{} (a integer);", revision),
                 std::format("DROP TABLE t_{};", revision), ""});
}

void add(const AlembicBeside& alembic, const std::string& revision, const std::string& down_revision) {
    alembic.add(revision, down_revision, std::format("CREATE TABLE t_{} (a integer)", revision),
                std::format("DROP TABLE t_{}", revision));
}

void check_run(const Outcome& outcome, int exit_code = 0) {
    INFO(outcome.describe());
    CHECK(outcome.exit_code == exit_code);
}

void check_moved_on(const Project& project, const Outcome& outcome) {
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 76);
    CHECK(outcome.err.contains("Alembic has moved on"));
    CHECK(outcome.err.contains("adopt"));
    CHECK_FALSE(server_started(outcome));
    CHECK_FALSE(project.database().has_table("t_d1"));
}

}  // namespace

TEST_CASE("alembic_version has Alembic's own rows after every step, up and down") {
    const Kind kind = GENERATE(Kind::postgres, Kind::sqlite);
    Project project(kind);
    const auto other = make_database(kind);
    const AlembicBeside alembic(*other);
    keep_alembic_version(project);
    for (const auto& [revision, down] : diamond) {
        add(project, revision, down);
        add(alembic, revision, down);
    }
    for (const auto* target : {"a1", "b1", "b2", "c1"}) {
        INFO(target);
        check_run(project.run({"upgrade", target}));
        check_run(alembic.run({"upgrade", target}));
        CHECK(versions_of(project.database()) == versions_of(*other));
    }
    if (kind == Kind::postgres) CHECK(project.database().dump() == other->dump());
    check_run(project.run({"downgrade", "-1"}));
    CHECK(versions_of(project.database()) == "b1,b2");
    check_run(project.run({"downgrade", "base"}));
    check_run(alembic.run({"downgrade", "base"}));
    CHECK(versions_of(project.database()) == versions_of(*other));
    check_run(project.run({"upgrade"}));
    CHECK(versions_of(project.database()) == "c1");
}

TEST_CASE("Alembic goes on where headgate ended, and then headgate applies nothing twice") {
    const Kind kind = GENERATE(Kind::postgres, Kind::sqlite);
    Project project(kind);
    const AlembicBeside alembic(project.database());
    keep_alembic_version(project);
    for (const auto& [revision, down] : diamond) {
        add(project, revision, down);
        add(alembic, revision, down);
    }
    check_run(project.run({"upgrade"}));
    check_run(alembic.run({"upgrade", "head"}));
    CHECK(versions_of(project.database()) == "c1");
    check_run(alembic.run({"downgrade", "b1"}));
    check_moved_on(project, project.start());
    check_run(alembic.run({"upgrade", "head"}));
    check_run(project.run({"upgrade"}));
    add(project, "d1", "c1");
    add(alembic, "e1", "c1");
    check_run(alembic.run({"upgrade", "head"}));
    check_moved_on(project, project.start());
    check_moved_on(project, project.run({"downgrade", "-1"}));
    CHECK(versions_of(project.database()) == "e1");
}

TEST_CASE("a database that Alembic manages is never migrated from base, whatever is accepted") {
    const Kind kind = GENERATE(Kind::postgres, Kind::sqlite);
    Project project(kind);
    const AlembicBeside alembic(project.database());
    add(alembic, "a1", "");
    check_run(alembic.run({"upgrade", "head"}));
    keep_alembic_version(project);
    add(project, "a1", "");
    add(project, "d1", "a1");
    check_moved_on(project, project.start());
    check_moved_on(project, project.run({"upgrade", "--onto-existing"}));
    CHECK(project.applied().empty());
    CHECK(versions_of(project.database()) == "a1");
}

TEST_CASE("a row that somebody moves during a step fails the step, and nothing of it is left") {
    const Kind kind = GENERATE(Kind::postgres, Kind::sqlite);
    Project project(kind);
    keep_alembic_version(project);
    add(project, "a1", "");
    check_run(project.run({"upgrade"}));
    SECTION("the row to move") {
        project.add(
            {"d1", "a1", "CREATE TABLE t_d1 (a integer);\nUPDATE alembic_version SET version_num = 'zz';", "", ""});
    }
    SECTION("the row to remove") {
        add(project, "x1", "");
        check_run(project.run({"upgrade", "heads"}));
        project.add({"d1", "[\"a1\", \"x1\"]",
                     "CREATE TABLE t_d1 (a integer);\nDELETE FROM alembic_version WHERE version_num = 'x1';", "", ""});
    }
    SECTION("the row to add") {
        project.add({"d1", "", "CREATE TABLE t_d1 (a integer);\nINSERT INTO alembic_version VALUES ('d1');", "", ""});
    }
    const auto before = project.database().dump();
    const Outcome outcome = project.run({"upgrade", "heads"});
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 76);
    CHECK(outcome.err.contains("alembic_version"));
    CHECK(project.database().dump() == before);
    CHECK_FALSE(project.database().has_table("t_d1"));
}

TEST_CASE("a row that another session moves while a step runs fails the step") {
    Project project(Kind::postgres);
    keep_alembic_version(project);
    add(project, "a1", "");
    check_run(project.run({"upgrade"}));
    project.database().execute("CREATE TABLE brake (a integer)");
    project.add({"d1", "a1",
                 "CREATE TABLE t_d1 (a integer);\n"
                 "DO $$ BEGIN WHILE NOT EXISTS (SELECT FROM brake) LOOP PERFORM pg_sleep(0.02); END LOOP; END $$;",
                 "", ""});
    RunningProgram running(project.headgate({"upgrade"}));
    REQUIRE(eventually(
        [&] {
            return project.database().value(
                       "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND "
                       "pid <> pg_backend_pid() AND wait_event = 'PgSleep'") == "1";
        },
        Milliseconds(30'000)));
    project.database().execute("UPDATE alembic_version SET version_num = 'zz'");
    project.database().execute("INSERT INTO brake VALUES (1)");
    const Outcome outcome = running.wait();
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 76);
    CHECK(project.applied() == std::vector<std::string>{"a1"});
    CHECK_FALSE(project.database().has_table("t_d1"));
    CHECK(versions_of(project.database()) == "zz");
}

TEST_CASE("where the table is not there yet, the next step makes and fills it") {
    const Kind kind = GENERATE(Kind::postgres, Kind::sqlite);
    Project project(kind);
    add(project, "a1", "");
    add(project, "b1", "a1");
    add(project, "b2", "a1");
    check_run(project.run({"upgrade", "heads"}));
    CHECK(versions_of(project.database()) == "no table");
    keep_alembic_version(project);
    check_run(project.run({"upgrade", "heads"}));
    CHECK(versions_of(project.database()) == "no table");
    SECTION("a step") {
        add(project, "c2", "b2");
        check_run(project.run({"upgrade", "heads"}));
        CHECK(versions_of(project.database()) == "b1,c2");
    }
    SECTION("a stamp") {
        check_run(project.run({"stamp", "heads"}));
        CHECK(versions_of(project.database()) == "b1,b2");
    }
    SECTION("a downgrade") {
        check_run(project.run({"downgrade", "-1"}));
        CHECK(versions_of(project.database()).size() == 2);
    }
}

TEST_CASE("stamp sets Alembic's rows, and settles what Alembic did alone") {
    const Kind kind = GENERATE(Kind::postgres, Kind::sqlite);
    Project project(kind);
    const AlembicBeside alembic(project.database());
    keep_alembic_version(project);
    for (const auto& [revision, down] : diamond) {
        add(project, revision, down);
        add(alembic, revision, down);
    }
    check_run(alembic.run({"upgrade", "heads"}));
    check_run(project.run({"stamp", "heads"}));
    CHECK(versions_of(project.database()) == "c1");
    CHECK(project.applied().size() == 4);
    check_run(project.run({"upgrade"}));
    check_run(project.run({"downgrade", "base"}));
    CHECK(versions_of(project.database()) == "");
}

TEST_CASE("a revision with transaction = false moves Alembic's row with its last statement") {
    const Kind kind = GENERATE(Kind::postgres, Kind::sqlite);
    Project project(kind);
    keep_alembic_version(project);
    add(project, "a1", "");
    const std::string concurrently = kind == Kind::postgres ? "CONCURRENTLY " : "";
    project.add({"b1", "a1",
                 "CREATE INDEX " + concurrently +
                     "i ON t_a1 (a);\nCREATE TABLE t_d1 (a integer);\n"
                     "INSERT INTO nowhere VALUES (1);",
                 "DROP TABLE t_d1;\nDROP INDEX i;", "-- transaction = false\n"});
    check_run(project.run({"upgrade"}), 80);
    CHECK(versions_of(project.database()) == "a1");
    project.database().execute("CREATE TABLE nowhere (a integer);");
    check_run(project.run({"upgrade"}));
    CHECK(versions_of(project.database()) == "b1");
    check_run(project.run({"downgrade", "-1"}));
    CHECK(versions_of(project.database()) == "a1");
}

TEST_CASE("where Alembic moves on beside a revision that is half applied, nobody is told that nothing was applied") {
    const Kind kind = GENERATE(Kind::postgres, Kind::sqlite);
    Project project(kind);
    keep_alembic_version(project);
    project.add_step(1, "CREATE TABLE one (a integer);");
    project.add_step(2, "INSERT INTO one VALUES (1);\nINSERT INTO nowhere VALUES (1);", "", "-- transaction = false\n");
    check_run(project.run({"upgrade"}), 80);
    project.database().execute("UPDATE alembic_version SET version_num = 'elsewhere';");
    const Outcome outcome = project.run({"upgrade"});
    check_run(outcome, 80);
    CHECK(outcome.err.contains("Alembic has moved on"));
    CHECK_FALSE(outcome.err.contains("nothing was applied"));
}

TEST_CASE("where the next step runs statement by statement, its last statement makes the table") {
    const Kind kind = GENERATE(Kind::postgres, Kind::sqlite);
    Project project(kind);
    add(project, "a1", "");
    check_run(project.run({"upgrade"}));
    keep_alembic_version(project);
    project.add({"b1", "a1", "CREATE TABLE t_b1 (a integer);\nINSERT INTO nowhere VALUES (1);", "",
                 "-- transaction = false\n"});
    check_run(project.run({"upgrade"}), 80);
    CHECK(versions_of(project.database()) == "no table");
    project.database().execute("CREATE TABLE nowhere (a integer);");
    check_run(project.run({"upgrade"}));
    CHECK(versions_of(project.database()) == "b1");
}

TEST_CASE("a table of that name which is not Alembic's is not taken for it") {
    const Kind kind = GENERATE(Kind::postgres, Kind::sqlite);
    Project project(kind);
    add(project, "a1", "");
    check_run(project.run({"upgrade"}));
    keep_alembic_version(project);
    project.database().execute("CREATE TABLE alembic_version (other integer);");
    const Outcome outcome = project.run({"upgrade"});
    check_run(outcome, 78);
    CHECK(outcome.err.contains("is no table of Alembic"));
}

TEST_CASE("reading Alembic's table costs no round trip of its own") {
    std::vector<std::uint64_t> turns;
    for (const bool is_kept : {false, true}) {
        Project project(Kind::postgres);
        if (is_kept) keep_alembic_version(project);
        add(project, "a1", "");
        check_run(project.run({"upgrade"}));
        Relay relay(shared_server().host, shared_server().port);
        Program program = project.gate();
        program.environment["DATABASE_URL"] =
            shared_server().with_port(relay.port()).url(project.database().value("SELECT current_database()"));
        const Outcome outcome = run_program(program);
        INFO(outcome.describe());
        CHECK(server_started(outcome));
        turns.push_back(relay.turns());
    }
    CHECK(turns.at(0) == turns.at(1));
}

TEST_CASE("Alembic's table is nobody's business where the setting is absent, and elsewhere its name and schema are") {
    Project project(Kind::postgres);
    add(project, "a1", "");
    project.database().execute("CREATE SCHEMA s; CREATE TABLE public.alembic_version (other integer)");
    check_run(project.run({"upgrade", "--onto-existing"}));
    add(project, "b1", "a1");
    check_run(project.run({"upgrade"}));
    keep_alembic_version(project);
    const Outcome wrong = project.run({"upgrade"});
    INFO(wrong.describe());
    CHECK(wrong.exit_code == 78);
    CHECK(wrong.err.contains("is no table of Alembic"));
    write_file(project.folder() / "headgate.toml",
               "[alembic]\nversion_table = \"My versions\"\nversion_table_schema = \"s\"\n");
    add(project, "c1", "b1");
    check_run(project.run({"upgrade"}));
    CHECK(project.database().value("SELECT version_num FROM s.\"My versions\"") == "c1");
    write_file(project.folder() / "headgate.toml",
               "[alembic]\nversion_table = \"v\"\nversion_table_schema = \"nowhere\"\n");
    check_run(project.run({"upgrade"}), 78);
}

TEST_CASE("gates that start together keep Alembic's rows right, and none of them takes another's step for Alembic's") {
    const Kind kind = GENERATE(Kind::postgres, Kind::sqlite);
    Project project(kind);
    keep_alembic_version(project);
    for (int number = 1; number <= 20; ++number) {
        project.add_step(number, std::format("CREATE TABLE t{} (a integer);", number));
    }
    std::vector<RunningProgram> gates;
    for (int i = 0; i < 6; ++i) gates.emplace_back(project.gate());
    for (auto& gate : gates) {
        const Outcome outcome = gate.wait();
        INFO(outcome.describe());
        CHECK(server_started(outcome));
    }
    CHECK(project.applied().size() == 20);
    CHECK(versions_of(project.database()) == id(20));
}
