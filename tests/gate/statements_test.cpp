// SPDX-License-Identifier: Apache-2.0
// Revisions with transaction = false: statement by statement, each recorded; cut anywhere, the next run goes on.
#include <csignal>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "gate/project.hpp"

using namespace headgate::gate;
using namespace headgate::support;

namespace {

void add_table(Project& project) {
    project.add_step(1, "CREATE TABLE items (n integer);\nINSERT INTO items SELECT generate_series(1, 1000);");
}

std::string state_of(const Project& project, int number) {
    if (!project.database().has_table("headgate_ledger")) return "none";
    return project.database().value(
        "SELECT coalesce(max(state || ' ' || statements_done), 'none') FROM headgate_ledger "
        "WHERE revision = '" +
        id(number) + "';");
}

bool is_valid_index(const Project& project, const std::string& name) {
    return project.database().value(
               "SELECT count(*) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE "
               "c.relname = '" +
               name + "' AND i.indisvalid") == "1";
}

std::string index_count(const Project& project, const std::string& name) {
    return project.database().value("SELECT count(*) FROM pg_class WHERE relname LIKE '" + name + "%'");
}

// Somebody's transaction with a snapshot, which a concurrent index build has to wait for.
RunningProgram hold_snapshot(const Project& project, const std::string& seconds) {
    RunningProgram session(
        {.executable = "psql",
         .arguments = {"--no-psqlrc", "--dbname=" + project.database().url(),
                       "--command=BEGIN ISOLATION LEVEL REPEATABLE READ", "--command=INSERT INTO items VALUES (0)",
                       "--command=SELECT pg_sleep(" + seconds + ")", "--command=ROLLBACK"}});
    REQUIRE(eventually([&] {
        return project.database().value(
                   "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND "
                   "datname = current_database()") != "0";
    }));
    return session;
}

bool is_building(const Project& project) {
    return project.database().value(
               "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '/* headgate%CREATE INDEX "
               "CONC%' AND state = 'active' AND datname = current_database()") != "0";
}

std::size_t left_over(const Project& project) {
    return project.database()
        .rows(
            "SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'headgate%' AND datname = "
            "current_database()")
        .size();
}

}  // namespace

TEST_CASE("transaction = false: statements that no transaction allows are run, and the revision is recorded once") {
    Project project(Kind::postgres);
    add_table(project);
    project.add_step(2,
                     "CREATE TABLE before_it (a integer);\nCREATE INDEX CONCURRENTLY items_n ON items (n);\n"
                     "VACUUM items;\nINSERT INTO before_it VALUES (1);",
                     "DROP INDEX CONCURRENTLY items_n;\nDROP TABLE before_it;", no_transaction);
    const Outcome outcome = project.start();
    INFO(outcome.describe());
    CHECK(server_started(outcome));
    CHECK(project.applied() == std::vector{id(1), id(2)});
    CHECK(state_of(project, 2) == "applied 4");
    CHECK(is_valid_index(project, "items_n"));
    CHECK(project.database().value("SELECT count(*) FROM before_it") == "1");
    const Outcome down = project.run({"downgrade", "-1"});
    INFO(down.describe());
    CHECK(down.exit_code == 0);
    CHECK(project.applied() == std::vector{id(1)});
    CHECK(index_count(project, "items_n") == "0");
    CHECK_FALSE(project.database().has_table("before_it"));
    CHECK(left_over(project) == 0);
}

TEST_CASE("transaction = false: the first statement fails: nothing is left, and it is 79") {
    Project project(GENERATE(Kind::postgres, Kind::sqlite));
    project.add_step(1, "CREATE TABLE items (n integer);");
    project.add_step(2, "INSERT INTO nothing VALUES (1);", "", no_transaction);
    const Outcome outcome = project.start();
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 79);
    CHECK(state_of(project, 2) == "none");
}

TEST_CASE("transaction = false: a first statement that runs alone and leaves nothing: 79, and no row is left") {
    Project project(GENERATE(Kind::postgres, Kind::sqlite));
    project.add_step(1, "CREATE TABLE items (n integer);");
    project.add_step(2, "VACUUM nothing;", "", no_transaction);
    const Outcome outcome = project.start();
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 79);
    CHECK(state_of(project, 2) == "none");
    project.add_step(2, "VACUUM;", "", no_transaction);
    CHECK(server_started(project.start()));
}

TEST_CASE("transaction = false: a later statement fails: 80, what is done stays, and mending the file is enough") {
    const Kind kind = GENERATE(Kind::postgres, Kind::sqlite);
    Project project(kind);
    project.add_step(1, "CREATE TABLE items (n integer);");
    const auto file = project.add_step(2,
                                       "INSERT INTO items VALUES (1);\nINSERT INTO items VALUES (2);\nINSERT INTO "
                                       "nothing VALUES (1);\nINSERT INTO items VALUES (4);",
                                       "", no_transaction);
    const Outcome failed = project.start();
    INFO(failed.describe());
    CHECK(failed.exit_code == 80);
    CHECK(failed.err.contains("statement 3"));
    CHECK(failed.err.contains(spot(file, "INSERT INTO nothing")));
    CHECK(state_of(project, 2) == "partial 2");
    CHECK(project.applied() == std::vector{id(1)});

    // Not at head: nobody may start on half a revision.
    const Outcome waiting = project.run({"current", "--check-heads"});
    CHECK(waiting.exit_code == 1);

    project.add_step(2,
                     "INSERT INTO items VALUES (1);\nINSERT INTO items VALUES (2);\nINSERT INTO items VALUES "
                     "(3);\nINSERT INTO items VALUES (4);",
                     "", no_transaction);
    const Outcome next = project.start();
    INFO(next.describe());
    CHECK(server_started(next));
    CHECK(project.database().rows("SELECT n FROM items ORDER BY n;") ==
          std::vector<TextRow>{{"1"}, {"2"}, {"3"}, {"4"}});
    CHECK(project.applied() == std::vector{id(1), id(2)});
}

TEST_CASE("transaction = false: a changed statement among those that are done stops the run: 76") {
    Project project(GENERATE(Kind::postgres, Kind::sqlite));
    project.add_step(1, "CREATE TABLE items (n integer);");
    project.add_step(2, "INSERT INTO items VALUES (1);\nINSERT INTO nothing VALUES (1);", "", no_transaction);
    REQUIRE(project.start().exit_code == 80);
    project.add_step(2, "INSERT INTO items VALUES (7);\nINSERT INTO items VALUES (2);", "", no_transaction);
    const Outcome changed = project.start();
    INFO(changed.describe());
    CHECK(changed.exit_code == 76);
    CHECK(project.database().value("SELECT count(*) FROM items;") == "1");
    CHECK(project.run({"repair", id(2), "--resume-at", "2"}).exit_code == 0);
    CHECK(server_started(project.start()));
    CHECK(project.database().rows("SELECT n FROM items ORDER BY n;") == std::vector<TextRow>{{"1"}, {"2"}});
}

TEST_CASE("transaction = false: a SET holds for the statements that follow it, and for nobody else") {
    Project project(Kind::postgres);
    add_table(project);
    project.add_step(2,
                     "SET application_name = 'set by a step';\nCREATE TABLE seen AS SELECT "
                     "current_setting('application_name') AS name;\nSET search_path = other, public;\nCREATE SCHEMA "
                     "other;\nCREATE TABLE there (a integer);\nCREATE INDEX CONCURRENTLY there_a ON there (a);",
                     "", no_transaction);
    const Outcome outcome = project.start();
    INFO(outcome.describe());
    CHECK(server_started(outcome));
    CHECK(project.database().value("SELECT name FROM seen") == "set by a step");
    CHECK(project.database().value("SELECT count(*) FROM other.there") == "0");
    CHECK(is_valid_index(project, "there_a"));
    CHECK(project.database().value("SELECT count(*) FROM public.headgate_ledger") == "2");
}

TEST_CASE("transaction = false: a DO block that commits in between works") {
    Project project(Kind::postgres);
    add_table(project);
    project.add_step(2,
                     "DO $$ BEGIN FOR i IN 1..5 LOOP UPDATE items SET n = n + 1000 WHERE n % 5 = i % 5 AND n <= 1000; "
                     "COMMIT; END LOOP; END $$;\nCREATE TABLE after_it (a integer);",
                     "", no_transaction);
    const Outcome outcome = project.start();
    INFO(outcome.describe());
    CHECK(server_started(outcome));
    CHECK(project.database().value("SELECT count(*) FROM items WHERE n > 1000") == "1000");
    CHECK(state_of(project, 2) == "applied 2");
}

TEST_CASE("transaction = false: a DO block that was cut asks for a person: 80, and repair says where to go on") {
    Project project(Kind::postgres);
    add_table(project);
    project.add_step(2,
                     "DO $$ BEGIN DELETE FROM items WHERE n = 1; COMMIT; PERFORM pg_sleep(60); END $$;\nCREATE TABLE "
                     "after_it (a integer);",
                     "", no_transaction);
    RunningProgram gate(project.gate());
    REQUIRE(eventually([&] {
        return project.database().has_table("items") && project.database().value("SELECT count(*) FROM items") == "999";
    }));
    gate.send_signal(SIGTERM);
    const Outcome ended = gate.wait();
    INFO(ended.describe());
    CHECK(ended.exit_code == 80);
    CHECK(ended.err.contains("--resume-at 2"));
    const Outcome next = project.start();
    INFO(next.describe());
    CHECK(next.exit_code == 80);
    CHECK(next.err.contains("--resume-at 2"));
    CHECK(project.run({"repair", id(2), "--resume-at", "2"}).exit_code == 0);
    CHECK(server_started(project.start()));
    CHECK(project.database().has_table("after_it"));
    CHECK(project.applied() == std::vector{id(1), id(2)});
}

TEST_CASE("transaction = false: an index build that fails leaves no invalid index behind once it is mended") {
    Project project(Kind::postgres);
    project.add_step(1, "CREATE TABLE items (n integer);\nINSERT INTO items VALUES (1), (1);");
    project.add_step(2, "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS items_n ON items (n);", "", no_transaction);
    const Outcome failed = project.start();
    INFO(failed.describe());
    CHECK(failed.exit_code == 80);
    CHECK(failed.err.contains("23505"));
    CHECK(index_count(project, "items_n") == "1");
    CHECK_FALSE(is_valid_index(project, "items_n"));
    project.database().execute("DELETE FROM items WHERE ctid = '(0,1)'");
    const Outcome next = project.start();
    INFO(next.describe());
    CHECK(server_started(next));
    CHECK(index_count(project, "items_n") == "1");
    CHECK(is_valid_index(project, "items_n"));
}

TEST_CASE("transaction = false: an invalid index of somebody else is never dropped, nor taken for a good one") {
    Project project(Kind::postgres);
    project.add_step(1, "CREATE TABLE items (n integer);\nINSERT INTO items VALUES (1), (1);");
    REQUIRE(project.start().exit_code == 0);
    CHECK_THROWS(project.database().execute("CREATE UNIQUE INDEX CONCURRENTLY items_n ON items (n)"));
    const auto before = project.database().value("SELECT 'items_n'::regclass::oid");
    project.database().execute("DELETE FROM items WHERE ctid = '(0,1)'");
    project.add_step(2, "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS items_n ON items (n);", "", no_transaction);
    const Outcome outcome = project.start();
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 79);
    CHECK(outcome.err.contains("DROP INDEX CONCURRENTLY"));
    CHECK(project.database().value("SELECT 'items_n'::regclass::oid") == before);
}

TEST_CASE(
    "transaction = false: kill -9 during an index build: the next gate waits for what goes on, then is a server") {
    Project project(Kind::postgres);
    add_table(project);
    REQUIRE(project.start().exit_code == 0);
    project.add_step(2, "CREATE TABLE first (a integer);\nCREATE INDEX CONCURRENTLY items_n ON items (n);", "",
                     no_transaction);
    RunningProgram snapshot = hold_snapshot(project, "6");
    RunningProgram gate(project.gate());
    REQUIRE(eventually([&] { return is_building(project); }));
    gate.send_signal(SIGKILL);
    CHECK(gate.wait().signal == SIGKILL);
    CHECK(state_of(project, 2) == "partial 1");
    const Outcome next = project.start();
    INFO(next.describe());
    CHECK(server_started(next));
    CHECK(next.err.contains("left behind"));
    CHECK(is_valid_index(project, "items_n"));
    CHECK(index_count(project, "items_n") == "1");
    CHECK(project.applied() == std::vector{id(1), id(2)});
}

TEST_CASE(
    "transaction = false: SIGTERM during an index build ends it on the server: 143, and the next start builds it") {
    Project project(Kind::postgres);
    add_table(project);
    REQUIRE(project.start().exit_code == 0);
    project.add_step(2, "CREATE INDEX CONCURRENTLY items_n ON items (n);", "", no_transaction);
    RunningProgram snapshot = hold_snapshot(project, "60");
    RunningProgram gate(project.gate());
    REQUIRE(eventually([&] { return is_building(project); }));
    const auto asked = std::chrono::steady_clock::now();
    gate.send_signal(SIGTERM);
    const Outcome ended = gate.wait();
    INFO(ended.describe());
    CHECK(ended.status() == 143);
    CHECK(std::chrono::steady_clock::now() - asked < Milliseconds{2000});
    CHECK_FALSE(is_building(project));
    project.database().execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND "
        "datname = current_database()");
    snapshot.wait();
    const Outcome next = project.start();
    INFO(next.describe());
    CHECK(server_started(next));
    CHECK(is_valid_index(project, "items_n"));
    CHECK(index_count(project, "items_n") == "1");
}

TEST_CASE("transaction = false: waiting gates do not hold up an index build") {
    Project project(Kind::postgres);
    add_table(project);
    REQUIRE(project.start().exit_code == 0);
    project.add_step(2, "SELECT pg_sleep(1);\nCREATE INDEX CONCURRENTLY items_n ON items (n);", "", no_transaction);
    std::vector<RunningProgram> gates;
    for (int i = 0; i < 6; ++i) gates.emplace_back(project.gate());
    for (auto& gate : gates) {
        const Outcome outcome = gate.wait();
        INFO(outcome.describe());
        CHECK(server_started(outcome));
        CHECK(outcome.duration < Milliseconds{15'000});
    }
    CHECK(is_valid_index(project, "items_n"));
    CHECK(project.database().value("SELECT count(*) FROM headgate_ledger") == "2");
}

TEST_CASE(
    "transaction = false: the lock's session is ended by somebody: the work is cancelled, 80, and a start goes on") {
    Project project(Kind::postgres);
    add_table(project);
    project.add_step(2, "CREATE TABLE first (a integer);\nSELECT pg_sleep(30);\nCREATE TABLE last (a integer);", "",
                     no_transaction);
    RunningProgram gate(project.gate());
    REQUIRE(eventually([&] { return state_of(project, 1) == "applied 2" && state_of(project, 2) == "partial 1"; }));
    REQUIRE(eventually([&] {
        return project.database().value(
                   "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE "
                   "application_name LIKE '% lock' AND datname = current_database()") != "0";
    }));
    const Outcome ended = gate.wait();
    INFO(ended.describe());
    CHECK(ended.exit_code == 80);
    CHECK(ended.duration < Milliseconds{15'000});
    project.add_step(2, "CREATE TABLE first (a integer);\nSELECT 1;\nCREATE TABLE last (a integer);", "",
                     no_transaction);
    CHECK(server_started(project.start()));
    CHECK(project.database().has_table("last"));
}

TEST_CASE("transaction = false: a statement meets somebody's lock, is tried again and gets it") {
    Project project(Kind::postgres);
    project.add_step(1, "CREATE TABLE items (n integer);");
    REQUIRE(project.start().exit_code == 0);
    project.add_step(2, "CREATE TABLE first (a integer);\nALTER TABLE items ADD COLUMN m integer;", "", no_transaction);
    RunningProgram blocker = hold_snapshot(project, "3");
    Program program = project.gate();
    program.environment["HEADGATE_LOCK_TIMEOUT"] = "300ms";
    const Outcome outcome = run_program(program);
    INFO(outcome.describe());
    CHECK(server_started(outcome));
    CHECK(outcome.err.contains("trying again"));
    CHECK(state_of(project, 2) == "applied 2");
}

TEST_CASE("transaction = false: half an upgrade cannot be undone, and half an undoing cannot be upgraded") {
    Project project(Kind::postgres);
    add_table(project);
    project.add_step(2, "CREATE TABLE first (a integer);\nSELECT nothing;", "DROP TABLE first;\nSELECT nothing;",
                     no_transaction);
    REQUIRE(project.start().exit_code == 80);
    const Outcome undoing = project.run({"downgrade", "-1"});
    INFO(undoing.describe());
    CHECK(undoing.exit_code == 76);
    CHECK(project.run({"stamp", "head"}).exit_code == 0);
    CHECK(state_of(project, 2).starts_with("applied"));
    CHECK(project.run({"downgrade", "-1"}).exit_code == 80);
    const Outcome again = project.run({"upgrade"});
    INFO(again.describe());
    CHECK(again.exit_code == 76);
    CHECK(again.err.contains("headgate downgrade"));
}

TEST_CASE("transaction = false: a role takes effect in statements that run alone, too") {
    Project project(Kind::postgres);
    const auto owner = "owner_" + project.database().value("SELECT current_database()");
    project.database().execute("CREATE ROLE \"" + owner + "\"; GRANT CREATE ON SCHEMA public TO \"" + owner + "\"");
    project.add_step(1, "CREATE TABLE items (n integer);");
    project.add_step(2, "CREATE INDEX CONCURRENTLY items_n ON items (n);", "", no_transaction);
    Program program = project.gate();
    program.environment["HEADGATE_ROLE"] = owner;
    const Outcome outcome = run_program(program);
    INFO(outcome.describe());
    CHECK(server_started(outcome));
    CHECK(project.database().value("SELECT pg_get_userbyid(relowner) FROM pg_class WHERE relname = 'items_n'") ==
          owner);
    project.database().execute("DROP OWNED BY \"" + owner + "\"; DROP ROLE \"" + owner + "\"");
}
