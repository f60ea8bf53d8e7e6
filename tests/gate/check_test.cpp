// SPDX-License-Identifier: Apache-2.0
// headgate check: the files, the database, and every downgrade on a scratch database.
#include <csignal>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <unistd.h>

#include "gate/login_server.hpp"
#include "gate/project.hpp"
#include "support/pgbouncer.hpp"
#include "support/shared_server.hpp"

using namespace headgate::gate;
using namespace headgate::support;

namespace {

Outcome check(const Project& project, std::vector<std::string> further = {}) {
    further.insert(further.begin(), "check");
    return project.run(std::move(further));
}

void check_answer(const Outcome& outcome, int exit_code, const std::vector<std::string>& texts) {
    INFO(outcome.describe());
    CHECK(outcome.exit_code == exit_code);
    for (const auto& text : texts) CHECK((outcome.out + outcome.err).contains(text));
}

// As the log names it.
std::string scratch_of(const std::string& log) {
    const std::string_view before = "the revisions are tried on ";
    const auto at = log.find(before);
    if (at == std::string::npos) return "";
    const auto from = at + before.size();
    return log.substr(from, log.find('\n', from) - from);
}

void check_gone(const Project& project, const std::string& log) {
    const auto scratch = scratch_of(log);
    REQUIRE_FALSE(scratch.empty());
    if (project.kind() == Kind::sqlite) {
        CHECK_FALSE(std::filesystem::exists(std::filesystem::path(scratch).parent_path()));
        return;
    }
    CHECK(scratch.starts_with("headgate_scratch_"));
    CHECK(project.database().value("SELECT count(*) FROM pg_database WHERE datname = '" + scratch + "'") == "0");
}

// Two roles of a case's own: one that makes databases, and one that shall own them, whose rights the first does not
// have by itself.
class OwnerAndLogin {
public:
    explicit OwnerAndLogin(const Database& database) : database_(database) {
        database_.execute("CREATE ROLE " + owner());
        database_.execute("CREATE ROLE " + login() + " LOGIN CREATEDB NOINHERIT");
        database_.execute("GRANT " + owner() + " TO " + login() + " WITH INHERIT FALSE, SET TRUE");
    }
    ~OwnerAndLogin() {
        for (const auto& role : {login(), owner()}) database_.execute("DROP ROLE " + role);
    }
    OwnerAndLogin(const OwnerAndLogin&) = delete;
    OwnerAndLogin& operator=(const OwnerAndLogin&) = delete;

    std::string login() const { return "headgate_login_" + std::to_string(getpid()); }
    std::string owner() const { return "headgate_owner_" + std::to_string(getpid()); }

private:
    const Database& database_;
};

std::string with_login(std::string url, const std::string& login) {
    const auto from = url.find("//") + 2;
    return url.replace(from, url.find('@') - from, login);
}

Kind any_kind() {
    return GENERATE(Kind::postgres, Kind::sqlite);
}

}  // namespace

TEST_CASE("check answers 1 with the reasons where the database is not what the files say") {
    Project project(any_kind());
    project.add_three_steps();
    check_answer(check(project, {"--files"}), 0, {"3 revisions, no fault\n"});
    CHECK(project.database().tables().empty());
    project.run({"upgrade", id(2)});
    Outcome outcome = check(project);
    check_answer(outcome, 1, {});
    CHECK(outcome.out == id(3) + " is not applied\n");
    project.run({"upgrade"});
    check_answer(check(project), 0, {"the database is at head"});
    project.add_step(2, "CREATE TABLE two (a bigint);", "DROP TABLE two;");
    check_answer(check(project), 1, {"the file of " + id(2) + " was changed after it was applied"});
    std::filesystem::remove(project.add_step(3, "", ""));
    check_answer(check(project), 1, {id(3) + " has no file here"});
}

TEST_CASE("check answers 1 where Alembic's table is not what the ledger says, and so a gate would stop") {
    Project project(any_kind());
    project.add_three_steps();
    write_file(project.folder() / "headgate.toml", "[alembic]\nversion_table = \"alembic_version\"\n");
    REQUIRE(project.run({"upgrade"}).exit_code == 0);
    check_answer(check(project), 0, {"the database is at head"});
    project.database().execute("UPDATE alembic_version SET version_num = '" + id(1) + "';");
    check_answer(check(project), 1, {"alembic_version", id(1), id(3), "Alembic has moved on"});
    CHECK(project.run({"upgrade"}).exit_code == 76);
}

TEST_CASE("check without a database named looks at the files only, and says so") {
    Project project(Kind::sqlite);
    project.add_three_steps();
    auto program = project.headgate({"check"});
    program.environment["DATABASE_URL"] = "";
    program.environment["CI"] = "true";
    const auto outcome = run_program(program);
    check_answer(outcome, 0, {"3 revisions, no fault; no database is named"});
    CHECK_FALSE(std::filesystem::exists(project.folder() / "local.db"));
}

TEST_CASE("check looks at the sections of every dialect in the setting dialects, and at the heads") {
    Project project(Kind::sqlite);
    write_file(project.migrations() / "a.sql",
               "-- headgate:revision\n-- revision = \"aaaa\"\n\n-- headgate:upgrade sqlite\nSELECT 1;\n");
    write_file(project.migrations() / "b.sql",
               "-- headgate:revision\n-- revision = \"bbbb\"\n-- down_revision = \"aaaa\"\n\n"
               "-- headgate:upgrade postgresql\nSELECT 1;\n-- headgate:upgrade sqlite\nSELECT 1;\n");
    check_answer(check(project, {"--files"}), 0, {});
    write_file(project.folder() / "headgate.toml", "dialects = [\"postgresql\", \"sqlite\"]\n");
    check_answer(check(project, {"--files"}), 65, {"postgresql", "a.sql"});
    check_answer(check(project, {"--files", "--dialects", "sqlite"}), 0, {});
    check_answer(check(project, {"--files", "--dialects", "oracle"}), 78, {"no dialect"});
    write_file(project.migrations() / "b.sql",
               "-- headgate:revision\n-- revision = \"bbbb\"\n-- down_revision = \"aaaa\"\n\n"
               "-- headgate:upgrade postgresql\nSELECT 1;\n");
    check_answer(check(project, {"--files"}), 65, {"2 faults", "a.sql", "b.sql"});  // of one dialect each
    write_file(project.folder() / "headgate.toml", "");
    std::filesystem::remove(project.migrations() / "b.sql");
    project.run({"revision", "-m", "other", "--head", "base"});
    check_answer(check(project, {"--files", "--dialects", "sqlite"}), 65, {"2 heads"});
    write_file(project.migrations() / "a.sql", "-- headgate:revision\n-- revision = \"aaaa\"\n\n-- headgate:upgrade\n");
    check_answer(check(project, {"--files", "--allow-several-heads"}), 0, {});
}

TEST_CASE("check --roundtrip runs every revision up, down and up, and leaves the named database alone") {
    Project project(any_kind());
    project.add_three_steps();
    const auto before = project.database().dump();
    const auto outcome = check(project, {"--roundtrip"});
    check_answer(outcome, 0, {"3 revisions were run up, down and up again; 0 have no downgrade"});
    CHECK(project.database().dump() == before);
    CHECK(project.applied().empty());
    check_gone(project, outcome.err);
}

TEST_CASE("check --roundtrip says whose downgrade fails, leaves a difference, or cannot be applied again") {
    Project project(any_kind());
    const bool is_postgres = project.kind() == Kind::postgres;
    project.add_step(1, "CREATE TABLE one (a integer, b text);", "DROP TABLE one;");
    project.add_step(2, "CREATE TABLE two (a integer);", "DROP TABLE tow;");
    project.add_step(3, "ALTER TABLE one ADD COLUMN c text;", "SELECT 1;");
    project.add_step(4, "CREATE INDEX i ON one (a);", "DROP INDEX i; CREATE INDEX i ON one (b);");
    const auto outcome = check(project, {"--roundtrip"});
    check_answer(outcome, 1,
                 {id(2) + ": the downgrade fails: ", "tow",
                  id(3) + ": the downgrade leaves a difference\n    left behind: column " +
                      (is_postgres ? "public.one.c" : "one.c"),
                  id(3) + ": after its downgrade the revision cannot be applied again: ",
                  "what comes after that was not tried"});
    CHECK_FALSE(outcome.out.contains(id(1) + ":"));
    check_gone(project, outcome.err);
    project.add_step(3, "ALTER TABLE one ADD COLUMN c text;", "ALTER TABLE one DROP COLUMN c;");
    check_answer(check(project, {"--roundtrip"}), 1,
                 {id(4) + ": the downgrade leaves a difference\n    left behind: index "});
    project.add_step(4, "CREATE INDEX i ON one (a);", "DROP INDEX i;");
    project.add_step(2, "CREATE TABLE two (a integer);");
    check_answer(check(project, {"--roundtrip"}), 0, {"3 revisions were run", "1 have no downgrade section"});
}

TEST_CASE("check --roundtrip sees a view, a constraint, a trigger, a default and a foreign key that stay behind") {
    Project project(any_kind());
    const bool is_postgres = project.kind() == Kind::postgres;
    project.add_step(1, "CREATE TABLE one (a integer PRIMARY KEY); CREATE TABLE log (n integer);",
                     "DROP TABLE one; DROP TABLE log;");
    project.add_step(2, "CREATE VIEW v AS SELECT a FROM one;", "SELECT 1;");
    const auto view = check(project, {"--roundtrip"});
    check_answer(view, 1, {is_postgres ? "left behind: view public.v" : "left behind: view v"});
    project.add_step(2, "CREATE TABLE two (a integer REFERENCES one (a));",
                     "DROP TABLE two; DROP TABLE log; CREATE TABLE log (n integer DEFAULT 5);");
    check_answer(check(project, {"--roundtrip"}), 1, {"log.n was \"integer\" and is \"integer DEFAULT 5\""});
    if (!is_postgres) return;
    project.add_step(2,
                     "CREATE TYPE mood AS ENUM ('a'); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS "
                     "$$BEGIN RETURN NEW; END$$; CREATE TRIGGER g BEFORE INSERT ON one FOR EACH ROW EXECUTE FUNCTION "
                     "f(); ALTER TABLE log ADD CONSTRAINT c CHECK (n > 0); CREATE SCHEMA s; COMMENT ON TABLE one IS "
                     "'x'; GRANT SELECT ON one TO PUBLIC; CREATE SEQUENCE q;",
                     "SELECT 1;");
    check_answer(
        check(project, {"--roundtrip"}), 1,
        {"left behind: type public.mood", "left behind: function public.f()", "left behind: trigger g of public.one",
         "left behind: constraint c of public.log", "left behind: schema s", "left behind: comment on table public.one",
         "left behind: grants on public.one to -", "left behind: sequence public.q"});
}

TEST_CASE("check --roundtrip --scratch-url uses an empty database, which stays, and refuses any other") {
    Project project(any_kind());
    project.add_three_steps();
    const auto scratch = make_database(project.kind());
    check_answer(check(project, {"--roundtrip", "--scratch-url", scratch->url()}), 0, {});
    CHECK(scratch->has_table("three"));
    CHECK(project.database().tables().empty());
    check_answer(check(project, {"--roundtrip", "--scratch-url", scratch->url()}), 64, {"is not empty"});
    const auto foreign = make_database(project.kind());
    foreign->execute("CREATE TABLE precious (a integer)");
    check_answer(check(project, {"--roundtrip", "--scratch-url", foreign->url()}), 64, {"is not empty"});
    CHECK(foreign->tables().size() == 1);
}

TEST_CASE("check --roundtrip goes on with a revision that runs outside a transaction") {
    Project project(Kind::postgres);
    project.add_step(1, "CREATE TABLE one (a integer);", "DROP TABLE one;");
    project.add_step(2, "CREATE INDEX CONCURRENTLY i ON one (a);", "DROP INDEX CONCURRENTLY i;",
                     "-- transaction = false\n");
    const auto outcome = check(project, {"--roundtrip"});
    check_answer(outcome, 0, {"2 revisions were run"});
    check_gone(project, outcome.err);
}

TEST_CASE("check --roundtrip drops its database after SIGTERM, too") {
    Project project(Kind::postgres);
    project.add_step(1, "SELECT pg_sleep(60);", "SELECT 1;");
    RunningProgram running(project.headgate({"check", "--roundtrip"}));
    REQUIRE(eventually([&] { return !scratch_of(running.err()).empty(); }));
    const auto works = "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND datname = '" +
                       scratch_of(running.err()) + "' AND wait_event = 'PgSleep'";
    REQUIRE(eventually([&] { return project.database().value(works) != "0"; }));
    running.send_signal(SIGTERM);
    const auto outcome = running.wait();
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 143);
    check_gone(project, outcome.err);
}

TEST_CASE("check --roundtrip without the right to make a database says what to do") {
    Project project(Kind::postgres);
    project.add_three_steps();
    const auto login = "headgate_plain_" + std::to_string(getpid());
    project.database().execute("CREATE ROLE " + login + " LOGIN");
    auto program = project.headgate({"check", "--roundtrip"});
    program.environment["DATABASE_URL"] = with_login(project.database().url(), login);
    const auto outcome = run_program(program);
    project.database().execute("DROP ROLE " + login);
    check_answer(outcome, 77, {"--scratch-url"});
}

TEST_CASE("check --roundtrip is not misled by the setting version_table") {
    Project project(any_kind());
    project.add_three_steps();
    std::string settings = "[alembic]\nversion_table = \"alembic_version\"\n";
    if (project.kind() == Kind::postgres) settings += "version_table_schema = \"elsewhere\"\n";
    write_file(project.folder() / "headgate.toml", settings);
    check_answer(check(project, {"--roundtrip"}), 0, {"3 revisions were run up, down and up again"});
}

TEST_CASE("check --roundtrip refuses a --scratch-url that has something in another schema") {
    Project project(Kind::postgres);
    project.add_step(1, "CREATE SCHEMA IF NOT EXISTS billing;", "DROP SCHEMA billing CASCADE;");
    const auto scratch = make_database(Kind::postgres);
    const std::string what = GENERATE("TABLE billing.invoices (a integer)", "TABLE billing.headgate_ledger (a integer)",
                                      "TABLE billing.alembic_version (version_num text)", "SEQUENCE billing.numbers",
                                      "FUNCTION billing.f() RETURNS integer LANGUAGE sql AS 'SELECT 1'");
    scratch->execute("CREATE SCHEMA billing");
    scratch->execute("CREATE " + what);
    if (what.contains("headgate_ledger")) scratch->execute("INSERT INTO billing.headgate_ledger VALUES (1)");
    check_answer(check(project, {"--roundtrip", "--scratch-url", scratch->url()}), 64, {"is not empty", "billing"});
    CHECK(scratch->value("SELECT count(*) FROM pg_namespace WHERE nspname = 'billing'") == "1");
}

TEST_CASE("check --roundtrip takes a --scratch-url that holds an extension and empty schemas") {
    Project project(Kind::postgres);
    project.add_three_steps();
    const auto scratch = make_database(Kind::postgres);
    scratch->execute("CREATE SCHEMA parts");
    scratch->execute("CREATE EXTENSION pg_stat_statements SCHEMA parts");
    check_answer(check(project, {"--roundtrip", "--scratch-url", scratch->url()}), 0, {});
}

TEST_CASE("check --roundtrip runs nothing where a pooler leads its new database to another one") {
    require_program("pgbouncer");
    Project project(Kind::postgres);
    project.add_three_steps();
    const auto name = project.database().value("SELECT current_database()");
    const PgBouncer pooler(shared_server(), {.mode = PoolMode::session, .configuration = "", .forced_database = name});
    auto program = project.headgate({"check", "--roundtrip"});
    program.environment["DATABASE_URL"] = pooler.address().url(name);
    const auto outcome = run_program(program);
    check_answer(outcome, 78, {"\"" + name + "\"", "--scratch-url"});
    CHECK(project.database().tables().empty());
    const auto at = outcome.err.find("headgate_scratch_");
    REQUIRE(at != std::string::npos);
    const auto made = outcome.err.substr(at, outcome.err.find_first_of("\" ", at) - at);
    CHECK(project.database().value("SELECT count(*) FROM pg_database WHERE datname = '" + made + "'") == "0");
}

TEST_CASE("check --roundtrip names the database that it cannot drop") {
    Project project(Kind::postgres);
    project.add_three_steps();
    const OwnerAndLogin roles(project.database());
    auto program = project.headgate({"check", "--roundtrip", "--role", roles.owner()});
    program.environment["DATABASE_URL"] = with_login(project.database().url(), roles.login());
    const auto outcome = run_program(program);
    const auto scratch = scratch_of(outcome.err);
    check_answer(outcome, 0, {"the scratch database " + scratch + " is still there: ", "must be owner"});
    project.database().execute("DROP DATABASE " + scratch);
}

TEST_CASE("check --roundtrip drops its database with the password of that moment") {
    LoginProject login;
    const auto& database = login.project().database();
    database.execute("ALTER ROLE " + login.role() + " CREATEDB");
    const auto flag = "headgate_go_on_" + std::to_string(getpid());
    login.project().add_step(1, "DO $$BEGIN WHILE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '" + flag +
                                    "') LOOP PERFORM pg_sleep(0.05); END LOOP; END$$;");
    for (const int number : {2, 3}) login.project().add_step(number, "SELECT 1;");
    const auto file = login.folder() / "url";
    write_file(file, login.url(login.password()));
    RunningProgram running(login.headgate({"check", "--roundtrip"}, {{"DATABASE_URL_FILE", file}}));
    REQUIRE(eventually([&] { return !scratch_of(running.err()).empty(); }));
    const auto works = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = '" +
                       scratch_of(running.err()) + "'";
    REQUIRE(eventually([&] { return database.value(works) != "0"; }));
    login.set_password(make_password());
    write_file(file, login.url(login.password()));
    database.execute("CREATE ROLE " + flag);
    const auto outcome = running.wait();
    database.execute("DROP ROLE " + flag);
    check_answer(outcome, 0, {});
    check_gone(login.project(), outcome.err);
}
