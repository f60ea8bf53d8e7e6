// SPDX-License-Identifier: Apache-2.0
// Revisions with transaction = false where things go wrong: killed at random moments, through PgBouncer, with the names
// of somebody else.
#include <csignal>
#include <cstdint>
#include <format>
#include <random>
#include <thread>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <nlohmann/json.hpp>

#include "gate/marked_steps.hpp"
#include "support/pgbouncer.hpp"

using namespace headgate::gate;
using namespace headgate::support;

namespace {

void wait_for_sessions_to_end(const Project& project) {
    if (project.kind() == Kind::sqlite) return;
    REQUIRE(eventually([&] {
        return project.database().value(
                   "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE "
                   "'headgate%'") == "0";
    }));
}

// Every statement leaves a mark of its own, or can be proved.
std::string provable_script(Kind kind, int groups) {
    std::string script;
    for (int group = 1; group <= groups; ++group) {
        script += std::format("INSERT INTO marks VALUES ({});\n", 2 * group - 1);
        script += kind == Kind::postgres ? std::format("CREATE INDEX CONCURRENTLY marks_{} ON marks (n);\n", group)
                                         : std::format("PRAGMA user_version = {};\n", group);
        script += kind == Kind::postgres && group % 2 == 0
                      ? std::format("DROP INDEX CONCURRENTLY marks_{};\n", group - 1)
                      : "VACUUM;\n";
        script += std::format("INSERT INTO marks VALUES ({});\n", 2 * group);
    }
    return script;
}

// At any moment, mostly between two of its statements.
void kill_at_random(const Project& project, std::mt19937_64& random, Milliseconds usual, int& in_the_midst) {
    RunningProgram run(project.headgate({"upgrade"}));
    // The start itself takes as long as many statements.
    const bool is_busy = std::bernoulli_distribution(0.8)(random) && run.wait_for_text("statements are done");
    const auto longest = is_busy ? usual.count() / 5 : usual.count();
    std::this_thread::sleep_for(Milliseconds(std::uniform_int_distribution<long>(0, longest)(random)));
    run.send_signal(SIGKILL);
    run.wait();
    if (!project.database().has_table("headgate_ledger")) return;
    if (project.database().value("SELECT count(*) FROM headgate_ledger WHERE state = 'partial'") == "1") ++in_the_midst;
}

bool is_at_work(const Project& project, const std::string& pattern) {
    return project.database().value("SELECT count(*) FROM pg_stat_activity WHERE query LIKE '" + pattern +
                                    "' AND state = 'active' AND datname = current_database() AND pid <> "
                                    "pg_backend_pid()") != "0";
}

// Somebody's transaction, which what is done concurrently to the table has to wait for.
RunningProgram hold_table(const Project& project, const std::string& table, const std::string& seconds) {
    RunningProgram session({.executable = "psql",
                            .arguments = {"--no-psqlrc", "--dbname=" + project.database().url(), "--command=BEGIN",
                                          "--command=LOCK TABLE " + table + " IN ROW EXCLUSIVE MODE",
                                          "--command=SELECT pg_sleep(" + seconds + ")", "--command=ROLLBACK"}});
    REQUIRE(eventually([&] { return is_at_work(project, "SELECT pg_sleep(%"); }));
    return session;
}

// Cut in the middle of its statement, which goes on at the server.
void kill_during(const Project& project, const std::string& statement) {
    RunningProgram gate(project.gate());
    REQUIRE(eventually([&] { return is_at_work(project, "/* headgate%" + statement + "%"); }));
    gate.send_signal(SIGKILL);
    CHECK(gate.wait().signal == SIGKILL);
}

void check_marks(const Project& project, int count) {
    CHECK(project.database().value("SELECT count(*) FROM marks;") == std::to_string(count));
    CHECK(project.database().value("SELECT count(DISTINCT n) FROM marks;") == std::to_string(count));
}

}  // namespace

TEST_CASE("transaction = false: killed at random moments: each statement once, and the next run goes on") {
    const Kind kind = GENERATE(Kind::postgres, Kind::sqlite);
    constexpr int groups = 6;
    const auto seed = test_seed();
    INFO("HEADGATE_TEST_SEED=" << seed);
    std::mt19937_64 random(seed);
    int in_the_midst = 0;
    Milliseconds usual{0};
    const int times = rounds(4);
    for (int round = 0; round <= times; ++round) {
        CAPTURE(round);
        Project project(kind);
        project.add_step(1, "CREATE TABLE marks (n integer);");
        REQUIRE(project.run({"upgrade"}).exit_code == 0);
        project.add_step(2, provable_script(kind, groups), "", no_transaction);
        for (int kill = 0; kill < 3 && round > 0; ++kill) kill_at_random(project, random, usual, in_the_midst);
        const Outcome outcome = project.run({"upgrade"});
        INFO(outcome.describe());
        REQUIRE(outcome.exit_code == 0);
        if (round == 0) usual = outcome.duration;
        wait_for_sessions_to_end(project);
        check_marks(project, 2 * groups);
        CHECK(project.applied() == std::vector{id(1), id(2)});
        if (kind == Kind::postgres)
            CHECK(project.database().rows("SELECT indisvalid FROM pg_index WHERE indrelid = 'marks'::regclass") ==
                  std::vector<TextRow>(groups / 2, TextRow{"t"}));
        else
            CHECK_FALSE(std::filesystem::exists(project.folder() / "local.db-headgate-lock"));
    }
    WARN("seed " << seed << ": " << 3 * times << " kills, " << in_the_midst << " between its statements");
    CHECK(in_the_midst > 0);
}

TEST_CASE("transaction = false: killed in DO blocks that commit: each once, or 80 and a person decides") {
    const auto seed = test_seed();
    INFO("HEADGATE_TEST_SEED=" << seed);
    std::mt19937_64 random(seed);
    int asked = 0;
    int in_the_midst = 0;
    Milliseconds usual{0};
    const int times = rounds(4);
    constexpr int count = 12;
    for (int round = 0; round <= times; ++round) {
        CAPTURE(round);
        Project project(Kind::postgres);
        project.add_step(1, "CREATE TABLE marks (n integer);");
        REQUIRE(project.run({"upgrade"}).exit_code == 0);
        std::string script;
        for (int n = 1; n <= count; ++n)
            script += std::format(
                "DO $$ BEGIN PERFORM pg_sleep(0.02); INSERT INTO marks VALUES ({}); COMMIT; PERFORM pg_sleep(0.02); "
                "END $$;\n",
                n);
        project.add_step(2, script, "", no_transaction);
        for (int kill = 0; kill < 2 && round > 0; ++kill) kill_at_random(project, random, usual, in_the_midst);
        Outcome outcome = project.run({"upgrade"});
        while (outcome.exit_code == 80) {
            INFO(outcome.describe());
            ++asked;
            wait_for_sessions_to_end(project);
            const auto done = std::stoi(
                project.database().value("SELECT statements_done FROM headgate_ledger WHERE state = 'partial'"));
            REQUIRE(outcome.err.contains(std::format("statement {} of revision", done + 1)));
            const auto there =
                project.database().value(std::format("SELECT count(*) FROM marks WHERE n = {}", done + 1));
            REQUIRE((there == "0" || there == "1"));
            const auto next = there == "1" ? done + 2 : done + 1;
            REQUIRE(project.run({"repair", id(2), "--resume-at", std::to_string(next)}).exit_code == 0);
            outcome = project.run({"upgrade"});
        }
        INFO(outcome.describe());
        REQUIRE(outcome.exit_code == 0);
        if (round == 0) usual = outcome.duration;
        check_marks(project, count);
    }
    WARN("seed " << seed << ": " << 2 * times << " kills, " << in_the_midst << " in the midst, asked a person "
                 << asked);
}

namespace {

class Pooled {
public:
    explicit Pooled(const PgBouncerOptions& options)
        : project(make_database(shared_server())), pooler((require_program("pgbouncer"), shared_server()), options) {
        project.add_step(1, "CREATE TABLE items (n integer);");
    }

    Outcome start(std::map<std::string, std::string> more = {}) const {
        Program program = project.gate();
        const auto name = project.database().value("SELECT current_database()");
        program.environment["DATABASE_URL"] = pooler.address().url(name);
        program.environment.merge(more);
        return run_program(program);
    }

    Project project;
    PgBouncer pooler;
};

const std::string works_alone =
    "INSERT INTO items VALUES (1);\nCREATE INDEX CONCURRENTLY items_n ON items (n);\nVACUUM items;\nINSERT INTO items "
    "VALUES (2);";

}  // namespace

TEST_CASE("transaction = false through PgBouncer: index builds and plain statements work") {
    const auto mode = GENERATE(PoolMode::transaction, PoolMode::session);
    Pooled pooled({.mode = mode, .pool_size = 5});
    pooled.project.add_step(2, works_alone, "", no_transaction);
    const Outcome outcome = pooled.start();
    INFO(outcome.describe());
    CHECK(server_started(outcome));
    CHECK(pooled.project.database().value("SELECT count(*) FROM items") == "2");
    CHECK(pooled.project.database().value("SELECT indisvalid FROM pg_index WHERE indexrelid = 'items_n'::regclass") ==
          "t");
}

TEST_CASE("transaction = false through PgBouncer with a SET in the script: 78, and nothing is run") {
    Pooled pooled({});
    pooled.project.add_step(
        2, "INSERT INTO items VALUES (1);\nSET work_mem = '64MB';\nCREATE INDEX CONCURRENTLY items_n ON items (n);", "",
        no_transaction);
    const Outcome outcome = pooled.start();
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 78);
    CHECK(pooled.project.database().value("SELECT count(*) FROM items") == "0");
    CHECK(pooled.project.applied() == std::vector{id(1)});
}

TEST_CASE("transaction = false through PgBouncer with a role: 78, and nothing is run") {
    Pooled pooled({});
    const auto role = "r" + pooled.project.database().value("SELECT current_database()");
    pooled.project.database().execute(std::format("CREATE ROLE \"{}\"", role));
    pooled.project.database().execute(std::format("GRANT CREATE ON SCHEMA public TO \"{}\"", role));
    pooled.project.add_step(2, works_alone, "", no_transaction);
    const Outcome outcome = pooled.start({{"HEADGATE_ROLE", role}});
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 78);
    CHECK(pooled.project.database().value("SELECT count(*) FROM items") == "0");
    CHECK(pooled.project.applied() == std::vector{id(1)});
    pooled.project.database().execute(std::format("DROP OWNED BY \"{}\"", role));
    pooled.project.database().execute(std::format("DROP ROLE \"{}\"", role));
}

TEST_CASE("transaction = false through a pool of one connection: a clear error in time, nothing left over") {
    const auto mode = GENERATE(PoolMode::transaction, PoolMode::session);
    Pooled pooled({.mode = mode, .pool_size = 1});
    pooled.project.add_step(2, works_alone, "", no_transaction);
    const Outcome outcome = pooled.start();
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 69);
    CHECK(outcome.err.contains("two connections"));
    CHECK(outcome.duration < Milliseconds{20'000});
    CHECK(pooled.project.database().value("SELECT count(*) FROM items") == "0");
    CHECK(pooled.project.applied() == std::vector{id(1)});
    CHECK(eventually([&] {
        return pooled.project.database().value(
                   "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM "
                   "pg_database WHERE datname = current_database())") == "0" &&
               pooled.project.database().value(
                   "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state <> 'idle' AND "
                   "pid <> pg_backend_pid()") == "0";
    }));
}

TEST_CASE("transaction = false: current tells that a revision is partial, and repair how it goes on") {
    Project project(GENERATE(Kind::postgres, Kind::sqlite));
    project.add_step(1, "CREATE TABLE items (n integer);");
    project.add_step(2, "INSERT INTO items VALUES (1);\nINSERT INTO nothing VALUES (1);", "", no_transaction);
    REQUIRE(project.start().exit_code == 80);
    CHECK(project.run({"current"}).out == id(1) + "\n" + id(2) + " (partial: 1 of its statements are done)\n");
    const auto json = nlohmann::json::parse(project.run({"current", "--json"}).out);
    CHECK(json.at("at_head") == false);
    CHECK(json.at("partial").at(0).at("revision") == id(2));
    CHECK(json.at("partial").at(0).at("statements_done") == 1);
    const Outcome repair = project.run({"repair", id(2)});
    INFO(repair.describe());
    CHECK(repair.exit_code == 64);
    CHECK(repair.err.contains("--resume-at"));
    REQUIRE(project.run({"stamp", id(2)}).exit_code == 0);
    CHECK(project.run({"current"}).out == id(2) + " (head)\n");
}

TEST_CASE("transaction = false: an index without a name is refused before anything runs") {
    Project project(Kind::postgres);
    project.add_step(1, "CREATE TABLE items (n integer);");
    project.add_step(2, "CREATE INDEX CONCURRENTLY ON items (n);", "", no_transaction);
    const Outcome outcome = project.start();
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 65);
    CHECK_FALSE(project.database().has_table("items"));
}

TEST_CASE("transaction = false: the lock is kept awake while a killed client's statement is waited for") {
    Project project(Kind::postgres);
    project.add_step(1, "CREATE TABLE items (n integer);");
    REQUIRE(project.start().exit_code == 0);
    project.add_step(2, "CREATE INDEX CONCURRENTLY items_n ON items (n);", "", no_transaction);
    const RunningProgram holder = hold_table(project, "items", "60");
    kill_during(project, "CREATE INDEX CONC");
    RunningProgram next(project.gate());
    CHECK(eventually(
        [&] {
            return project.database().value(
                       "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'headgate% lock' AND datname "
                       "= current_database() AND state = 'idle in transaction' AND query = 'SELECT 1'") == "1";
        },
        Milliseconds{30'000}));
    project.database().execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%' AND datname = "
        "current_database() AND pid <> pg_backend_pid()");
    const Outcome outcome = next.wait();
    INFO(outcome.describe());
    CHECK(server_started(outcome));
}

TEST_CASE("transaction = false: a SET that fails after a statement that is done: 80, with its line") {
    Project project(Kind::postgres);
    project.add_step(1, "CREATE TABLE items (n integer);");
    const auto file = project.add_step(
        2, "INSERT INTO items VALUES (1);\nSET lock_timeout = 'äöü';\nCREATE INDEX CONCURRENTLY items_n ON items (n);",
        "", no_transaction);
    const Outcome outcome = project.start();
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 80);
    CHECK(outcome.err.contains(spot(file, "SET lock_timeout")));
}

TEST_CASE("transaction = false: an index of that name in another schema outlives the dropping of ours") {
    Project project(Kind::postgres);
    project.add_step(1,
                     "CREATE SCHEMA ours;\nCREATE TABLE ours.items (n integer);\nCREATE INDEX items_n ON ours.items "
                     "(n);\nCREATE TABLE items (n integer);\nCREATE INDEX items_n ON items (n);");
    REQUIRE(project.start().exit_code == 0);
    project.add_step(2, "SET search_path = ours, public;\nDROP INDEX CONCURRENTLY items_n;", "", no_transaction);
    const RunningProgram holder = hold_table(project, "ours.items", "3");
    kill_during(project, "DROP INDEX CONC");
    const Outcome next = project.start();
    INFO(next.describe());
    CHECK(server_started(next));
    CHECK(project.database().value("SELECT to_regclass('ours.items_n') IS NULL") == "t");
    CHECK(project.database().value("SELECT to_regclass('public.items_n') IS NULL") == "f");
}

TEST_CASE("transaction = false: after a mended name, an invalid index of somebody else is not dropped") {
    Project project(Kind::postgres);
    project.add_step(1, "CREATE TABLE items (n integer);\nINSERT INTO items VALUES (1), (1);");
    project.add_step(2, "CREATE INDEX CONCURRENTLY items_n ON items (nothing);", "", no_transaction);
    REQUIRE(project.start().exit_code == 80);
    CHECK_THROWS(project.database().execute("CREATE UNIQUE INDEX CONCURRENTLY theirs ON items (n)"));
    const auto before = project.database().value("SELECT 'theirs'::regclass::oid");
    project.add_step(2, "CREATE INDEX CONCURRENTLY IF NOT EXISTS theirs ON items (n);", "", no_transaction);
    const Outcome next = project.start();
    INFO(next.describe());
    CHECK(next.exit_code == 79);
    CHECK(project.database().value("SELECT 'theirs'::regclass::oid") == before);
}

TEST_CASE("transaction = false: places in text of many bytes are right, alone and not") {
    Project project(Kind::postgres);
    project.add_step(1, "CREATE TABLE \"Ä🐘ö\" (n integer);");
    const auto file = project.add_step(2,
                                       "INSERT INTO \"Ä🐘ö\" VALUES (1);\n/* ÄÖÜ 🐘🐘 */ CREATE INDEX CONCURRENTLY "
                                       "\"ü🐘\" ON \"Ä🐘ö\" (n,\n  (n + \"😀\"));",
                                       "", no_transaction);
    const Outcome outcome = project.start();
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 80);
    CHECK(outcome.err.contains(spot(file, "\"😀\"")));
}

TEST_CASE("a place in a step that is sent with others of many bytes is right, and so are the notices") {
    Project project(Kind::postgres);
    project.add_step(1, "CREATE TABLE \"Ä🐘ö\" (n integer); -- ÄÖÜ 🐘🐘\nDO $$ BEGIN RAISE WARNING 'eins 🐘'; END $$;");
    project.add_step(2, "DO $$ BEGIN RAISE WARNING 'zwei ß'; END $$;\nINSERT INTO \"Ä🐘ö\" VALUES (1); -- 🐘🐘🐘🐘");
    const auto file = project.add_step(
        3, "SELECT 'Ä';\nDO $$ BEGIN RAISE WARNING 'drei'; END $$;\nSELECT '🐘',\n  'ß', \"😀\" FROM \"Ä🐘ö\";");
    project.add_step(4, "DO $$ BEGIN RAISE WARNING 'vier'; END $$;");
    const Outcome outcome = project.start();
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 79);
    CHECK(outcome.err.contains(spot(file, "\"😀\"")));
    CHECK(outcome.err.contains(id(1) + ": WARNING: eins 🐘"));
    CHECK(outcome.err.contains(id(2) + ": WARNING: zwei ß"));
    CHECK(outcome.err.contains(id(3) + ": WARNING: drei"));
    CHECK_FALSE(outcome.err.contains("vier"));
    CHECK(project.applied() == std::vector{id(1), id(2)});
}
