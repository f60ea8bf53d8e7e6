// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <fstream>
#include <thread>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "unit/database/sqlite/file_database.hpp"

using namespace headgate;
using namespace headgate::database;
using namespace headgate::database::sqlite;
using namespace std::chrono_literals;

namespace {

// Peak of this process's memory, in KiB.
long peak_memory() {
    std::ifstream status("/proc/self/status");
    std::string line;
    while (std::getline(status, line)) {
        if (line.starts_with("VmHWM:")) return std::stol(line.substr(6));
    }
    return 0;
}

std::string count_to(const std::string& number) {
    return "WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < " + number + ") SELECT n FROM c;";
}

}  // namespace

TEST_CASE("rows that a step selects are dropped as they come") {
    FileDatabase database;
    const auto connection = database.connect();
    const long before = peak_memory();
    CHECK(apply(*connection, count_to("2000000")).end == StepEnd::committed);
    CHECK(peak_memory() - before < 8 * 1024);
}

TEST_CASE("a constraint that a statement breaks is named with SQLite's code, line and excerpt") {
    FileDatabase database("CREATE TABLE a (x INTEGER UNIQUE); INSERT INTO a VALUES (1)");
    const auto result =
        apply(*database.connect(), "-- one\n  INSERT INTO a VALUES (2);\n\n   INSERT INTO a VALUES (1);\n");
    REQUIRE(result.end == StepEnd::rolled_back);
    CHECK(result.error->kind == base::ErrorKind::step_failed);
    CHECK(result.error->code == "SQLITE_CONSTRAINT_UNIQUE");
    CHECK(result.error->message == "UNIQUE constraint failed: a.x");
    CHECK(result.error->spot == base::SourceSpot{"test.sql", 4, 4});
    CHECK(result.error->excerpt.contains("INSERT INTO a VALUES (1);"));
}

TEST_CASE("a syntax error is placed at the word that SQLite stumbled over") {
    FileDatabase database;
    const auto result = apply(*database.connect(), "CREATE TABLE a (x);\nINSERT INTO a VALUES ('ü') oops;");
    REQUIRE(result.end == StepEnd::rolled_back);
    CHECK(result.error->code == "SQLITE_ERROR");
    CHECK(result.error->spot == base::SourceSpot{"test.sql", 2, 28});
}

TEST_CASE("COMMIT waits for readers, and gives up in time") {
    FileDatabase database("CREATE TABLE a (x); INSERT INTO a VALUES (1)");
    auto reader = std::make_unique<SQLite::Database>(database.path().string(), SQLite::OPEN_READONLY);
    reader->exec("BEGIN; SELECT * FROM a");
    auto connection = database.connect();
    auto step = revision_step("r1", "INSERT INTO a VALUES (2)");
    SECTION("a reader that goes on makes the step worth another try") {
        step.lock_timeout = 100ms;
        const auto result = apply(*connection, step);
        CHECK(result.end == StepEnd::retryable);
        CHECK(result.error->code == "SQLITE_BUSY");
        reader.reset();
        CHECK(database.value("SELECT count(*) FROM a") == "1");
    }
    SECTION("a reader that ends lets it through") {
        std::thread ends([&] {
            std::this_thread::sleep_for(200ms);
            reader.reset();
        });
        const auto result = apply(*connection, step);
        ends.join();
        CHECK(result.end == StepEnd::committed);
    }
}

TEST_CASE("WAL databases work the same, and readers do not hold a step up") {
    FileDatabase database("PRAGMA journal_mode = WAL; CREATE TABLE a (x)");
    SQLite::Database reader(database.path().string(), SQLite::OPEN_READONLY);
    reader.exec("BEGIN; SELECT * FROM a");
    const auto connection = database.connect();
    CHECK(apply(*connection, revision_step("r1", "INSERT INTO a VALUES (1)")).end == StepEnd::committed);
    CHECK(database.connect(Access::read_only)->read_ledger({}).ledger.is_applied("r1"));
    SQLite::Database writer(database.path().string(), SQLite::OPEN_READWRITE);
    writer.exec("BEGIN IMMEDIATE; INSERT INTO a VALUES (5)");
    CHECK(apply(*connection, revision_step("r2", "")).end == StepEnd::lock_busy);
    CHECK(connection->read_ledger({}).ledger.rows().size() == 1);
}

TEST_CASE("another file that is locked makes the step worth another try") {
    FileDatabase database;
    FileDatabase side("CREATE TABLE a (x)");
    SQLite::Database other(side.path().string(), SQLite::OPEN_READWRITE);
    other.exec("BEGIN IMMEDIATE");
    const auto result =
        apply(*database.connect(), "ATTACH '" + side.path().string() + "' AS side; INSERT INTO side.a VALUES (1)");
    CHECK(result.end == StepEnd::retryable);
}

TEST_CASE("a full database fails the step and leaves nothing of it") {
    FileDatabase database("CREATE TABLE a (x)");
    const auto result =
        apply(*database.connect(), "PRAGMA max_page_count = 20; INSERT INTO a VALUES (zeroblob(1000000))");
    REQUIRE(result.end == StepEnd::rolled_back);
    CHECK(result.error->code == "SQLITE_FULL");
    CHECK(database.value("SELECT count(*) FROM a") == "0");
}

TEST_CASE("a step that runs for long is heard of every second") {
    FileDatabase database;
    const auto connection = database.connect();
    KeptProgress progress;
    const auto step = script_step(count_to("1e12"));
    const auto result = connection->apply_steps({&step, 1}, {}, progress, base::Stop().within(2300ms));
    CHECK(result.end == StepEnd::rolled_back);
    CHECK(progress.reports >= 1);  // a busy machine may take the second one past the deadline
    CHECK(progress.reports <= 2);
    CHECK(progress.committed.empty());
}

TEST_CASE("a thousand short statements are stopped by the deadline as well as one long one") {
    FileDatabase database("CREATE TABLE a (x)");
    std::string many;
    for (int i = 0; i < 200'000; ++i) many += "INSERT INTO a VALUES (1);\n";
    const auto step = script_step(many);
    KeptProgress progress;
    const auto started = base::Clock::now();
    const auto result = database.connect()->apply_steps({&step, 1}, {}, progress, base::Stop().within(100ms));
    CHECK(result.end == StepEnd::rolled_back);
    CHECK(base::Clock::now() - started < 1s);
    CHECK(database.value("SELECT count(*) FROM a") == "0");
}

TEST_CASE("the duration of a step is in its ledger row") {
    FileDatabase database;
    const auto connection = database.connect();
    REQUIRE(apply(*connection, revision_step("r1", count_to("300000"))).end == StepEnd::committed);
    const auto reading = connection->read_ledger({});
    CHECK(reading.ledger.rows().front().duration > 0ms);
    CHECK(reading.qualified_name == R"("main"."headgate_ledger")");
}

TEST_CASE("triggers and CASE expressions are one statement each") {
    FileDatabase database;
    const auto result =
        apply(*database.connect(),
              "CREATE TABLE a (x, y);\n"
              "CREATE TRIGGER t AFTER INSERT ON a BEGIN\n"
              "  UPDATE a SET y = CASE WHEN x > 1 THEN 'many;' ELSE 'one' END WHERE rowid = NEW.rowid;\n"
              "  SELECT 1;\n"
              "END;\n"
              "INSERT INTO a (x) VALUES (2)");
    REQUIRE(result.end == StepEnd::committed);
    CHECK(database.value("SELECT y FROM a") == "many;");
}
