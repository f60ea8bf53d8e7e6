// SPDX-License-Identifier: Apache-2.0
// headgate import alembic: what comes out of a project does in a database what Alembic would have done, what cannot be
// rendered is a hole that refuses to load, and no database is touched on the way.
#include <csignal>
#include <format>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "gate/alembic_project.hpp"
#include "gate/listener.hpp"

namespace headgate::gate {

namespace {

using support::read_file;

std::string without_version_table(const Database& database) {
    database.execute("DROP TABLE IF EXISTS alembic_version;");
    return database.dump();
}

// The line of a report that begins with this place; "" where there is none.
std::string line_of_finding(const std::string& report, const std::string& place) {
    const auto start = report.find("- " + place + ": ");
    return start == std::string::npos ? "" : report.substr(start, report.find('\n', start) - start);
}

void check_refused(const AlembicProject& project, const Outcome& outcome, int code, std::string_view said,
                   const std::vector<std::string>& entries) {
    INFO(outcome.describe());
    CHECK(outcome.exit_code == code);
    CHECK(outcome.err.contains(said));
    CHECK(outcome.out.empty());
    CHECK(project.entries() == entries);
}

void check_refused(const AlembicProject& project, int code, std::string_view said) {
    const auto before = project.entries();
    check_refused(project, project.import(), code, said, before);
}

}  // namespace

TEST_CASE("import: headgate makes of an imported project what Alembic makes of it, up and down") {
    const auto kind = GENERATE(Kind::postgres, Kind::sqlite);
    const auto project = AlembicProject::example();
    const auto outcome = project.import();
    INFO(outcome.describe());
    REQUIRE(outcome.exit_code == 0);
    CHECK(outcome.out.contains("8 revisions, all complete"));
    const auto theirs = make_database(kind);
    const auto ours = make_database(kind);
    REQUIRE(project.alembic(theirs->url(), {"upgrade", "head"}).exit_code == 0);
    const auto upgraded = project.run(ours->url(), {"upgrade"});
    INFO(upgraded.describe());
    REQUIRE(upgraded.exit_code == 0);
    CHECK(ours->value("SELECT name FROM customers WHERE id = 2;") == "100 % Tee; and more");
    CHECK(ours->dump() == without_version_table(*theirs));
    const auto undone = project.run(ours->url(), {"downgrade", "base"});
    INFO(undone.describe());
    REQUIRE(undone.exit_code == 0);
    CHECK(ours->tables() == std::vector<std::string>{"headgate_ledger"});
}

TEST_CASE("import: ids, parents, labels, dependencies, messages and dates stay") {
    const AlembicProject project;
    project.add({.revision = "aa01", .top = "branch_labels = ('shop', 'eu')"});
    project.add({.revision = "bb02"});
    project.add({.revision = "cc03", .down_revision = "('aa01',)", .top = "depends_on = 'bb02'"});
    project.add({.revision = "dd04", .down_revision = "('cc03', 'bb02')"});
    project.write(
        "alembic/versions/ee05.py",
        "\"\"\"say \"no\" \\\\ to\nlines\n\nCreate Date: 2026-03-04 05:06:07.123456+02:00\n\"\"\"\nrevision = 'ee05'\n"
        "down_revision = 'dd04'\ndef upgrade(): pass\ndef downgrade(): pass\n");
    REQUIRE(project.import({"--dialect", "sqlite"}).exit_code == 0);
    CHECK(read_file(project.migrations() / "20260102_0304_aa01_make_aa01.sql")
              .contains("-- branch_labels = [\"shop\", \"eu\"]\n"));
    CHECK(read_file(project.file_of("cc03")) ==
          "-- headgate:revision\n-- revision = \"cc03\"\n-- down_revision = \"aa01\"\n-- depends_on = \"bb02\"\n"
          "-- message = \"make cc03\"\n-- create_date = 2026-01-02T03:04:05Z\n\n-- headgate:upgrade\n\n-- "
          "headgate:downgrade\n");
    CHECK(read_file(project.file_of("dd04")).contains("-- down_revision = [\"cc03\", \"bb02\"]\n"));
    const auto last = read_file(project.migrations() / "20260304_0306_ee05_say_no_to_lines.sql");
    CHECK(last.contains("-- message = \"say \\\"no\\\" \\\\ to lines\"\n"));
    CHECK(last.contains("-- create_date = 2026-03-04T03:06:07Z\n"));
    CHECK(project.run("sqlite:///./new.db", {"upgrade"}).exit_code == 0);
}

TEST_CASE("import: revisions are found in every versions folder of the project") {
    const AlembicProject project;
    project.write("alembic.ini",
                  "[alembic]\nscript_location = alembic\nversion_locations = alembic/versions more/versions\n");
    project.add({.revision = "aa01"});
    project.write("more/versions/bb02.py", "revision = 'bb02'\ndown_revision = 'aa01'\ndef upgrade(): pass\n");
    const auto outcome = project.import({"--dialect", "sqlite"});
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 0);
    CHECK(outcome.out.contains("2 revisions"));
    CHECK(read_file(project.file_of("bb02")).contains("-- down_revision = \"aa01\"\n"));
}

TEST_CASE("import: a project for another server is refused as such") {
    const AlembicProject project;
    project.add({.revision = "aa01"});
    const auto before = project.entries();
    check_refused(project, project.run("mssql+pyodbc://u:geheim@h/d", {"import", "alembic"}), 64,
                  "no dialect that can be imported", before);
}

TEST_CASE("import: what cannot be rendered offline is a hole that refuses to load until it is filled") {
    struct Hole {
        std::string body;
        std::string reason;
    };
    const std::vector<Hole> holes{
        {"op.execute('CREATE TABLE b (y int)')\nfor row in op.get_bind().execute(sa.text('SELECT 1')): print(row)",
         "reads the result of a statement"},
        {"if op.get_bind().execute(sa.text('SELECT 1')): pass", "reads the result of a statement"},
        {"sa.inspect(op.get_bind()).get_table_names()", "it inspects the database"},
        {"op.execute('UPDATE a SET x = :left')", "the parameter :left has no value"},
        {"sa.create_engine('sqlite:///other.db').connect()", "connection to a database"},
        {"import sqlite3; sqlite3.connect('other.db')", "connection to a database"},
        {"op.create_unique_constraint('a_x', 'a', ['x'])", "SQLite"},
        {"with op.batch_alter_table('a') as batch: batch.alter_column('x', nullable=False)", "--sql mode"},
        {"op.execute('ROLLBACK')", "headgate refuses it: ROLLBACK"},
        {"raise SystemExit(3)", "SystemExit: 3"},
        {"import os; os._exit(5)", "it ended Python with status 5"},
    };
    const AlembicProject project;
    project.add({.revision = "rev0", .upgrade = "op.create_table('a', sa.Column('x', sa.String()))"});
    for (std::size_t i = 0; i < holes.size(); ++i) {
        project.add({.revision = std::format("hole{}x", i),
                     .down_revision = i == 0 ? "'rev0'" : std::format("'hole{}x'", i - 1),
                     .upgrade = holes[i].body});
    }
    project.add({.revision = "last",
                 .down_revision = std::format("'hole{}x'", holes.size() - 1),
                 .upgrade = "op.execute('CREATE TABLE c (z int)')"});
    const auto outcome = project.import({"--dialect", "sqlite"});
    INFO(outcome.describe());
    REQUIRE(outcome.exit_code == 0);
    CHECK(
        outcome.out.contains(std::format("{} revisions, {} sections to be finished", holes.size() + 2, holes.size())));
    CHECK_FALSE(std::filesystem::exists(project.folder() / "other.db"));
    const auto report = read_file(project.migrations() / "IMPORT.md");

    const auto refused = project.run("sqlite:///./new.db", {"upgrade"});
    INFO(refused.describe());
    CHECK(refused.exit_code == 65);
    CHECK(refused.err.contains("the revision is not finished"));
    CHECK_FALSE(std::filesystem::exists(project.folder() / "new.db"));
    for (std::size_t i = 0; i < holes.size(); ++i) {
        INFO(holes[i].body);
        const auto file = project.file_of(std::format("hole{}x", i));
        const auto line = line_of_finding(report, spot(file, "headgate:todo"));
        CHECK(line.contains(holes[i].reason));
        CHECK(refused.err.contains(spot(file, "headgate:todo")));
        auto text = read_file(file);
        const auto start = text.find("-- headgate:todo");
        text.replace(start, text.find("-- headgate:downgrade") - start, "");
        support::write_file(file, text);
    }
    CHECK(project.run("sqlite:///./new.db", {"upgrade"}).exit_code == 0);
}

TEST_CASE("import: a hole for one dialect does not hold up the other") {
    const AlembicProject project;
    project.add({.revision = "aa01", .upgrade = "op.create_table('a', sa.Column('x', sa.String(9)))"});
    project.add(
        {.revision = "bb02", .down_revision = "'aa01'", .upgrade = "op.create_unique_constraint('a_x', 'a', ['x'])"});
    REQUIRE(project.import().exit_code == 0);
    const auto database = make_database(Kind::postgres);
    CHECK(project.run(database->url(), {"upgrade"}).exit_code == 0);
    CHECK(project.run("sqlite:///./new.db", {"upgrade"}).exit_code == 65);
}

TEST_CASE("import: a revision that hangs is a hole, and those after it are there") {
    const AlembicProject project;
    project.add({.revision = "aa01", .upgrade = "op.execute('CREATE TABLE a (x int)')"});
    project.add({.revision = "bb02", .down_revision = "'aa01'", .upgrade = "import time; time.sleep(600)"});
    project.add({.revision = "cc03", .down_revision = "'bb02'", .upgrade = "op.execute('CREATE TABLE c (x int)')"});
    const auto outcome = project.import({"--dialect", "sqlite", "--time-limit", "15s"});
    INFO(outcome.describe());
    REQUIRE(outcome.exit_code == 0);
    CHECK(read_file(project.file_of("bb02")).contains("upgrade(): it did not end within 15 s"));
    CHECK(read_file(project.file_of("cc03")).contains("CREATE TABLE c"));
}

TEST_CASE("import: a downgrade that its author refuses is left out, and said") {
    const AlembicProject project;
    project.add({.revision = "aa01", .downgrade = "raise NotImplementedError('no way back')"});
    const auto outcome = project.import({"--dialect", "postgresql"});
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 0);
    CHECK(outcome.out.contains("aa01.py: downgrade() raises NotImplementedError"));
    CHECK_FALSE(read_file(project.file_of("aa01")).contains("headgate:downgrade"));
}

TEST_CASE("import: literals come through as they are") {
    const auto kind = GENERATE(Kind::postgres, Kind::sqlite);
    const AlembicProject project;
    // On SQLite, SQLAlchemy itself makes a question mark of %(x)s.
    const std::string placeholder = kind == Kind::postgres ? "%(x)s" : "";
    const std::string odd =
        "tab\\tquote''percent 5%% of 7%" + placeholder + " colon \\\\:y backslash \\\\\\\\ ; -- no comment";
    project.add(
        {.revision = "aa01",
         .upgrade = "op.create_table('a', sa.Column('x', sa.Text()))\nop.execute(\"\"\"INSERT INTO a VALUES ('" + odd +
                    "')\"\"\")"});
    REQUIRE(project.import().exit_code == 0);
    const auto theirs = make_database(kind);
    const auto ours = make_database(kind);
    const auto upgraded = project.alembic(theirs->url(), {"upgrade", "head"});
    INFO(upgraded.describe());
    REQUIRE(upgraded.exit_code == 0);
    REQUIRE(project.run(ours->url(), {"upgrade"}).exit_code == 0);
    CHECK(ours->value("SELECT x FROM a;") == theirs->value("SELECT x FROM a;"));
    CHECK(ours->value("SELECT x FROM a;").contains('\t'));
}

TEST_CASE("import: values that are made anew each time, and checkfirst, are pointed at") {
    const AlembicProject project;
    project.add({.revision = "aa01", .upgrade = "import uuid; op.execute(f\"SELECT '{uuid.uuid4()}'\")"});
    project.add({.revision = "bb02",
                 .down_revision = "'aa01'",
                 .upgrade = "sa.Enum('a', 'b', name='letters').create(op.get_bind(), checkfirst=True)"});
    const auto outcome = project.import({"--dialect", "postgresql"});
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 0);
    CHECK(outcome.out.contains("aa01_make_aa01.sql: upgrade: not twice the same"));
    CHECK(outcome.out.contains("bb02_make_bb02.sql: upgrade: checkfirst"));
}

TEST_CASE("import: what env.py sends itself is reported") {
    const AlembicProject project;
    project.write_env(
        "from alembic import context\ncontext.configure(url='postgresql://')\n"
        "with context.begin_transaction():\n    context.execute('SET search_path TO tenant')\n"
        "    context.run_migrations()\n");
    project.add({.revision = "aa01", .upgrade = "op.execute('CREATE TABLE a (x int)')"});
    const auto outcome = project.import({"--dialect", "postgresql"});
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 0);
    CHECK(outcome.out.contains("SET search_path TO tenant;"));
    CHECK_FALSE(read_file(project.file_of("aa01")).contains("search_path"));
}

TEST_CASE("import: no connection is made, whatever env.py and the revisions try") {
    const Listener listener;
    const auto url = std::format("postgresql+psycopg2://u:geheim@127.0.0.1:{}/d", listener.port());
    const AlembicProject project;
    project.add({.revision = "aa01", .upgrade = "op.execute('CREATE TABLE a (x int)')"});
    SECTION("an env.py as usual") {
        const auto outcome = project.run(url, {"import", "alembic"});
        INFO(outcome.describe());
        CHECK(outcome.exit_code == 0);
    }
    SECTION("a revision with an engine of its own") {
        project.add({.revision = "bb02",
                     .down_revision = "'aa01'",
                     .upgrade = std::format("sa.create_engine('{}').connect()", url)});
        const auto outcome = project.run(url, {"import", "alembic"});
        INFO(outcome.describe());
        CHECK(outcome.exit_code == 0);
        CHECK(outcome.out.contains("it wants a connection to a database"));
    }
    SECTION("a revision that goes past SQLAlchemy") {
        project.add(
            {.revision = "bb02",
             .down_revision = "'aa01'",
             .upgrade = std::format("import psycopg2\npsycopg2.connect(host='127.0.0.1', port={})", listener.port())});
        const auto outcome = project.run(url, {"import", "alembic"});
        INFO(outcome.describe());
        CHECK(outcome.exit_code == 0);
        CHECK(outcome.out.contains("it wants a connection to a database"));
    }
    SECTION("an env.py that does not know offline mode") {
        project.write_env(
            std::format("from alembic import context\nfrom sqlalchemy import create_engine\n"
                        "with create_engine('{}').connect() as c:\n    context.configure(connection=c)\n"
                        "    context.run_migrations()\n",
                        url));
        const auto before = project.entries();
        const auto outcome = project.run(url, {"import", "alembic"});
        check_refused(project, outcome, 65, "env.py fails offline: it wants a connection to a database", before);
        CHECK_FALSE(outcome.err.contains("geheim"));
    }
    CHECK(listener.connections() == 0);
}

TEST_CASE("import: a Python file that is no revision is named, and nothing is written") {
    const AlembicProject project;
    project.add({.revision = "aa01"});
    project.write("alembic/versions/notes.py", "answer = 42\n");
    check_refused(project, 65, "notes.py");
}

TEST_CASE("import: a revision file that Python cannot read is named, and nothing is written") {
    const AlembicProject project;
    project.write("alembic/versions/aa01.py", "revision = 'aa01\n");
    check_refused(project, 65, "aa01.py");
}

TEST_CASE("import: an id that is there twice names both files, and nothing is written") {
    const AlembicProject project;
    project.add({.revision = "aa01"});
    project.write("alembic/versions/again.py", "revision = 'aa01'\ndown_revision = None\ndef upgrade(): pass\n");
    check_refused(project, 65, "alembic/versions/again.py");
    check_refused(project, 65, "alembic/versions/aa01.py");
}

TEST_CASE("import: a missing parent is named, and nothing is written") {
    const AlembicProject project;
    project.add({.revision = "aa01", .down_revision = "'0000'"});
    check_refused(project, 65, "0000");
}

TEST_CASE("import: an env.py that fails is shown with its own words") {
    const AlembicProject project;
    project.add({.revision = "aa01"});
    project.write_env(
        "import sys\nprint('reading the settings', file=sys.stderr)\nraise RuntimeError('no SECRET_KEY')\n");
    check_refused(project, 65, "RuntimeError: no SECRET_KEY");
    check_refused(project, 65, "reading the settings");
    project.write_env("raise SystemExit('no settings')\n");
    check_refused(project, 65, "env.py fails offline");
}

TEST_CASE("import: an env.py that hangs is ended at the time limit, with what it began") {
    const AlembicProject project;
    project.add({.revision = "aa01"});
    project.write_env("import subprocess\nsubprocess.run(['sleep', '661'])\n");
    const auto before = project.entries();
    check_refused(project, project.import({"--dialect", "sqlite", "--time-limit", "15s"}), 65,
                  "env.py did not end within 15 s", before);
    CHECK(support::run_program({.executable = "pgrep", .arguments = {"-f", "^sleep 661$"}}).exit_code == 1);
}

TEST_CASE("import: a signal ends it, and nothing is left") {
    const AlembicProject project;
    project.add({.revision = "aa01"});
    project.write_env("import pathlib, time\npathlib.Path('waits').touch()\ntime.sleep(600)\n");
    RunningProgram running(project.headgate("", {"import", "alembic", "--dialect", "sqlite"}));
    REQUIRE(
        support::eventually([&] { return std::filesystem::exists(project.folder() / "waits"); }, Milliseconds{60'000}));
    running.send_signal(SIGTERM);
    const auto outcome = running.wait();
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 143);
    CHECK(project.entries() == std::vector<std::string>{"alembic", "alembic.ini", "waits"});
}

TEST_CASE("import: killed in the middle it leaves nothing behind, and Python ends with it") {
    const AlembicProject project;
    project.add({.revision = "aa01"});
    project.write_env(
        "import os, pathlib, time\npathlib.Path('waits').write_text(f'{os.getpid()}\\n')\ntime.sleep(600)\n");
    RunningProgram running(project.headgate("", {"import", "alembic", "--dialect", "sqlite"}));
    const auto waits = project.folder() / "waits";
    REQUIRE(support::eventually([&] { return std::filesystem::exists(waits) && read_file(waits).ends_with('\n'); },
                                Milliseconds{60'000}));
    const auto line = std::format("/proc/{}/cmdline", std::stoi(read_file(waits)));
    running.send_signal(SIGKILL);
    CHECK(running.wait().signal == SIGKILL);
    CHECK(support::eventually([&] { return !std::filesystem::exists(line) || read_file(line).empty(); },
                              Milliseconds{30'000}));
    CHECK(project.entries() == std::vector<std::string>{"alembic", "alembic.ini", "waits"});
}

TEST_CASE("import: a Python without Alembic, none at all, and no project are told apart") {
    const AlembicProject project;
    project.add({.revision = "aa01"});
    project.write("bare", "#!/bin/sh\nexec python3 -S \"$@\"\n");
    std::filesystem::permissions(project.folder() / "bare", std::filesystem::perms::owner_all);
    auto before = project.entries();
    const std::vector<std::string> usual{"--dialect", "sqlite"};
    check_refused(project, project.import({"--dialect", "sqlite", "--python", "./bare"}), 78, "./bare has no Alembic",
                  before);
    check_refused(project, project.import({"--dialect", "sqlite", "--python", "./none"}), 78, "./none", before);
    std::filesystem::remove(project.folder() / "alembic.ini");
    before = project.entries();
    check_refused(project, project.import(usual), 65, "Alembic cannot read the project", before);
}

TEST_CASE("import: a folder that is there is never written into") {
    const AlembicProject project;
    project.add({.revision = "aa01"});
    project.write("migrations/mine.sql", "");
    check_refused(project, 73, "it is there already");
    CHECK(read_file(project.migrations() / "mine.sql").empty());
}

}  // namespace headgate::gate
