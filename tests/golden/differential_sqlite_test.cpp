// SPDX-License-Identifier: Apache-2.0
// What SQLite itself makes of a text, and what becomes of it statement by statement: the same ends of statements, the
// same database.
#include <array>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <sqlite3.h>

#include "sql/script.hpp"
#include "support/shared_server.hpp"
#include "support/temp_folder.hpp"
#include "support/test_database.hpp"

namespace headgate {
namespace {

using sql::StatementKind;

struct Close {
    void operator()(sqlite3* database) const { sqlite3_close(database); }
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Database = std::unique_ptr<sqlite3, Close>;
using Prepared = std::unique_ptr<sqlite3_stmt, Close>;

Database open_in_memory() {
    sqlite3* database = nullptr;
    if (sqlite3_open(":memory:", &database) != SQLITE_OK) throw std::runtime_error("cannot open");
    return Database(database);
}

// Runs the first statement of `text`; gives how many bytes SQLite took for it, 0 where there is no statement left.
std::size_t run_first(sqlite3* database, std::string_view text) {
    sqlite3_stmt* statement = nullptr;
    const char* tail = nullptr;
    const int code = sqlite3_prepare_v2(database, text.data(), static_cast<int>(text.size()), &statement, &tail);
    const Prepared prepared(statement);
    if (code != SQLITE_OK) throw std::runtime_error(std::string(sqlite3_errmsg(database)) + ": " + std::string(text));
    if (!prepared) return 0;
    int step = SQLITE_ROW;
    while (step == SQLITE_ROW) step = sqlite3_step(statement);
    if (step != SQLITE_DONE) throw std::runtime_error(std::string(sqlite3_errmsg(database)) + ": " + std::string(text));
    return static_cast<std::size_t>(tail - text.data());
}

std::vector<std::size_t> ends_by_sqlite(std::string_view text) {
    const Database database = open_in_memory();
    std::vector<std::size_t> ends;
    std::size_t offset = 0;
    while (const std::size_t size = run_first(database.get(), text.substr(offset))) {
        offset += size;
        ends.push_back(offset);
    }
    return ends;
}

std::vector<sql::Statement> statements_of(std::string_view text) {
    sql::SplitResult result = sql::split(text, base::DialectId::sqlite);
    REQUIRE(result.faults.empty());
    std::erase_if(result.statements, [](const sql::Statement& one) { return one.kind == StatementKind::empty; });
    return result.statements;
}

std::vector<std::size_t> ends_by_us(std::string_view text) {
    std::vector<std::size_t> ends;
    for (const sql::Statement& statement : statements_of(text)) ends.push_back(statement.offset + statement.size);
    return ends;
}

std::string nasty_text() {
    return support::read_file(std::filesystem::path(HEADGATE_SOURCE_DIR) /
                              "tests/golden/differential/nasty.sqlite.sql");
}

constexpr auto setup = std::string_view(
    "CREATE TABLE log (id integer PRIMARY KEY, note text);"
    "CREATE TABLE other (begin int, \"end\" int);");

// Valid after `setup`, in any order and any number.
constexpr auto statements = std::to_array<std::string_view>({
    "INSERT INTO log (note) VALUES ('a;b'), ('it''s'), ('\\')",
    "INSERT INTO log (note) VALUES ('multi\n; line\r\n')",
    "INSERT INTO log (note) SELECT 5*/*;*/2",
    "INSERT INTO log (note) SELECT 2--1;\n-1",
    "INSERT INTO [log] (`note`) SELECT \"end\" FROM other WHERE begin > 0 -- ;\r\n",
    "SELECT CASE WHEN 1 THEN ';' ELSE x'3b' END AS [a;b], ?1, $a::b(c;d)",
    "/* ; /* ' */ UPDATE log SET note = note || ';' WHERE id = 1",
    "DROP TRIGGER IF EXISTS t",
    "CREATE TRIGGER IF NOT EXISTS t AFTER INSERT ON other WHEN new.begin > 1 BEGIN INSERT INTO log (note) SELECT CASE "
    "new.\"end\" WHEN 1 THEN 'END;' ELSE CASE WHEN 1 THEN ';' END END; SELECT 1; END",
    "create temp trigger if not exists u before delete on main.other\nbegin\nselect 1;\n-- END;\nend",
    "EXPLAIN CREATE TRIGGER x AFTER INSERT ON log BEGIN SELECT 1; END",
    "INSERT INTO other (begin, \"end\") VALUES (2, 1)",
    "DELETE FROM other WHERE begin = 3",
    "SAVEPOINT s",
    "PRAGMA user_version = 7",
});
constexpr auto blanks =
    std::to_array<std::string_view>({"", " ", "\n", "\r\n", "-- c; '\n", "/* ; \" */", ";", " ; ;"});

}  // namespace

TEST_CASE("SQLite's own parser ends the statements of a nasty text where we do", "[differential]") {
    const std::string text = nasty_text();
    CHECK(ends_by_us(text) == ends_by_sqlite(text));
}

TEST_CASE("SQLite's own parser ends the statements of random texts where we do", "[differential]") {
    std::mt19937_64 random(Catch::getSeed());
    INFO("seed " << Catch::getSeed());
    const auto below = [&](std::size_t limit) {
        return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random);
    };
    for (int round = 0; round < 200; ++round) {
        std::string text(setup);
        for (std::size_t left = 1 + below(25); left > 0; --left) {
            text += blanks[below(blanks.size())];
            text += statements[below(statements.size())];
            text += blanks[below(5)];
            text += ';';
        }
        INFO(text);
        REQUIRE(ends_by_us(text) == ends_by_sqlite(text));
    }
}

TEST_CASE("a nasty text makes the same database by the sqlite3 shell and statement by statement", "[differential]") {
    support::require_program("sqlite3");
    const support::TempFolder folder;
    const std::string text = nasty_text();
    support::run_sqlite(folder / "whole.db", text);
    const Database database = [&] {
        sqlite3* opened = nullptr;
        REQUIRE(sqlite3_open((folder / "pieces.db").c_str(), &opened) == SQLITE_OK);
        return Database(opened);
    }();
    for (const sql::Statement& statement : statements_of(text)) {
        const std::string_view body = statement.body(text);
        CHECK(run_first(database.get(), body) == body.size());
    }
    CHECK(support::dump_sqlite(folder / "pieces.db") == support::dump_sqlite(folder / "whole.db"));
}

}  // namespace headgate
