// SPDX-License-Identifier: Apache-2.0
#include "revision/sections.hpp"

#include <catch2/catch_test_macros.hpp>

#include "parsing.hpp"

namespace headgate::revision {

using namespace testing;

namespace {

std::string upgrade_for(DialectId dialect, const std::string& text) {
    const ParsedFile parsed = parse_revision(text, "r.sql", dialect);
    REQUIRE(render(parsed.problems) == Lines{});
    return text_of(parsed.revision->upgrade, text);
}

}  // namespace

TEST_CASE("sections hold what stands below their markers") {
    const std::string text = with_header("-- headgate:upgrade\nSELECT 1;\n\n-- headgate:downgrade\nSELECT 2");
    const ParsedFile parsed = parse_revision(text, "r.sql", DialectId::sqlite);
    REQUIRE(render(parsed.problems) == Lines{});
    CHECK(text_of(parsed.revision->upgrade, text) == "SELECT 1;\n\n");
    CHECK(parsed.revision->upgrade.line == 5);
    CHECK(text_of(*parsed.revision->downgrade, text) == "SELECT 2");
    CHECK(parsed.revision->downgrade->line == 8);
}

TEST_CASE("a todo is a fault of its section, with what is to be done, for those who need the section") {
    const std::string text = with_header(
        "-- headgate:upgrade postgresql\nSELECT 1;\n-- headgate:upgrade sqlite\n-- headgate:todo rebuild the table\n"
        "SELECT 2;\n-- headgate:downgrade\nSELECT 3;\n");
    CHECK(render(parse_revision(text, "r.sql", DialectId::sqlite).problems) ==
          Lines{"7: the revision is not finished: rebuild the table"});
    CHECK(render(parse_revision(text, "r.sql", DialectId::postgresql).problems) == Lines{});
}

TEST_CASE("a todo above the first section is one for everybody") {
    const std::string text = with_header("-- headgate:todo\n-- headgate:upgrade\nSELECT 1;\n");
    CHECK(parse_revision(text, "r.sql", DialectId::sqlite).problems.size() == 1);
    CHECK(parse_revision(text, "r.sql", DialectId::postgresql).problems.size() == 1);
}

TEST_CASE("a todo where the header should be says that there is no header") {
    CHECK(render(parse_revision("-- headgate:todo x\n", "r.sql", DialectId::sqlite).problems) ==
          Lines{"1: the file has no headgate header"});
}

TEST_CASE("a todo in a literal is text") {
    const std::string text = with_header("-- headgate:upgrade\nSELECT '\n-- headgate:todo\n';\n");
    CHECK(render(parse_revision(text, "r.sql", DialectId::sqlite).problems) == Lines{});
}

TEST_CASE("sections may come in any order") {
    const std::string text = with_header("-- headgate:downgrade\nSELECT 2;\n-- headgate:upgrade\nSELECT 1;\n");
    CHECK(upgrade_for(DialectId::sqlite, text) == "SELECT 1;\n");
}

TEST_CASE("carriage returns do not matter") {
    const std::string text = "-- headgate:revision\r\n-- revision = \"a\"\r\n\r\n-- headgate:upgrade\r\nSELECT 1;\r\n";
    CHECK(upgrade_for(DialectId::postgresql, text) == "SELECT 1;\r\n");
    CHECK(parse_revision(text, "r.sql", DialectId::sqlite).revision->upgrade.line == 5);
}

TEST_CASE("the section that names the dialect wins, in either order, for each direction by itself") {
    const std::string text = with_header(
        "-- headgate:upgrade\nSELECT 'any';\n-- headgate:upgrade sqlite\nSELECT 'sqlite';\n"
        "-- headgate:downgrade postgres\nSELECT 'pg';\n-- headgate:downgrade\nSELECT 'down';\n");
    CHECK(upgrade_for(DialectId::sqlite, text) == "SELECT 'sqlite';\n");
    CHECK(upgrade_for(DialectId::postgresql, text) == "SELECT 'any';\n");
    const auto pg = parse_revision(text, "r.sql", DialectId::postgresql).revision;
    CHECK(text_of(*pg->downgrade, text) == "SELECT 'pg';\n");
    const auto sqlite = parse_revision(text, "r.sql", DialectId::sqlite).revision;
    CHECK(text_of(*sqlite->downgrade, text) == "SELECT 'down';\n");
}

TEST_CASE("a section may name several dialects") {
    const std::string text = with_header("-- headgate:upgrade sqlite, postgresql\nSELECT 1;\n");
    CHECK(upgrade_for(DialectId::sqlite, text) == "SELECT 1;\n");
    CHECK(upgrade_for(DialectId::postgresql, text) == "SELECT 1;\n");
}

TEST_CASE("no upgrade section for the dialect in use is an error") {
    const std::string text = with_header("-- headgate:upgrade sqlite\nSELECT 1;\n");
    CHECK(problems_of(text) == Lines{"1: the file has no upgrade section for postgresql"});
    CHECK(hint_of(text).contains("-- headgate:upgrade postgresql"));
    CHECK(problems_of(with_header("")) == Lines{"1: the file has no upgrade section"});
}

TEST_CASE("a missing downgrade is none, an empty one is an empty one") {
    const std::string none = with_header("-- headgate:upgrade\nSELECT 1;\n");
    CHECK_FALSE(parse_revision(none, "r.sql", DialectId::sqlite).revision->downgrade);
    const std::string empty = none + "-- headgate:downgrade";
    const auto revision = parse_revision(empty, "r.sql", DialectId::sqlite).revision;
    REQUIRE(revision->downgrade);
    CHECK(revision->downgrade->is_empty);
    CHECK(revision->downgrade->size == 0);
}

TEST_CASE("a section of comments is a legal no-op") {
    const std::string text = with_header("-- headgate:upgrade\n-- nothing to do\n/* here */\n;\n");
    const ParsedFile parsed = parse_revision(text, "r.sql", DialectId::postgresql);
    CHECK(render(parsed.problems) == Lines{});
    CHECK(parsed.revision->upgrade.is_empty);
}

TEST_CASE("markers inside literals, block comments and COPY data are text") {
    const std::string pg = with_header(
        "-- headgate:upgrade\nSELECT '\n-- headgate:downgrade\n', $a$\n-- headgate:downgrade\n$a$;\n"
        "/*\n-- headgate:downgrade\n*/\nCOPY t FROM stdin;\n-- headgate:downgrade\n\\.\nSELECT 2;\n");
    const ParsedFile parsed = parse_revision(pg, "r.sql", DialectId::postgresql);
    CHECK(render(parsed.problems) == Lines{});
    CHECK_FALSE(parsed.revision->downgrade);
    const std::string sqlite =
        with_header("-- headgate:upgrade\nSELECT `\n-- headgate:downgrade\n`, [\n-- headgate:x\n];\n");
    CHECK(problems_of(sqlite, DialectId::sqlite) == Lines{});
}

TEST_CASE("a marker ends a statement without a semicolon") {
    const std::string text = with_header("-- headgate:upgrade\nSELECT 1\n-- headgate:downgrade\nSELECT 2\n");
    CHECK(upgrade_for(DialectId::postgresql, text) == "SELECT 1\n");
}

TEST_CASE("a section is lexed by the rules of its own dialect") {
    const std::string named = with_header(
        "-- headgate:upgrade postgresql\nSELECT $a$it's$a$;\n-- headgate:upgrade sqlite\nSELECT [it's], `a'b`;\n");
    CHECK(upgrade_for(DialectId::sqlite, named) == "SELECT [it's], `a'b`;\n");
    CHECK(upgrade_for(DialectId::postgresql, named) == "SELECT $a$it's$a$;\n");
}

TEST_CASE("a section that names no dialect is for those that no other section names") {
    const std::string text =
        with_header("-- headgate:upgrade\nSELECT $a$it's$a$;\n-- headgate:upgrade sqlite\nSELECT 1;\n");
    CHECK(upgrade_for(DialectId::sqlite, text) == "SELECT 1;\n");
    CHECK(upgrade_for(DialectId::postgresql, text) == "SELECT $a$it's$a$;\n");
}

TEST_CASE("a second section for the same dialect is an error") {
    const std::string same = with_header("-- headgate:upgrade\nSELECT 1;\n-- headgate:upgrade\nSELECT 2;\n");
    CHECK(problems_of(same) == Lines{"6: the file has a second upgrade section"});
    CHECK(hint_of(same) == "the first is in line 4; keep one");
    const std::string named = with_header("-- headgate:upgrade postgres\n-- headgate:upgrade sqlite, postgresql\n");
    CHECK(problems_of(named) == Lines{"5: the file has a second upgrade section for postgresql"});
}

TEST_CASE("a second header is an error") {
    CHECK(problems_of(with_header("-- headgate:upgrade\n-- headgate:revision\n")) ==
          Lines{"5: the file has a second header"});
}

TEST_CASE("a dialect that nobody knows is an error") {
    const std::string text = with_header("-- headgate:upgrade postgressql\nSELECT 1;\n");
    CHECK(problems_of(text) == Lines{"4: \"postgressql\" is no dialect"});
    CHECK(hint_of(text) == "did you mean postgresql?");
    CHECK(problems_of(with_header("-- headgate:upgrade oracle\n")) == Lines{"4: \"oracle\" is no dialect"});
}

TEST_CASE("a mistyped marker is an error, never a part of the section above it") {
    for (const std::string marker :
         {"-- headgate:downgrad", "-- headgate:downgrade:", "-- headgate: downgrade", "-- Headgate:Downgrade",
          "-- headgate downgrade", "--headgate:downgrades", "--- headgate:downgrade", "-- hedgate:downgrade",
          "-- headgate:upgrade/sqlite", "-- headgate is a fine tool", "  -- headgate", "-- headgate:revision x"}) {
        INFO(marker);
        const Lines found = problems_of(with_header("-- headgate:upgrade\nSELECT 1;\n" + marker + "\nDROP TABLE t;\n"));
        REQUIRE(found.size() == 1);
        CHECK(found[0].starts_with("6: \""));
        CHECK(found[0].ends_with("is no marker of headgate"));
    }
    CHECK(hint_of(with_header("-- headgate:upgrade\n-- headgate:downgrad\n"))
              .starts_with("did you mean -- headgate:downgrade?"));
}

TEST_CASE("a mistyped upgrade is not reported as a missing one too") {
    CHECK(problems_of(with_header("-- headgate:upgade\nSELECT 1;\n")).size() == 1);
}

TEST_CASE("a marker in a block comment is an error") {
    const Lines wanted = {"5: a marker of headgate cannot be a block comment"};
    CHECK(problems_of(with_header("-- headgate:upgrade\n/* headgate:downgrade */\n")) == wanted);
    CHECK(problems_of(with_header("-- headgate:upgrade\n/*headgate:downgrade*/\n"), DialectId::sqlite) == wanted);
}

TEST_CASE("a marker behind a statement in its line is an error") {
    CHECK(problems_of(with_header("-- headgate:upgrade\nSELECT 1; -- headgate:downgrade\n")) ==
          Lines{"5: a marker of headgate stands behind something else in its line"});
}

TEST_CASE("markers of other tools are errors that name the tool") {
    for (const auto& [marker, tool] :
         std::vector<std::pair<std::string, std::string>>{{"-- migrate:up", "dbmate"},
                                                          {"-- migrate:down transaction:false", "dbmate"},
                                                          {"-- +goose Down", "goose"},
                                                          {"--+goose StatementBegin", "goose"},
                                                          {"-- +migrate Down", "sql-migrate"},
                                                          {"-- +micrate Up", "micrate"},
                                                          {"--liquibase formatted sql", "Liquibase"},
                                                          {"-- rambler down", "rambler"},
                                                          {"-- Down Migration", "node-pg-migrate"},
                                                          {"---- create above / drop below ----", "tern"}}) {
        INFO(marker);
        const std::string text = with_header("-- headgate:upgrade\nSELECT 1;\n" + marker + "\nDROP TABLE t;\n");
        REQUIRE(problems_of(text).size() == 1);
        CHECK(problems_of(text)[0].contains("is a marker of " + tool + ", not of headgate"));
        CHECK(problems_of(marker + "\nDROP TABLE t;\n")[0].contains(tool));
    }
}

TEST_CASE("comments that only mention a tool are comments") {
    CHECK(problems_of(with_header("-- headgate:upgrade\n-- see headgate:upgrade\n-- the up migration of 2020\n"
                                  "-- TODO: nothing\n-- migrate: users\n-- +1\n")) == Lines{});
}

TEST_CASE("SQL before the first section is an error, comments are not") {
    CHECK(problems_of(with_header("/* note */\n-- note\n-- headgate:upgrade\n")) == Lines{});
    CHECK(problems_of(with_header("SELECT 1;\nSELECT 2;\n-- headgate:upgrade\n")) ==
          Lines{"4: there is SQL between the header and the first section"});
    CHECK(problems_of(with_header("\\restrict x\n-- headgate:upgrade\n")) ==
          Lines{"4: there is SQL between the header and the first section"});
}

TEST_CASE("what is never closed is an error at the line that opens it") {
    const auto fault = [](const std::string& sql, DialectId dialect = DialectId::postgresql) {
        return problems_of(with_header("-- headgate:upgrade\nSELECT 1;\n" + sql + "\n-- headgate:downgrade\n"),
                           dialect);
    };
    CHECK(fault("SELECT 'a") == Lines{"6: a string that begins here is never closed"});
    CHECK(fault("SELECT $x$a") == Lines{"6: a dollar-quoted string that begins here is never closed"});
    CHECK(fault("SELECT \"a") == Lines{"6: a quoted identifier that begins here is never closed"});
    CHECK(fault("SELECT `a", DialectId::sqlite) == Lines{"6: a quoted identifier that begins here is never closed"});
    CHECK(fault("/* a /* b */") == Lines{"6: a comment that begins here is never closed"});
    CHECK(fault("COPY t FROM stdin;\n1").size() == 1);
    CHECK(fault("COPY t FROM stdin;\n1")[0].ends_with("COPY data that begins here is never ended"));
    CHECK(problems_of(with_header("-- headgate:upgrade\nCOPY t FROM stdin;")).size() == 1);
}

TEST_CASE("what is never closed in a section of another dialect is an error too") {
    CHECK(problems_of(with_header("-- headgate:upgrade sqlite\nSELECT 'a\n-- headgate:upgrade postgresql\n")).front() ==
          "5: a string that begins here is never closed");
}

TEST_CASE("bytes that are no text are errors with their line") {
    CHECK(problems_of(with_header("-- headgate:upgrade\nSELECT '\xE9';\n")) == Lines{"5: the byte 0xE9 is not UTF-8"});
    CHECK(problems_of(with_header("-- headgate:upgrade\nSELECT '") + std::string("\0';\n", 4)) ==
          Lines{"5: the file holds a NUL byte"});
    CHECK(problems_of(with_header("-- headgate:upgrade\nSELECT 'größe', '\xF0\x9F\x98\x80';\n")) == Lines{});
}

TEST_CASE("all faults of a file are found") {
    CHECK(problems_of("-- headgate:revision\n-- revision = \"head\"\n-- transacton = true\n\nSELECT 0;\n"
                      "-- headgate:upgrade\nCOMMIT;\nVACUUM;\n-- headgate:downgrad\n-- +goose Up\n")
              .size() == 7);
}

}  // namespace headgate::revision
