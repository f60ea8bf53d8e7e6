// SPDX-License-Identifier: Apache-2.0
// Databases that headgate meets for the first time, or that lost their ledger: "no ledger" is not "base".
#include <format>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "gate/project.hpp"

using namespace headgate::gate;
using namespace headgate::support;

namespace {

Outcome start_with_schema(const Project& project, const std::string& schema) {
    Program program = project.gate();
    program.environment["HEADGATE_LEDGER_SCHEMA"] = schema;
    return run_program(program);
}

// 76 soon, no server, the database as before.
void check_stopped(const Project& project, const Outcome& outcome, const std::string& dump_before) {
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 76);
    CHECK(outcome.duration < Milliseconds(30'000));
    CHECK_FALSE(server_started(outcome));
    CHECK(outcome.err.contains("hint: "));
    CHECK(project.database().dump() == dump_before);
}

// A tool's own table, as the tool makes it, with a row as the tool writes it.
struct Tool {
    std::string name;
    std::string table;
    std::string columns;
    std::string row;
};

const std::vector<Tool> tools{
    {"head 1975ea83b712", "alembic_version",
     "version_num varchar(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)", "'1975ea83b712'"},
    {"golang-migrate", "schema_migrations", "version bigint NOT NULL PRIMARY KEY, dirty boolean NOT NULL", "3, false"},
    {"dbmate or Rails", "schema_migrations", "version varchar(128) PRIMARY KEY", "'20261123100000'"},
    {"Ecto", "schema_migrations", "version bigint PRIMARY KEY, inserted_at timestamp", "1, '2026-11-23'"},
    {"goose", "goose_db_version",
     "id integer PRIMARY KEY, version_id bigint NOT NULL, is_applied boolean NOT NULL, tstamp timestamp",
     "1, 0, true, NULL"},
    {"Flyway", "flyway_schema_history",
     "installed_rank int NOT NULL PRIMARY KEY, version varchar(50), description varchar(200) NOT NULL, type "
     "varchar(20) NOT NULL, script varchar(1000) NOT NULL, checksum integer, installed_by varchar(100) NOT NULL, "
     "installed_on timestamp, execution_time integer NOT NULL, success boolean NOT NULL",
     "1, '1', 'a', 'SQL', 'V1__a.sql', -7, 'me', NULL, 3, true"},
    {"sqlx", "_sqlx_migrations",
     "version bigint PRIMARY KEY, description text NOT NULL, installed_on timestamp NOT NULL, success boolean NOT "
     "NULL, checksum varchar(99) NOT NULL, execution_time bigint NOT NULL",
     "1, 'a', '2026-11-23', true, 'x', 1"},
    {"diesel", "__diesel_schema_migrations", "version varchar(50) PRIMARY KEY NOT NULL, run_on timestamp NOT NULL",
     "'20261123', '2026-11-23'"},
    {"Prisma", "_prisma_migrations",
     "id varchar(36) PRIMARY KEY, checksum varchar(64) NOT NULL, finished_at timestamp, migration_name varchar(255) "
     "NOT NULL, logs text, rolled_back_at timestamp, started_at timestamp NOT NULL, applied_steps_count integer NOT "
     "NULL",
     "'u', 'c', '2026-11-23', '1_init', NULL, NULL, '2026-11-23', 1"},
    {"refinery", "refinery_schema_history",
     "version int PRIMARY KEY, name varchar(255), applied_on varchar(255), checksum varchar(255)", "1, 'a', 'b', 'c'"},
    {"tern", "schema_version", "version int NOT NULL PRIMARY KEY", "3"},
    {"node-pg-migrate", "pgmigrations", "id integer PRIMARY KEY, name varchar(255) NOT NULL, run_on timestamp NOT NULL",
     "1, 'a', '2026-11-23'"},
    {"Liquibase", "DATABASECHANGELOG",
     "ID varchar(255) NOT NULL, AUTHOR varchar(255) NOT NULL, FILENAME varchar(255) NOT NULL, DATEEXECUTED timestamp "
     "NOT NULL, ORDEREXECUTED int NOT NULL, EXECTYPE varchar(10) NOT NULL, MD5SUM varchar(35)",
     "'1', 'me', 'a.xml', '2026-11-23', 1, 'EXECUTED', '9:x'"},
    {"sqitch", "changes", "change_id text PRIMARY KEY, script_hash text, change text NOT NULL", "'a', 'b', 'c'"},
    {"Atlas", "atlas_schema_revisions", "version varchar(99) PRIMARY KEY, description varchar(99) NOT NULL",
     "'20261123', 'a'"},
    {"sql-migrate", "gorp_migrations", "id text PRIMARY KEY, applied_at timestamp", "'1.sql', '2026-11-23'"},
    {"Django", "django_migrations",
     "id integer PRIMARY KEY, app varchar(255) NOT NULL, name varchar(255) NOT NULL, applied timestamp NOT NULL",
     "1, 'auth', '0001_initial', '2026-11-23'"},
    {"Knex", "knex_migrations", "id integer PRIMARY KEY, name varchar(255), batch integer, migration_time timestamp",
     "1, 'a.js', 1, '2026-11-23'"},
    {"EF Core", "\"__EFMigrationsHistory\"",
     "\"MigrationId\" varchar(150) PRIMARY KEY, \"ProductVersion\" varchar(32) NOT NULL", "'20261123_Init', '9.0.0'"},
    {"Sequelize", "\"SequelizeMeta\"", "name varchar(255) PRIMARY KEY", "'a.js'"},
    {"Laravel", "migrations", "id integer PRIMARY KEY, migration varchar(255) NOT NULL, batch integer NOT NULL",
     "1, 'a', 1"},
    {"TypeORM", "migrations", "id integer PRIMARY KEY, \"timestamp\" bigint NOT NULL, name varchar(99) NOT NULL",
     "1, 1763892000000, 'Init'"},
    {"Drizzle", "__drizzle_migrations", "id integer PRIMARY KEY, hash text NOT NULL, created_at bigint", "1, 'x', 1"},
};

std::string make_script(const Tool& tool) {
    return std::format("CREATE TABLE {0} ({1}); INSERT INTO {0} VALUES ({2});", tool.table, tool.columns, tool.row);
}

std::string unquoted(std::string name) {
    std::erase(name, '"');
    return name;
}

}  // namespace

TEST_CASE("postgres: the history of every known tool is recognised in any schema, and named") {
    Project project(Kind::postgres);
    project.add_three_steps();
    for (const auto& tool : tools) {
        INFO(tool.name);
        project.database().execute("CREATE SCHEMA tool; SET search_path = tool; " + make_script(tool));
        const Outcome outcome = project.start();
        INFO(outcome.describe());
        CHECK(outcome.exit_code == 76);
        CHECK(outcome.err.contains(std::format("({})", tool.name)));
        CHECK(outcome.err.contains("headgate stamp REV"));
        CHECK(project.applied().empty());
        project.database().execute("DROP SCHEMA tool CASCADE");
    }
    CHECK(server_started(project.start()));
}

TEST_CASE("sqlite: the history of every known tool is recognised, and named") {
    for (const auto& tool : tools) {
        Project project(Kind::sqlite);
        project.add_three_steps();
        project.database().execute(make_script(tool));
        const auto before = project.database().dump();
        const Outcome outcome = project.start();
        check_stopped(project, outcome, before);
        CHECK(outcome.err.contains(std::format("{} ({})", project.database().tables().front(), tool.name)));
        CHECK(project.database().tables() == std::vector<std::string>{unquoted(tool.table)});
    }
}

TEST_CASE("a partial restore without its ledger is not migrated from base; stamp takes it over") {
    Project original(Kind::postgres);
    original.add_three_steps();
    REQUIRE(original.run({"upgrade"}).exit_code == 0);
    Project restored(Kind::postgres);
    restored.add_three_steps();
    require_program("pg_dump");
    run_psql(restored.database().url(),
             require_output({.executable = "pg_dump",
                             .arguments = {"--exclude-table=headgate_ledger", original.database().url()}}));
    const auto before = restored.database().dump();
    const Outcome outcome = restored.start();
    check_stopped(restored, outcome, before);
    CHECK(outcome.err.contains("marks, one, three, two"));
    CHECK(restored.applied().empty());
    CHECK(restored.run({"stamp", "head"}).exit_code == 0);
    CHECK(server_started(restored.start()));
    CHECK(restored.database().dump() == before);
}

TEST_CASE("a truncated ledger is not base, and stamp mends it") {
    Project project(GENERATE(Kind::postgres, Kind::sqlite));
    project.add_three_steps();
    REQUIRE(project.run({"upgrade"}).exit_code == 0);
    project.database().execute(project.kind() == Kind::postgres ? "TRUNCATE headgate_ledger"
                                                                : "DELETE FROM headgate_ledger;");
    const auto before = project.database().dump();
    check_stopped(project, project.start(), before);
    check_stopped(project, project.run({"upgrade"}), before);
    CHECK(project.run({"stamp", "head"}).exit_code == 0);
    CHECK(server_started(project.start()));
    CHECK(project.applied() == std::vector{id(1), id(2), id(3)});
    CHECK(project.database().rows("SELECT step FROM marks ORDER BY step;") ==
          std::vector<TextRow>{{"1"}, {"2"}, {"3"}});
}

TEST_CASE("postgres: a restore that broke off before its first table is not base") {
    Project project(Kind::postgres);
    project.add_three_steps();
    const auto [sql, name] = GENERATE(table<std::string, std::string>({
        {"CREATE TYPE mood AS ENUM ('sad', 'ok')", "type mood"},
        {"CREATE DOMAIN positive AS integer CHECK (value > 0)", "type positive"},
        {"CREATE SEQUENCE numbers", "sequence numbers"},
        {"CREATE VIEW totals AS SELECT 1 AS total", "view totals"},
        {"CREATE MATERIALIZED VIEW sums AS SELECT 1 AS sum", "materialized view sums"},
    }));
    project.database().execute(sql);
    const auto before = project.database().dump();
    const Outcome outcome = project.start();
    check_stopped(project, outcome, before);
    CHECK(outcome.err.contains(name));
}

TEST_CASE("sqlite: a view alone is not base") {
    Project project(Kind::sqlite);
    project.add_three_steps();
    project.database().execute("CREATE VIEW totals AS SELECT 1 AS total;");
    const auto before = project.database().dump();
    const Outcome outcome = project.start();
    check_stopped(project, outcome, before);
    CHECK(outcome.err.contains("view totals"));
}

TEST_CASE("postgres: what is put into an empty database on purpose does not stop the first start") {
    Project project(Kind::postgres);
    project.add_three_steps();
    project.database().execute(
        "CREATE SCHEMA reports; CREATE FUNCTION answer() RETURNS integer LANGUAGE sql AS 'SELECT 42'; "
        "CREATE AGGREGATE total (integer) (sfunc = int4pl, stype = integer)");
    const Outcome outcome = project.start();
    INFO(outcome.describe());
    CHECK(server_started(outcome));
}

TEST_CASE("postgres: a ledger with a schema to itself does not hide the tables of the application") {
    Project project(Kind::postgres);
    project.add_three_steps();
    project.database().execute("CREATE SCHEMA ops; CREATE TABLE users (a integer)");
    const auto before = project.database().dump();
    const Outcome outcome = start_with_schema(project, "ops");
    check_stopped(project, outcome, before);
    CHECK(outcome.err.contains("public.users"));
}

TEST_CASE("postgres: whoever looks for the ledger in the wrong schema is told where there is one") {
    Project project(Kind::postgres);
    project.add_three_steps();
    project.database().execute("CREATE SCHEMA kept");
    Program upgrade = project.headgate({"upgrade"});
    upgrade.environment["HEADGATE_LEDGER_SCHEMA"] = "kept";
    REQUIRE(run_program(upgrade).exit_code == 0);
    for (const std::vector<std::string>& arguments :
         {std::vector<std::string>{"current"}, {"history", "-i"}, {"check"}}) {
        const auto outcome = project.run(arguments);
        INFO(outcome.describe());
        CHECK(outcome.err.contains("there is another ledger: \"kept\".\"headgate_ledger\""));
        CHECK(outcome.err.contains("set ledger_schema to its schema"));
    }
    Program right = project.headgate({"current"});
    right.environment["HEADGATE_LEDGER_SCHEMA"] = "kept";
    CHECK(run_program(right).err.empty());
}

TEST_CASE("postgres: two applications in one database: the second is asked for once, then both go their way") {
    Project first(Kind::postgres);
    first.add_three_steps();
    first.database().execute("CREATE SCHEMA one; CREATE SCHEMA two");
    const auto in_schema = [&](const char* schema, Program program) {
        program.environment["DATABASE_URL"] = first.database().url() + "?options=-csearch_path%3D" + schema;
        return run_program(program);
    };
    REQUIRE(server_started(in_schema("one", first.gate())));
    Project second(Kind::sqlite);  // for its folder
    second.add({"b00000000001", "", "CREATE TABLE b (a integer);", "", ""});
    const Outcome asked = in_schema("two", second.gate());
    INFO(asked.describe());
    CHECK(asked.exit_code == 76);
    CHECK(asked.err.contains("\"one\".\"headgate_ledger\""));
    CHECK(asked.err.contains("--onto-existing"));
    CHECK(in_schema("two", second.headgate({"upgrade", "--onto-existing"})).exit_code == 0);
    CHECK(server_started(in_schema("two", second.gate())));
    CHECK(server_started(in_schema("one", first.gate())));
    CHECK(first.database().value("SELECT string_agg(revision, ',') FROM two.headgate_ledger") == "b00000000001");
    CHECK(first.database().value("SELECT count(*) FROM one.headgate_ledger") == "3");
}

// A step may well make no table, so the ledger alone is believed: what it says was committed together with the step.
TEST_CASE("a ledger without tables is believed") {
    Project project(GENERATE(Kind::postgres, Kind::sqlite));
    project.add_three_steps();
    REQUIRE(project.run({"upgrade"}).exit_code == 0);
    project.database().execute("DROP TABLE one; DROP TABLE two; DROP TABLE three; DROP TABLE marks;");
    CHECK(server_started(project.start()));
    CHECK(project.database().tables() == std::vector<std::string>{"headgate_ledger"});
}

TEST_CASE("postgres: a ledger that the migrating role may not read is refused, not taken for absent") {
    Project project(Kind::postgres);
    project.add_three_steps();
    REQUIRE(project.run({"upgrade"}).exit_code == 0);
    project.add_step(4, "CREATE TABLE four (a integer);");
    const auto role = project.database().value("SELECT current_database() || '_other'");
    project.database().execute(
        std::format("CREATE ROLE {0} LOGIN PASSWORD 'x'; GRANT CREATE ON SCHEMA public TO {0}", role));
    Program program = project.gate();
    program.environment["DATABASE_URL"] = project.database().url() + "?user=" + role + "&password=x";
    const Outcome outcome = run_program(program);
    project.database().execute(std::format("DROP OWNED BY {0}; DROP ROLE {0}", role));
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 77);
    CHECK_FALSE(server_started(outcome));
    CHECK(outcome.err.contains("\"public\".\"headgate_ledger\""));
    CHECK(project.applied().size() == 3);
}

TEST_CASE("postgres: a role that may not create in public is told the grant that helps: 77") {
    Project project(Kind::postgres);
    project.add_three_steps();
    const auto role = project.database().value("SELECT current_database() || '_poor'");
    project.database().execute(std::format("CREATE ROLE {0} LOGIN PASSWORD 'x'", role));
    Program program = project.gate();
    program.environment["DATABASE_URL"] = project.database().url() + "?user=" + role + "&password=x";
    const Outcome outcome = run_program(program);
    project.database().execute("DROP ROLE " + role);
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 77);
    CHECK(outcome.err.contains("GRANT USAGE, CREATE ON SCHEMA public TO"));
}

TEST_CASE("a ledger of a later layout is refused, whatever has become of its columns; the version to use is named") {
    Project project(GENERATE(Kind::postgres, Kind::sqlite));
    project.add_three_steps();
    REQUIRE(project.run({"upgrade"}).exit_code == 0);
    project.database().execute(
        "UPDATE headgate_ledger SET layout = 2, headgate_version = '9.8.7', state = 'skipped' WHERE revision = '" +
        id(2) + "';");
    const bool has_other_columns = GENERATE(false, true);
    if (has_other_columns)
        project.database().execute("ALTER TABLE headgate_ledger RENAME COLUMN checksum_raw TO digest;");
    const auto before = project.database().dump();
    for (const auto& arguments : {std::vector<std::string>{"upgrade"}, {"wait"}, {"current"}, {"stamp", "head"}}) {
        const Outcome outcome = project.run(arguments);
        check_stopped(project, outcome, before);
        CHECK(outcome.err.contains("layout 2"));
        CHECK(outcome.err.contains("headgate 9.8.7 wrote it"));
    }
    CHECK(project.database().value("SELECT count(*) FROM headgate_ledger;") == "3");
}

TEST_CASE("two versions of headgate on one ledger: other versions and checksums only warn") {
    Project project(GENERATE(Kind::postgres, Kind::sqlite));
    project.add_three_steps();
    REQUIRE(project.run({"upgrade"}).exit_code == 0);
    project.database().execute(
        "UPDATE headgate_ledger SET headgate_version = '0.0.1', checksum_algorithm = checksum_algorithm + 1, "
        "checksum_raw = 'another', checksum_tokens = 'another';");
    const Outcome at_head = project.start();
    INFO(at_head.describe());
    CHECK(server_started(at_head));
    project.add_step(4, "CREATE TABLE four (a integer);");
    const Outcome outcome = project.start();
    INFO(outcome.describe());
    CHECK(server_started(outcome));
    CHECK(outcome.err.contains("another checksum version"));
    CHECK(project.applied().size() == 4);
}

TEST_CASE("a ledger that was damaged is refused with a clear message") {
    Project project(GENERATE(Kind::postgres, Kind::sqlite));
    project.add_three_steps();
    REQUIRE(project.run({"upgrade"}).exit_code == 0);
    project.add_step(4, "CREATE TABLE four (a integer);");
    const std::string damage = GENERATE(as<std::string>(), "ALTER TABLE headgate_ledger DROP COLUMN breaking;",
                                        "ALTER TABLE headgate_ledger RENAME COLUMN state TO condition;",
                                        "UPDATE headgate_ledger SET state = 'nonsense';");
    project.database().execute(damage);
    const auto before = project.database().dump();
    const Outcome outcome = project.start();
    check_stopped(project, outcome, before);
    CHECK(outcome.err.contains("ledger"));
    CHECK(project.database().value("SELECT count(*) FROM headgate_ledger;") == "3");
}

TEST_CASE("postgres: a value of the ledger that is no value is refused with the revision's name") {
    Project project(Kind::postgres);
    project.add_three_steps();
    REQUIRE(project.run({"upgrade"}).exit_code == 0);
    project.database().execute(
        "ALTER TABLE headgate_ledger ALTER duration_ms DROP NOT NULL; UPDATE headgate_ledger SET duration_ms = NULL "
        "WHERE revision = '" +
        id(2) + "'");
    const Outcome outcome = project.start();
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 76);
    CHECK(outcome.err.contains(id(2)));
}

TEST_CASE("something else that bears the ledger's name is refused at once and left alone") {
    const auto kind = GENERATE(Kind::postgres, Kind::sqlite);
    const std::string sql =
        kind == Kind::postgres
            ? GENERATE(as<std::string>(), "CREATE TABLE headgate_ledger (a integer)",
                       "CREATE TABLE headgate_ledger (layout text, headgate_version integer)",
                       "CREATE VIEW headgate_ledger AS SELECT 1 AS a",
                       "CREATE MATERIALIZED VIEW headgate_ledger AS SELECT 1 AS a", "CREATE SEQUENCE headgate_ledger",
                       "CREATE TYPE headgate_ledger AS (a integer)")
            : GENERATE(as<std::string>(), "CREATE TABLE Headgate_Ledger (a integer);",
                       "CREATE VIEW headgate_ledger AS SELECT 1 AS a;",
                       "CREATE TABLE t (a integer); CREATE INDEX headgate_ledger ON t (a);");
    Project project(kind);
    project.add_three_steps();
    project.database().execute(sql);
    const auto before = project.database().dump();
    const Outcome outcome = project.start();
    check_stopped(project, outcome, before);
    CHECK(outcome.err.contains("\"headgate_ledger\" is no ledger of headgate"));
}
