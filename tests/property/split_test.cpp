// SPDX-License-Identifier: Apache-2.0
// Random texts: joining the statements gives back the text, whole statements come back as they went in, and the cost
// grows with the text alone.
#include <array>
#include <ctime>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>

#include "fuzz/split_invariants.hpp"

namespace headgate {
namespace {

using base::DialectId;

class Random {
public:
    Random() : engine_(Catch::getSeed()) {}

    std::size_t below(std::size_t limit) { return std::uniform_int_distribution<std::size_t>(0, limit - 1)(engine_); }
    std::string_view pick(std::span<const std::string_view> from) { return from[below(from.size())]; }

private:
    std::mt19937_64 engine_;
};

constexpr auto fragments = std::to_array<std::string_view>({"'",
                                                            "''",
                                                            "\"",
                                                            "\"\"",
                                                            "`",
                                                            "[",
                                                            "]",
                                                            "E'",
                                                            "U&'",
                                                            "U&\"",
                                                            "x'",
                                                            "N'",
                                                            "\\",
                                                            "\\'",
                                                            "\\.",
                                                            "\n\\.\n",
                                                            "\r\n",
                                                            "\n",
                                                            "\r",
                                                            " ",
                                                            "\t",
                                                            "$$",
                                                            "$a$",
                                                            "$b$",
                                                            "$1",
                                                            "$",
                                                            "--",
                                                            "/*",
                                                            "*/",
                                                            "/",
                                                            "*",
                                                            "-",
                                                            "(",
                                                            ")",
                                                            ";",
                                                            ";\n",
                                                            ",",
                                                            ".",
                                                            ":",
                                                            "::",
                                                            "?",
                                                            "@",
                                                            "#",
                                                            "1",
                                                            "1.5e-3",
                                                            "COPY ",
                                                            "t ",
                                                            "FROM ",
                                                            "STDIN",
                                                            "COPY t FROM stdin;\n",
                                                            "BEGIN ",
                                                            "ATOMIC ",
                                                            "END",
                                                            "END;",
                                                            "CASE ",
                                                            "CREATE ",
                                                            "OR REPLACE ",
                                                            "FUNCTION ",
                                                            "PROCEDURE ",
                                                            "TRIGGER ",
                                                            "TEMP ",
                                                            "EXPLAIN ",
                                                            "SELECT ",
                                                            "COMMIT",
                                                            "SET client_encoding ",
                                                            "pg_advisory_lock",
                                                            "\\restrict a",
                                                            "\xEF\xBB\xBF",
                                                            "é",
                                                            "VACUUM",
                                                            "REINDEX (",
                                                            "ALTER TABLE ",
                                                            "DETACH PARTITION ",
                                                            "CONCURRENTLY",
                                                            "PRAGMA x"});

constexpr auto common_statements = std::to_array<std::string_view>(
    {"SELECT 1", "SELECT 'a;''b'", "SELECT \"a;\"\"b\"", "INSERT INTO t VALUES (1, 'x''; --')", "SELECT 1 -- ;\n, 2",
     "SELECT /* ; */ 1", "SELECT a - -1", "BEGIN", "COMMIT", "SELECT 'multi\n;\nline'", "SELECT CASE WHEN 1 THEN 2 END",
     "SELECT '\\'", "CREATE TABLE größe (a int)"});

constexpr auto postgres_statements = std::to_array<std::string_view>(
    {"SELECT $$;$$", "SELECT $a$ $$;$$ $b$;$a$", "SELECT a$b$", "SELECT E'\\';'", "SELECT E'a'\n'\\';'",
     "SELECT /* /* ; */ ; */ 1", "SELECT U&'\\0061;'", "DO $$ BEGIN COMMIT; END $$",
     "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT CASE WHEN true THEN 1 END; END",
     "CREATE OR REPLACE PROCEDURE f() BEGIN ATOMIC SELECT 1 AS end; END",
     "CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2)", "COPY t FROM 'stdin'", "SELECT 1*/*;*/2"});

constexpr auto sqlite_statements = std::to_array<std::string_view>(
    {"SELECT `;`", "SELECT [;]", "SELECT e'\\'", "SELECT x'00'", "SELECT /* /* ; */ 1", "PRAGMA foreign_keys = ON",
     "CREATE TRIGGER a AFTER INSERT ON t BEGIN SELECT 1; SELECT CASE WHEN 1 THEN 2 END; END",
     "CREATE TEMP TRIGGER a AFTER INSERT ON t WHEN begin BEGIN SELECT ';'; END",
     "EXPLAIN CREATE TRIGGER a AFTER INSERT ON t BEGIN SELECT 1; END"});

constexpr auto blanks =
    std::to_array<std::string_view>({"", " ", "\n", "\r\n", "-- c; '\n", "/* ; \" */", "\t/* a */ -- b\n"});

// Each opens something again and again, or nearly.
constexpr auto slow_pieces = std::to_array<std::string_view>({";",
                                                              "'",
                                                              "''",
                                                              "$",
                                                              "$$",
                                                              "$a$",
                                                              "$a",
                                                              "$a$b",
                                                              "/*",
                                                              "*/",
                                                              "/**/",
                                                              "--\n",
                                                              "--\r",
                                                              "(",
                                                              "(;",
                                                              "\\",
                                                              "\\\n",
                                                              "E'a'\n",
                                                              "E'a' --\n",
                                                              "[",
                                                              "]",
                                                              "\"",
                                                              "COPY t FROM stdin;\n",
                                                              "COPY t FROM stdin;",
                                                              "\\.\n",
                                                              "\r",
                                                              ".",
                                                              "1e-",
                                                              "BEGIN ATOMIC ",
                                                              "END;",
                                                              "CREATE TRIGGER ",
                                                              "CREATE FUNCTION f() BEGIN ATOMIC;",
                                                              "@a::",
                                                              "$a(",
                                                              "é",
                                                              "\xEF\xBB\xBF",
                                                              "REINDEX (",
                                                              "ALTER TABLE DETACH PARTITION ",
                                                              "pg_advisory_lock(",
                                                              "<-"});

std::vector<std::string_view> statements_for(DialectId dialect) {
    std::vector<std::string_view> all(common_statements.begin(), common_statements.end());
    const std::span<const std::string_view> own = dialect == DialectId::sqlite
                                                      ? std::span<const std::string_view>(sqlite_statements)
                                                      : std::span<const std::string_view>(postgres_statements);
    all.insert(all.end(), own.begin(), own.end());
    return all;
}

std::string repeat(std::string_view piece, std::size_t bytes) {
    std::string text;
    text.reserve(bytes + piece.size());
    while (text.size() < bytes) text += piece;
    return text;
}

}  // namespace

TEST_CASE("joining the statements of any text gives back the text", "[property]") {
    Random random;
    INFO("seed " << Catch::getSeed());
    for (int round = 0; round < 20'000; ++round) {
        std::string text;
        for (std::size_t left = random.below(30); left > 0; --left) text += random.pick(fragments);
        for (const DialectId dialect : {DialectId::postgresql, DialectId::sqlite, DialectId::sqlserver}) {
            const std::string fault = fuzz::find_fault(text, dialect);
            INFO(base::name_of(dialect) << ": " << text);
            REQUIRE(fault == "");
        }
    }
}

TEST_CASE("whole statements come back one by one, whatever stands between them", "[property]") {
    Random random;
    INFO("seed " << Catch::getSeed());
    for (const DialectId dialect : {DialectId::postgresql, DialectId::sqlite}) {
        const std::vector<std::string_view> all = statements_for(dialect);
        for (int round = 0; round < 5'000; ++round) {
            std::vector<std::string_view> wanted(1 + random.below(8));
            std::string text(random.pick(blanks));
            for (std::string_view& statement : wanted) {
                statement = random.pick(all);
                text += statement;
                text += random.pick(blanks);
                text += ";";
                text += random.pick(blanks);
            }
            std::vector<std::string_view> found;
            for (const sql::Statement& statement : sql::split(text, dialect).statements) {
                if (statement.kind != sql::StatementKind::empty) found.push_back(statement.body(text));
            }
            INFO(base::name_of(dialect) << ": " << text);
            REQUIRE(found == wanted);
        }
    }
}

TEST_CASE("no text makes the splitter slower than its size does", "[property]") {
    constexpr std::size_t size = 500'000;
    for (const std::string_view piece : slow_pieces) {
        const std::string text = repeat(piece, size);
        for (const DialectId dialect : {DialectId::postgresql, DialectId::sqlite}) {
            INFO(base::name_of(dialect) << ": " << piece);
            const std::clock_t start = std::clock();
            const sql::SplitResult result = sql::split(text, dialect);
            base::Sha256 hash;
            sql::hash_tokens(text, dialect, hash);
            // Processor time. Quadratic cost takes minutes; this is a slow machine with sanitizers, many times over.
            CHECK(std::clock() - start < 10 * CLOCKS_PER_SEC);
            CHECK((result.statements.empty() || result.statements.back().size <= text.size()));
        }
    }
}

}  // namespace headgate
