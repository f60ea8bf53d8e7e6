// SPDX-License-Identifier: Apache-2.0
// headgate import alembic beside projects that do what no project should: each section is its own revision's, and what
// goes wrong is said of the one that did it.
#include <format>

#include <catch2/catch_test_macros.hpp>

#include "gate/alembic_project.hpp"
#include "gate/listener.hpp"

namespace headgate::gate {

namespace {

using support::read_file;

// Three in a line, each with SQL of its own in both directions; the middle one does something more.
AlembicProject project_with(const std::string& doing) {
    AlembicProject project;
    std::string below = "None";
    for (const std::string id : {"aa01", "bb02", "cc03"}) {
        project.add({.revision = id,
                     .down_revision = below,
                     .upgrade = std::format("op.execute('SELECT 1 AS {}_up')\n{}", id, id == "bb02" ? doing : "pass"),
                     .downgrade = std::format("op.execute('SELECT 1 AS {}_down')", id)});
        below = std::format("'{}'", id);
    }
    return project;
}

void check_all_but_the_middle(const AlembicProject& project) {
    for (const std::string id : {"aa01", "bb02", "cc03"}) {
        const auto text = read_file(project.file_of(id));
        INFO(text);
        const auto up = text.find(std::format("SELECT 1 AS {}_up", id));
        const auto downgrade = text.find("-- headgate:downgrade");
        CHECK((id == "bb02" || up < downgrade));
        CHECK(text.find(std::format("SELECT 1 AS {}_down", id), downgrade) != std::string::npos);
        CHECK(text.contains("headgate:todo") == (id == "bb02"));
    }
}

}  // namespace

TEST_CASE("import: half a character in one section is a hole there, and moves no other") {
    const auto project = project_with("op.execute(\"SELECT '\\udc80'\")");
    const auto outcome = project.import({"--dialect", "sqlite"});
    INFO(outcome.describe());
    REQUIRE(outcome.exit_code == 0);
    CHECK(outcome.out.contains("its SQL is no UTF-8"));
    check_all_but_the_middle(project);
}

TEST_CASE("import: an answer that cannot be read is a hole, and moves no other") {
    const auto project = project_with("import __main__; __main__.answers.write('{')");
    const auto outcome = project.import({"--dialect", "sqlite"});
    INFO(outcome.describe());
    REQUIRE(outcome.exit_code == 0);
    CHECK(outcome.out.contains("what Python said of it cannot be read"));
    check_all_but_the_middle(project);
}

TEST_CASE("import: a pool, an engine with a creator and a bare socket are refused a connection too") {
    const Listener listener;
    const auto port = listener.port();
    const std::vector<std::string> ways{
        std::format(
            "import asyncio, asyncpg\nasync def go(): await asyncpg.create_pool('postgresql://u@127.0.0.1:{}/d')\n"
            "asyncio.run(go())",
            port),
        std::format("import asyncio, asyncpg.connection\nasync def go(): await "
                    "asyncpg.connection.connect('postgresql://u@127.0.0.1:{}/d')\nasyncio.run(go())",
                    port),
        std::format("import psycopg2\nsa.create_engine('postgresql://', creator=lambda: "
                    "psycopg2.connect('host=127.0.0.1 port={}')).connect()",
                    port),
        std::format("import psycopg2.pool\npsycopg2.pool.SimpleConnectionPool(1, 2, 'host=127.0.0.1 port={}')", port),
        std::format("import socket\nsocket.create_connection(('127.0.0.1', {}))", port),
    };
    for (const auto& way : ways) {
        INFO(way);
        const auto project = project_with(way);
        const auto outcome = project.import({"--dialect", "postgresql"});
        INFO(outcome.describe());
        CHECK(outcome.exit_code == 0);
        CHECK(outcome.out.contains("it wants a connection to a database"));
        check_all_but_the_middle(project);
    }
    CHECK(listener.connections() == 0);
}

TEST_CASE("import: a module that is loaded sees no URL of a database, and is refused a connection") {
    const Listener listener;
    const auto url = std::format("postgresql+psycopg2://u:geheim@127.0.0.1:{}/d", listener.port());
    const AlembicProject project;
    project.add({.revision = "aa01",
                 .top = "import os\nwith open('seen', 'a') as seen: seen.write(os.environ['DATABASE_URL'] + "
                        "'\\n')"});
    CHECK(project.run(url, {"import", "alembic"}).exit_code == 0);
    const auto seen = read_file(project.folder() / "seen");
    CHECK(seen.starts_with("postgresql+psycopg2://headgate@headgate-import.invalid/offline\n"));
    CHECK_FALSE(seen.contains("geheim"));
    project.add({.revision = "bb02",
                 .down_revision = "'aa01'",
                 .top = std::format("import socket\nsocket.create_connection(('127.0.0.1', {}))", listener.port())});
    const auto outcome = project.run(url, {"import", "alembic", "--migrations", "other"});
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 65);
    CHECK(outcome.err.contains("it wants a connection to a database"));
    CHECK(listener.connections() == 0);
}

TEST_CASE("import: a name that is no text is said with its file, and nothing is written") {
    for (const std::string top : {"branch_labels = (7,)", "depends_on = (7,)", "depends_on = 7"}) {
        INFO(top);
        const AlembicProject project;
        project.add({.revision = "aa01", .top = top});
        const auto outcome = project.import({"--dialect", "sqlite"});
        INFO(outcome.describe());
        CHECK(outcome.exit_code == 65);
        CHECK_FALSE(std::filesystem::exists(project.migrations()));
    }
}

TEST_CASE("import: a half-written answer about a revision is an error, and nothing is written") {
    const AlembicProject project;
    project.add({.revision = "aa01", .top = "import __main__\n__main__.answer(revision=7)"});
    const auto outcome = project.import({"--dialect", "sqlite"});
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 65);
    CHECK(outcome.err.contains("what Python said of a revision cannot be read"));
    CHECK_FALSE(std::filesystem::exists(project.migrations()));
}

TEST_CASE("import: nothing is left in the Alembic project") {
    const AlembicProject project;
    project.add({.revision = "aa01"});
    REQUIRE(project.import({"--dialect", "sqlite"}).exit_code == 0);
    for (const auto& entry : std::filesystem::recursive_directory_iterator(project.folder())) {
        CHECK(entry.path().filename() != "__pycache__");
    }
}

TEST_CASE("import: a folder that is a link is refused before Python is run") {
    const AlembicProject project;
    project.add({.revision = "aa01", .top = "open('was run', 'w')"});
    std::filesystem::create_directory(project.folder() / "elsewhere");
    std::filesystem::create_directory_symlink("elsewhere", project.migrations());
    for (const std::string name : {"migrations", "migrations/"}) {
        const auto outcome = project.import({"--dialect", "sqlite", "--migrations", name});
        INFO(outcome.describe());
        CHECK(outcome.exit_code == 73);
        CHECK(outcome.err.contains("it is there already"));
    }
    CHECK_FALSE(std::filesystem::exists(project.folder() / "was run"));
}

TEST_CASE("import: a folder that something is mounted on is refused before Python is run") {
    const AlembicProject project;
    project.add({.revision = "aa01", .top = "open('was run', 'w')"});
    std::filesystem::create_directory(project.migrations());
    auto program = project.headgate("", {});
    program.arguments = {"--mount", "sh", "-c",
                         "mount -t tmpfs none migrations || exit 99; exec \"$0\" import alembic --dialect sqlite",
                         program.executable};
    program.executable = "unshare";
    const auto outcome = support::run_program(program);
    INFO(outcome.describe());
    if (outcome.exit_code == 99 || outcome.exit_code == 1) SKIP("nothing can be mounted here");
    CHECK(outcome.exit_code == 73);
    CHECK(outcome.err.contains("something is mounted there"));
    CHECK_FALSE(std::filesystem::exists(project.folder() / "was run"));
}

TEST_CASE("import: what env.py sends is reported for each dialect") {
    const AlembicProject project;
    project.write_env(
        "import os\nfrom alembic import context\nurl = os.environ['DATABASE_URL']\ncontext.configure(url=url)\n"
        "with context.begin_transaction():\n"
        "    if url.startswith('postgresql'): context.execute('SET search_path TO tenant')\n"
        "    context.run_migrations()\n");
    project.add({.revision = "aa01"});
    const auto outcome = project.import();
    INFO(outcome.describe());
    REQUIRE(outcome.exit_code == 0);
    CHECK(outcome.out.contains("in every run (postgresql); no file has it\n\n```sql\nSET search_path TO tenant;"));
    CHECK_FALSE(outcome.out.contains("in every run (sqlite)"));
}

TEST_CASE("import: many revisions with long ids are more than one run can be asked for") {
    constexpr int count = 350;
    const AlembicProject project;
    std::string below = "None";
    for (int i = 0; i < count; ++i) {
        const auto id = std::format("{}{:04}", std::string(176, 'a'), i);
        project.write(std::format("alembic/versions/{:04}.py", i),
                      std::format("revision = '{}'\ndown_revision = {}\ndef upgrade(): pass\ndef downgrade(): pass\n",
                                  id, below));
        below = std::format("'{}'", id);
    }
    const auto outcome = project.import({"--dialect", "sqlite"});
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 0);
    CHECK(outcome.out.contains(std::format("{} revisions, all complete", count)));
}

}  // namespace headgate::gate
