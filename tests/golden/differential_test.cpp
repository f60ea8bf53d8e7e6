// SPDX-License-Identifier: Apache-2.0
// What psql makes of a text, and what becomes of it statement by statement: the same database. Each statement goes to
// the server in a message that may hold one command only, so the server's own parser checks where it ends.
#include <array>
#include <filesystem>
#include <format>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>

#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <libpq-fe.h>

#include "sql/script.hpp"
#include "support/program.hpp"
#include "support/shared_server.hpp"
#include "support/temp_folder.hpp"
#include "support/test_database.hpp"

namespace headgate {
namespace {

using sql::StatementKind;
using support::TestDatabase;

struct Free {
    void operator()(PGconn* connection) const { PQfinish(connection); }
    void operator()(PGresult* result) const { PQclear(result); }
};

class Session {
public:
    explicit Session(const TestDatabase& database) : connection_(PQconnectdb(database.url().c_str())) {
        if (PQstatus(connection_.get()) != CONNECTION_OK) throw std::runtime_error(PQerrorMessage(connection_.get()));
        PQsetNoticeProcessor(connection_.get(), [](void*, const char*) {}, nullptr);
    }

    // One command by the extended protocol: the server refuses two. Gives the SQLSTATE and message, "" where all went
    // well.
    std::string run(std::string_view command, std::string_view data = {}) {
        const std::string text(command);
        PQsendQueryParams(connection_.get(), text.c_str(), 0, nullptr, nullptr, nullptr, nullptr, 0);
        std::string error;
        while (const std::unique_ptr<PGresult, Free> result{PQgetResult(connection_.get())}) {
            if (const char* state = PQresultErrorField(result.get(), PG_DIAG_SQLSTATE)) {
                error = std::format("{} {}", state, PQresultErrorMessage(result.get()));
            }
            if (PQresultStatus(result.get()) == PGRES_COPY_IN) send(data);
            if (PQresultStatus(result.get()) == PGRES_COPY_OUT) drop();
        }
        return error;
    }

private:
    void send(std::string_view data) {
        PQputCopyData(connection_.get(), data.data(), static_cast<int>(data.size()));
        PQputCopyEnd(connection_.get(), nullptr);
    }

    void drop() {
        char* row = nullptr;
        while (PQgetCopyData(connection_.get(), &row, 0) > 0) PQfreemem(row);
    }

    std::unique_ptr<PGconn, Free> connection_;
};

sql::SplitResult split(std::string_view text) {
    sql::SplitResult result = sql::split(text, base::DialectId::postgresql);
    REQUIRE(result.faults.empty());
    std::erase_if(result.statements, [](const sql::Statement& one) {
        return one.kind == StatementKind::empty || one.kind == StatementKind::psql_restrict;
    });
    return result;
}

void run_by_psql(const TestDatabase& database, std::string_view text) {
    support::require_output(
        {.executable = "psql",
         .arguments = {"--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--dbname=" + database.url(), "--file=-"},
         .input = std::string(text)});
}

void run_by_pieces(const TestDatabase& database, std::string_view text) {
    Session session(database);
    for (const sql::Statement& statement : split(text).statements) {
        INFO(statement.body(text));
        REQUIRE(session.run(statement.body(text), text.substr(statement.data_offset, statement.data_size)) == "");
    }
}

std::string dump(const TestDatabase& database) {
    return support::dump_postgres(database.url(), support::DumpContent::schema_and_data);
}

void check_same(std::string_view text) {
    const TestDatabase whole;
    const TestDatabase pieces;
    run_by_psql(whole, text);
    run_by_pieces(pieces, text);
    CHECK(dump(pieces) == dump(whole));
}

std::string read_golden(const std::string& name) {
    return support::read_file(std::filesystem::path(HEADGATE_SOURCE_DIR) / "tests/golden" / name);
}

// BEGIN ATOMIC came with 14.
void require_version(int major) {
    const int version = std::stoi(TestDatabase().value("SELECT current_setting('server_version_num')"));
    if (version / 10'000 < major) SKIP("needs PostgreSQL " << major);
}

constexpr auto setup = std::string_view(
    "CREATE TABLE log (id int GENERATED ALWAYS AS IDENTITY, note text);\n"
    "CREATE TABLE data (a int, b text);\n");

// Valid after `setup`, in any order and any number; the first word of each line of data would be a statement's.
constexpr auto statements = std::to_array<std::string_view>({
    "INSERT INTO log (note) VALUES ('a;b'), ('it''s'), ('\\'), (E'\\';')",
    "INSERT INTO log (note) VALUES ('multi\n; line\r\n')",
    "INSERT INTO log (note) VALUES ($$it's;$$), ($a$ $$;$$ $b$;$a$), (U&'\\0061;')",
    "INSERT INTO log (note) SELECT (5*/*;*/2)::text",
    "INSERT INTO log (note) SELECT (2--1;\n-1)::text",
    "INSERT INTO log (note) SELECT CASE WHEN true THEN ';' END AS \"end;\" -- ;\r\n",
    "/* ; /* ' */ ; */ UPDATE log SET note = note || ';' WHERE id = 1",
    "DO $$ BEGIN INSERT INTO log (note) VALUES ('do;'); END; $$",
    "CREATE OR REPLACE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT CASE WHEN true THEN 2 END; END",
    "CREATE OR REPLACE FUNCTION g() RETURNS text LANGUAGE plpgsql AS $f$ BEGIN RETURN 'x;'; END; $f$",
    "CREATE OR REPLACE RULE r AS ON DELETE TO data DO (INSERT INTO log (note) VALUES (')'); SELECT 1; )",
    "DELETE FROM data WHERE a = 2",
    "COPY data FROM stdin;\n1\tSELECT ';\n2\t\\\\.\n\\.\n",
    "copy data (b) from stdin with (format csv); -- c\n\"x\n;\"\n\\.\n",
    "COPY data FROM stdin;\n\\.\n",
    "BEGIN",
    "COMMIT",
    "SET search_path = public, pg_catalog",
});
constexpr auto blanks =
    std::to_array<std::string_view>({"", " ", "\n", "\r\n", "-- c; '\n", "/* ; \" */", ";", " ; ;"});

// No empty statement follows COPY data: psql 17 would take the lines behind it, up to the next "\.", for data again.
std::string random_text(std::mt19937_64& random) {
    const auto below = [&](std::size_t limit) {
        return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random);
    };
    std::string text(setup);
    for (std::size_t left = 20; left > 0; --left) {
        text += blanks[below(text.ends_with("\\.\n") ? blanks.size() - 2 : blanks.size())];
        const std::string_view statement = statements[below(statements.size())];
        text += statement;
        if (!statement.ends_with("\\.\n")) text += ";";
    }
    return text + "\nCOMMIT;";
}

// What a server says of each statement of a golden file inside a transaction.
template <typename Check>
void for_each_in_transaction(const std::string& file, const std::string& tables, Check check) {
    const std::string text = read_golden(file);
    const TestDatabase database;
    database.execute(tables);
    Session session(database);
    for (const sql::Statement& statement : split(text).statements) {
        REQUIRE(session.run("BEGIN") == "");
        const std::string error = session.run(statement.body(text));
        REQUIRE(session.run("ROLLBACK") == "");
        INFO(statement.body(text) << ": " << error);
        check(statement.body(text), error);
    }
}

}  // namespace

TEST_CASE("a nasty text makes the same database by psql and statement by statement", "[differential]") {
    require_version(14);
    check_same(read_golden("differential/nasty.pg.sql"));
}

TEST_CASE("random texts make the same database by psql and statement by statement", "[differential]") {
    require_version(14);
    std::mt19937_64 random(Catch::getSeed());
    INFO("seed " << Catch::getSeed());
    for (int round = 0; round < 4; ++round) {
        const std::string text = random_text(random);
        INFO(text);
        check_same(text);
    }
}

TEST_CASE("pg_dump's output makes the same database statement by statement", "[differential]") {
    require_version(14);
    const TestDatabase source;
    run_by_psql(source, read_golden("differential/nasty.pg.sql"));
    const std::string text =
        support::require_output({.executable = "pg_dump", .arguments = {"--dbname=" + source.url()}});
    const TestDatabase pieces;
    run_by_pieces(pieces, text);
    CHECK(dump(pieces) == dump(source));
}

TEST_CASE("where psql is misled, the server still ends statements where we do", "[differential]") {
    require_version(14);
    const TestDatabase database;
    // Strings that go on in the next line (psql reads line by line), and a BEGIN and an END that are names.
    run_by_pieces(
        database,
        "SELECT E'a' -- ;\n '\\';'; SELECT E'a'\n\n'\\\\'; CREATE TABLE log (a int);"
        "CREATE FUNCTION begin(begin int) RETURNS int BEGIN ATOMIC INSERT INTO log VALUES (1); SELECT begin; END;"
        "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1 AS end; SELECT 1 end; SELECT 1 AS case; END;"
        "CREATE PROCEDURE atomic() BEGIN ATOMIC END; CALL atomic(); SELECT begin(f());");
    CHECK(database.value("SELECT count(*) FROM log") == "1");
}

TEST_CASE("the server refuses inside a transaction what we say it refuses", "[differential]") {
    require_version(17);
    for_each_in_transaction(
        "split/outside_transaction.pg.sql",
        "CREATE TABLE t (a int) PARTITION BY LIST (a); CREATE TABLE p PARTITION OF t FOR VALUES IN (1)",
        [](std::string_view statement, const std::string& error) {
            // A subscription that is there needs a second server; without one these fail earlier.
            const bool needs_subscription =
                statement.starts_with("ALTER SUBSCRIPTION") || statement.starts_with("DROP SUB");
            CHECK((error.starts_with("25001") || (needs_subscription && error.starts_with("42704"))));
        });
}

TEST_CASE("the server does not refuse inside a transaction what we let pass", "[differential]") {
    require_version(17);
    for_each_in_transaction("split/inside_transaction.pg.sql", "CREATE TABLE t (a int); CREATE INDEX i ON t (a)",
                            [](std::string_view, const std::string& error) {
                                CHECK_FALSE(error.starts_with("25001"));
                                CHECK_FALSE(error.starts_with("42601"));
                            });
}

}  // namespace headgate
