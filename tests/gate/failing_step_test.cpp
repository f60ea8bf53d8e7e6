// SPDX-License-Identifier: Apache-2.0
// A step that fails leaves nothing of itself, keeps what came before, and the server never starts. After the file is
// mended the next start goes on.
#include <format>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "gate/events.hpp"
#include "gate/project.hpp"

using namespace headgate::gate;
using namespace headgate::support;

namespace {

struct Fault {
    std::string name;
    std::string sql;       // the line that fails, in the middle of a step
    std::string sqlstate;  // PostgreSQL's
    std::string culprit;   // where PostgreSQL's position points to; empty: it gives none
    std::string repaired = "INSERT INTO two VALUES (2);";
};

const Fault at_run_time{.name = "run time", .sql = "INSERT INTO one VALUES (1);", .sqlstate = "23505", .culprit = ""};
const Fault syntax{.name = "syntax", .sql = "  INSERT INTO two VALEUS (1);", .sqlstate = "42601", .culprit = "VALEUS"};
const Fault after_wide_characters{.name = "after wide characters",
                                  .sql = "/* \xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80 */ SELECT nothing FROM two;",
                                  .sqlstate = "42703",
                                  .culprit = "nothing"};

void add_steps(Project& project, const std::string& middle) {
    project.add_step(1, "CREATE TABLE one (a integer PRIMARY KEY);\nINSERT INTO one VALUES (1);");
    project.add_step(2, "CREATE TABLE two (a integer);\n\n" + middle + "\nCREATE TABLE two_b (a integer);");
    project.add_step(3, "CREATE TABLE three (a integer);");
}

// Columns count characters.
std::size_t column_of(const std::string& line, const std::string& text) {
    std::size_t column = 1;
    for (std::size_t i = 0; i < line.find(text); ++i)
        column += (static_cast<unsigned char>(line[i]) & 0xC0) != 0x80 ? 1 : 0;
    return column;
}

void check_nothing_of_step_two(const Project& project) {
    CHECK(project.applied() == std::vector{id(1)});
    CHECK(project.database().tables() == std::vector<std::string>{"headgate_ledger", "one"});
    CHECK(project.database().value("SELECT count(*) FROM one;") == "1");
}

}  // namespace

TEST_CASE("a step that fails in its middle is rolled back, the message points at the line, and mending it is enough") {
    const Kind kind = GENERATE(Kind::postgres, Kind::sqlite);
    const Fault fault = GENERATE(at_run_time, syntax, after_wide_characters);
    Project project(kind);
    add_steps(project, fault.sql);
    const auto file = project.migrations() / (id(2) + "_step.sql");
    const Outcome failed = project.start();
    INFO(fault.name << "\n" << failed.describe());
    CHECK(failed.exit_code == 79);
    CHECK_FALSE(server_started(failed));
    CHECK(failed.out.empty());
    check_nothing_of_step_two(project);
    CHECK(failed.err.contains(spot(file, fault.sql)));
    CHECK(failed.err.contains(fault.sql));
    CHECK(failed.err.contains(id(2)));
    CHECK(failed.err.contains(id(1)));  // what was applied before it
    if (kind == Kind::postgres) CHECK(failed.err.contains(fault.sqlstate));
    if (kind == Kind::postgres && !fault.culprit.empty()) {
        const auto column = column_of(fault.sql, fault.culprit);
        CHECK(failed.err.contains(std::format("{}:{}", spot(file, fault.sql), column)));
        CHECK(failed.err.contains('^'));
    }

    add_steps(project, fault.repaired);
    const Outcome mended = project.start();
    INFO(mended.describe());
    CHECK(server_started(mended));
    CHECK(project.applied() == std::vector{id(1), id(2), id(3)});
    CHECK(project.database().value("SELECT a FROM two;") == "2");
}

TEST_CASE("a downgrade that fails half way says what is undone and what is still applied") {
    Project project(GENERATE(Kind::postgres, Kind::sqlite));
    project.add_step(1, "CREATE TABLE one (a integer);", "DROP TABLE one;");
    project.add_step(2, "CREATE TABLE two (a integer);", "DROP TABLE two;\nDROP TABLE nosuch;");
    project.add_step(3, "CREATE TABLE three (a integer);", "DROP TABLE three;");
    REQUIRE(project.run({"upgrade"}).exit_code == 0);
    Program program = project.headgate({"downgrade", "base"});
    const bool is_json = GENERATE(false, true);
    program.environment["HEADGATE_LOG_FORMAT"] = is_json ? "json" : "text";
    const Outcome failed = run_program(program);
    INFO(failed.describe());
    CHECK(failed.exit_code == 79);
    CHECK(project.applied() == std::vector{id(1), id(2)});
    CHECK(project.database().has_table("two"));
    CHECK(failed.err.contains("undoing revision " + id(2) + " was rolled back, it is still applied: "));
    CHECK(failed.err.contains("undone before it, by this run: " + id(3)));
    if (!is_json) return;
    const auto event = events_named("failed", failed).at(0);
    CHECK(event.value("undone", "") == id(3));
    CHECK_FALSE(event.contains("applied"));
}

TEST_CASE("the caret stands under the character that the server names") {
    Project project(Kind::postgres);
    add_steps(project, syntax.sql);
    const Outcome failed = project.start();
    INFO(failed.describe());
    const auto line_at = failed.err.find(syntax.sql);
    REQUIRE(line_at != std::string::npos);
    const auto line_start = failed.err.rfind('\n', line_at) + 1;
    const auto caret_start = failed.err.find('\n', line_at) + 1;
    const auto caret_line = failed.err.substr(caret_start, failed.err.find('\n', caret_start) - caret_start);
    CHECK(caret_line.find('^') == line_at - line_start + syntax.sql.find("VALEUS"));
}

TEST_CASE("a first step that fails leaves an empty database empty, without a ledger") {
    Project project(GENERATE(Kind::postgres, Kind::sqlite));
    project.add_step(1, "CREATE TABLE one (a integer);\nSELECT nothing FROM one;");
    const Outcome failed = project.start();
    INFO(failed.describe());
    CHECK(failed.exit_code == 79);
    CHECK(project.applied().empty());
    CHECK_FALSE(project.database().has_table("one"));
    CHECK_FALSE(project.database().has_table("headgate_ledger"));
}

TEST_CASE("a constraint that only COMMIT looks at fails the step like any other") {
    Project project(Kind::postgres);
    project.add_step(1, "CREATE TABLE one (a integer PRIMARY KEY);");
    project.add_step(2,
                     "CREATE TABLE two (a integer REFERENCES one DEFERRABLE INITIALLY DEFERRED);\n"
                     "INSERT INTO two VALUES (7);");
    const Outcome failed = project.start();
    INFO(failed.describe());
    CHECK(failed.exit_code == 79);
    CHECK(failed.err.contains("23503"));
    CHECK(failed.err.contains(id(2)));
    CHECK(project.applied() == std::vector{id(1)});
    CHECK_FALSE(project.database().has_table("two"));
}

TEST_CASE("an error's detail and hint, as the server gives them, are in the message") {
    Project project(Kind::postgres);
    project.add_step(1,
                     "DO $$ BEGIN RAISE EXCEPTION 'the words' USING DETAIL = 'the detail', HINT = 'the hint',"
                     " ERRCODE = 'HG123'; END $$;");
    const Outcome failed = project.start();
    INFO(failed.describe());
    CHECK(failed.exit_code == 79);
    for (const char* part : {"the words", "the detail", "the hint", "HG123"}) CHECK(failed.err.contains(part));
}

TEST_CASE("a step whose SQL ends in the middle of a literal or comment fails and harms nothing") {
    Project project(GENERATE(Kind::postgres, Kind::sqlite));
    const std::string open_end =
        GENERATE("SELECT 'never closed;", "SELECT 1; /* never closed", "SELECT \"never closed;");
    project.add_step(1, "CREATE TABLE one (a integer);\n" + open_end);
    const Outcome failed = project.start();
    INFO(failed.describe());
    CHECK((failed.exit_code == 79 || failed.exit_code == 65));
    CHECK_FALSE(server_started(failed));
    CHECK(project.database().tables().empty());
}

TEST_CASE("comments, blank sections, byte order marks, CRLF and missing ends of line are all normal") {
    Project project(GENERATE(Kind::postgres, Kind::sqlite));
    project.add_step(1, "");
    project.add_step(2, "-- only a comment\n/* and another */");
    write_file(project.migrations() / "3.sql", "\xEF\xBB\xBF-- headgate:revision\r\n-- revision = \"" + id(3) +
                                                   "\"\r\n-- down_revision = \"" + id(2) +
                                                   "\"\r\n\r\n-- headgate:upgrade\r\nCREATE TABLE three (a text);\r\n"
                                                   "INSERT INTO three VALUES ('\xC3\xA4\xE2\x82\xAC')");
    write_file(project.migrations() / "sub" / "4.sql",
               "-- headgate:revision\n-- revision = \"" + id(4) + "\"\n-- down_revision = \"" + id(3) +
                   "\"\n\n-- headgate:upgrade\nBEGIN;\nINSERT INTO three VALUES ('four;');\nCOMMIT;\n");
    const Outcome outcome = project.start();
    INFO(outcome.describe());
    CHECK(server_started(outcome));
    CHECK(project.applied() == std::vector{id(1), id(2), id(3), id(4)});
    CHECK(project.database().rows("SELECT a FROM three ORDER BY a;") ==
          std::vector<TextRow>{{"four;"}, {"\xC3\xA4\xE2\x82\xAC"}});
}

TEST_CASE("the section that names the dialect wins over the one that names none") {
    const Kind kind = GENERATE(Kind::postgres, Kind::sqlite);
    Project project(kind);
    project.add_step(1,
                     "CREATE TABLE plain (a integer);\n\n-- headgate:upgrade sqlite\nCREATE TABLE lite (a integer);\n\n"
                     "-- headgate:upgrade postgres\nCREATE TABLE pg (a integer);");
    const Outcome outcome = project.start();
    INFO(outcome.describe());
    CHECK(server_started(outcome));
    CHECK(project.database().tables() ==
          std::vector<std::string>{"headgate_ledger", kind == Kind::postgres ? "pg" : "lite"});
}

TEST_CASE("pg_dump's output works as a step, COPY data and all") {
    const TestDatabase source;
    source.execute(
        "CREATE TABLE dumped (a integer, b text); INSERT INTO dumped VALUES (1, E'tab\\t;'), (2, NULL), (3, E'\\\\.')");
    std::string dump = require_output({.executable = "pg_dump", .arguments = {"--dbname=" + source.url()}});
    // pg_dump 17 writes it whatever server it talks to, and no older server knows it.
    const std::string too_new = "SET transaction_timeout = 0;\n";
    const bool is_older = source.value("SELECT current_setting('server_version_num')::int < 170000") == "t";
    if (const auto place = dump.find(too_new); is_older && place != std::string::npos)
        dump.erase(place, too_new.size());
    Project project(Kind::postgres);
    project.add_step(1, dump);
    project.add_step(2, "CREATE TABLE after_it (a integer);");
    const Outcome outcome = project.start();
    INFO(outcome.describe());
    CHECK(server_started(outcome));
    CHECK(project.database().rows("SELECT * FROM public.dumped ORDER BY a") ==
          source.rows("SELECT * FROM dumped ORDER BY a"));
    CHECK(project.applied().size() == 2);
}

TEST_CASE("a COPY whose data are wrong names the file and rolls back") {
    Project project(Kind::postgres);
    const auto file =
        project.add_step(1, "CREATE TABLE one (a integer);\nCOPY one FROM stdin;\n1\nnot a number\n\\.\n");
    const Outcome failed = project.start();
    INFO(failed.describe());
    CHECK(failed.exit_code == 79);
    CHECK(failed.err.contains(spot(file, "COPY one").substr(0, file.filename().string().size() + 1)));
    CHECK(failed.err.contains("22P02"));
    CHECK(project.database().tables().empty());
}
