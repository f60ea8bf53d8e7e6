// SPDX-License-Identifier: Apache-2.0
// headgate import alembic: the values and statements that a revision sends reach the database as Alembic would have
// stored them; where import cannot know what that is, the section is a hole, also where the revision goes on.
#include <format>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "gate/alembic_project.hpp"

namespace headgate::gate {

namespace {

using support::read_file;

// Revisions in a row, under ids rev0x, rev1x, ….
AlembicProject make_project(const std::vector<std::string>& upgrades) {
    AlembicProject project;
    for (std::size_t i = 0; i < upgrades.size(); ++i) {
        project.add({.revision = std::format("rev{}x", i),
                     .down_revision = i == 0 ? "None" : std::format("'rev{}x'", i - 1),
                     .upgrade = upgrades[i]});
    }
    return project;
}

// Imported for the one dialect and run, the project makes the same database as Alembic does.
void check_same_database(const AlembicProject& project, Kind kind, const std::string& query) {
    const auto imported = project.import({"--dialect", kind == Kind::postgres ? "postgresql" : "sqlite"});
    INFO(imported.describe());
    REQUIRE(imported.exit_code == 0);
    CHECK(imported.out.contains("all complete"));
    const auto theirs = make_database(kind);
    const auto ours = make_database(kind);
    const auto by_alembic = project.alembic(theirs->url(), {"upgrade", "head"});
    INFO(by_alembic.describe());
    REQUIRE(by_alembic.exit_code == 0);
    const auto upgraded = project.run(ours->url(), {"upgrade"});
    INFO(upgraded.describe());
    REQUIRE(upgraded.exit_code == 0);
    CHECK(ours->value(query) == theirs->value(query));
    theirs->execute("DROP TABLE alembic_version;");
    CHECK(ours->dump() == theirs->dump());
}

std::string all_of(Kind kind) {
    return kind == Kind::postgres ? "SELECT string_agg(v, ' ') FROM t;" : "SELECT group_concat(v, ' ') FROM t;";
}

struct Hole {
    std::string body;
    std::string reason;
};

// Each body alone is a hole, with that reason.
void check_holes(const std::string& dialect, const std::vector<Hole>& holes) {
    std::vector<std::string> bodies;
    for (const auto& hole : holes) bodies.push_back(hole.body);
    const auto project = make_project(bodies);
    const auto outcome = project.import({"--dialect", dialect});
    INFO(outcome.describe());
    REQUIRE(outcome.exit_code == 0);
    for (std::size_t i = 0; i < holes.size(); ++i) {
        const auto text = read_file(project.file_of(std::format("rev{}x", i)));
        INFO(holes[i].body << "\n" << text);
        const auto start = text.find("-- headgate:todo ");
        CHECK(start != std::string::npos);
        CHECK(text.substr(std::min(start, text.size()), text.find('\n', start) - start).contains(holes[i].reason));
    }
}

}  // namespace

TEST_CASE("import: a backslash in a value or a default stays one backslash") {
    const auto kind = GENERATE(Kind::postgres, Kind::sqlite);
    const auto project = make_project({
        R"py(t = op.create_table('t', sa.Column('v', sa.String, server_default="it's \\ x", comment="a\\b"), comment="c\\d")
bind = op.get_bind()
op.bulk_insert(t, [{"v": "bulk\\insert"}])
op.execute(sa.text("INSERT INTO t VALUES (:v)").bindparams(v="a\\b"))
bind.execute(sa.text("INSERT INTO t VALUES (:v)"), {"v": "q\\"})
op.execute(t.insert().values(v=sa.literal("li\\t"))))py"});
    check_same_database(project, kind, all_of(kind));
}

TEST_CASE("import: what a revision reads is a hole, even where it catches the refusal") {
    check_holes(GENERATE(as<std::string>{}, "postgresql", "sqlite"),
                {{R"py(try: have = [r[0] for r in op.get_bind().execute(sa.text("SELECT 1"))]
except Exception: have = []
if not have: op.execute("INSERT INTO t VALUES (1)"))py",
                  "reads the result of a statement"},
                 {R"py(try: names = sa.inspect(op.get_bind()).get_table_names()
except Exception: names = []
if 't' not in names: op.execute("CREATE TABLE t (v int)"))py",
                  "inspects the database"},
                 {R"py(try: op.get_bind().scalar(sa.text("SELECT 1"))
except Exception: op.execute("CREATE TABLE t (v int)"))py",
                  "scalar"},
                 {R"py(try: op.execute(sa.text("INSERT INTO t VALUES (:v)").bindparams(v=object()))
except Exception: pass)py",
                  "literal"}});
}

TEST_CASE("import: a default that Python gives is a hole, never NULL") {
    const std::string table =
        "t = sa.Table('t', sa.MetaData(), sa.Column('id', sa.Integer, primary_key=True),\n"
        "  sa.Column('v', sa.String, default='dflt'), sa.Column('w', sa.String, onupdate=lambda: 'upd'))\n";
    check_holes(GENERATE(as<std::string>{}, "postgresql", "sqlite"),
                {{table + "op.bulk_insert(t, [{'id': 2}])", "Python gives t.v a value"},
                 {table + "op.execute(t.insert().values(id=1))", "Python gives t.v a value"},
                 {table + "op.execute(t.insert().values([{'id': 1}, {'id': 2}]))", "Python gives t.v a value"},
                 {table + "op.get_bind().execute(t.insert(), {'id': 4})", "Python gives t.v a value"},
                 {table + "op.execute(t.update().values(v='x'))", "Python gives t.w a value"}});
}

TEST_CASE("import: a table with defaults takes values that are given, and SQL's own defaults") {
    const auto kind = GENERATE(Kind::postgres, Kind::sqlite);
    const auto project = make_project(
        {R"py(t = op.create_table('t', sa.Column('id', sa.Integer, primary_key=True), sa.Column('v', sa.String, default='dflt'),
  sa.Column('w', sa.String, default=sa.func.lower('LOW')), sa.Column('x', sa.String, server_default='there'))
op.bulk_insert(t, [{'v': 'given'}])
op.execute(t.insert().values(v='one'))
op.execute(t.update().values(v=t.c.v + '!')))py"});
    const std::string row = "v || w || x";
    check_same_database(project, kind,
                        kind == Kind::postgres ? "SELECT string_agg(" + row + ", ' ') FROM t;"
                                               : "SELECT group_concat(" + row + ", ' ') FROM t;");
}

TEST_CASE("import: a statement that ends in a comment does not swallow its semicolon") {
    const auto kind = GENERATE(Kind::postgres, Kind::sqlite);
    const auto project = make_project({R"py(op.execute("CREATE TABLE t (v text) -- make it")
op.execute("INSERT INTO t VALUES ('a -- b'); -- with one of its own")
op.execute("INSERT INTO t\nVALUES ('c') -- last"))py",
                                       "op.execute('CREATE TABLE u (v int) -- alone')"});
    check_same_database(project, kind, all_of(kind));
}

TEST_CASE("import: a revision that asks whether it runs offline is a hole") {
    const std::string reason = "asks whether it runs offline";
    check_holes("postgresql",
                {{"from alembic import context\nif not context.is_offline_mode(): op.execute('SELECT 1')", reason},
                 {"if not op.get_context().as_sql: op.execute('SELECT 1')", reason},
                 {"from alembic import context\nif context.is_offline_mode(): raise NotImplementedError()", reason}});
}

TEST_CASE("import: a function that is executed is selected") {
    const auto kind = GENERATE(Kind::postgres, Kind::sqlite);
    const auto project =
        make_project({"op.execute('CREATE TABLE t (v text)')\nop.execute(sa.func.lower('A'))\n"
                      "op.get_bind().execute(sa.func.lower('B'))"});
    check_same_database(project, kind, all_of(kind));
    CHECK(read_file(project.file_of("rev0x")).contains("SELECT lower('A')"));
}

TEST_CASE("import: a number that SQL has no literal for is a hole") {
    const std::string table = "t = sa.table('t', sa.column('v', sa.Float))\n";
    check_holes(GENERATE(as<std::string>{}, "postgresql", "sqlite"),
                {{table + "op.bulk_insert(t, [{'v': float('nan')}])", "the value nan"},
                 {table + "op.execute(t.update().values(v=float('-inf')))", "the value -inf"},
                 {"op.get_bind().execute(sa.text('UPDATE t SET v = :v'), {'v': float('inf')})", "the value inf"}});
}

TEST_CASE("import: what a revision sets for the rest of Alembic's run is pointed at") {
    const auto project = make_project({"op.execute('-- for all behind\\nSET search_path TO tenant')",
                                       "op.execute('SET LOCAL lock_timeout = 1000')\nop.execute('UPDATE t SET v = 1')",
                                       "op.execute('SELECT 1; set role boss')"});
    const auto outcome = project.import({"--dialect", "postgresql"});
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 0);
    CHECK(outcome.out.contains("rev0x_make_rev0x.sql: upgrade: SET search_path"));
    CHECK_FALSE(outcome.out.contains("rev1x_make_rev1x.sql: upgrade: SET"));
    CHECK(outcome.out.contains("rev2x_make_rev2x.sql: upgrade: set role"));
}

TEST_CASE("import: a hole of an ORM session or of a value without a type says what to do") {
    check_holes("postgresql",
                {{"from sqlalchemy.orm import Session\nSession(bind=op.get_bind()).execute(sa.text('SELECT 1'))",
                  "an ORM session cannot be imported"},
                 {"op.get_bind().execute(sa.text('SELECT :v'), {'v': b'x'.__class__.__mro__})",
                  "give the column or bindparam a type"}});
}

TEST_CASE("import: the days of an interval stay days") {
    const auto project = make_project(
        {"from datetime import timedelta\nt = op.create_table('t', sa.Column('v', sa.Interval))\n"
         "op.bulk_insert(t, [{'v': timedelta(days=-1, seconds=5, microseconds=7)}, {'v': timedelta(hours=2)}])"});
    check_same_database(project, Kind::postgres, "SELECT string_agg(v::text, ' ') FROM t;");
}

TEST_CASE("import: bytes are stored as bytes") {
    const auto kind = GENERATE(Kind::postgres, Kind::sqlite);
    const auto project = make_project({R"py(t = op.create_table('t', sa.Column('v', sa.LargeBinary))
op.bulk_insert(t, [{'v': b'abc'}, {'v': b'a\\b'}, {'v': b'\\x41'}]))py"});
    check_same_database(project, kind,
                        kind == Kind::postgres ? "SELECT string_agg(v::text, ' ') FROM t;"
                                               : "SELECT group_concat(typeof(v) || hex(v), ' ') FROM t;");
    check_holes("postgresql",
                {{"op.bulk_insert(sa.table('t', sa.column('v', sa.PickleType)), [{'v': [1]}])", "datatype"}});
}

}  // namespace headgate::gate
