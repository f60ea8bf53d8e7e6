// SPDX-License-Identifier: Apache-2.0
#include "revision/revision_file.hpp"

#include <catch2/catch_test_macros.hpp>

#include "parsing.hpp"

namespace headgate::revision {

using namespace testing;

namespace {

const std::string file_text = with_header(
    "-- headgate:upgrade\nBEGIN;\nCREATE TABLE t (a int);\nINSERT INTO t VALUES (1)\n;\nCOMMIT;\n"
    "-- headgate:downgrade\nDROP TABLE t;");

Revision parse(const std::filesystem::path& path, std::string_view text) {
    ParsedFile parsed = parse_revision(text, path, DialectId::postgresql);
    REQUIRE(render(parsed.problems) == Lines{});
    return *parsed.revision;
}

Lines bodies_of(const sql::Script& script) {
    Lines bodies;
    for (const sql::Statement& statement : script.statements) bodies.emplace_back(statement.body(script.text));
    return bodies;
}

std::string error_of(const Revision& revision, Direction direction) {
    try {
        read_script(revision, direction, DialectId::postgresql);
    } catch (const base::Error& error) {
        CHECK(error.kind == base::ErrorKind::bad_revisions);
        CHECK(error.spot.file == revision.path);
        return error.message;
    }
    return "";
}

}  // namespace

TEST_CASE("a script is the section with its place in the file, without what is left out") {
    const Folder folder;
    const Revision revision = parse(folder.write("r.sql", file_text), file_text);
    const sql::Script script = read_script(revision, Direction::upgrade, DialectId::postgresql);
    CHECK(script.file == revision.path);
    CHECK(script.first_line == 5);
    CHECK(bodies_of(script) == Lines{"CREATE TABLE t (a int)", "INSERT INTO t VALUES (1)"});
    CHECK(script.spot_of(script.statements[0].body_offset) == base::SourceSpot{script.file, 6, 1});
    CHECK(bodies_of(read_script(revision, Direction::downgrade, DialectId::postgresql)) == Lines{"DROP TABLE t"});
}

TEST_CASE("an empty section is a script without statements") {
    const Folder folder;
    const std::string text = with_header("-- headgate:upgrade");
    const Revision revision = parse(folder.write("r.sql", text), text);
    CHECK(revision.upgrade.is_empty);
    CHECK(read_script(revision, Direction::upgrade, DialectId::postgresql).statements.empty());
}

TEST_CASE("a file that was changed after it was read is not run") {
    const Folder folder;
    const Revision revision = parse(folder.write("r.sql", file_text), file_text);
    folder.write("r.sql", file_text.substr(0, file_text.find("INSERT")));
    CHECK(error_of(revision, Direction::upgrade) == "the file of revision a1 was changed after it was read");
    folder.write("r.sql", "-- x\n" + file_text);
    CHECK(error_of(revision, Direction::downgrade) == "the file of revision a1 was changed after it was read");
    std::filesystem::remove(revision.path);
    CHECK(error_of(revision, Direction::upgrade) ==
          "the file of revision a1 cannot be read: No such file or directory");
}

TEST_CASE("a revision without downgrade section has no such script") {
    const Folder folder;
    const std::string text = with_header("-- headgate:upgrade\nSELECT 1;\n");
    const Revision revision = parse(folder.write("r.sql", text), text);
    CHECK(error_of(revision, Direction::downgrade) == "revision a1 has no downgrade section");
}

TEST_CASE("a pg_dump file is a step") {
    const std::string text = with_header(
        "-- headgate:upgrade\n\\restrict k\n\nSET client_encoding = 'UTF8';\nCREATE TABLE t (a text);\n"
        "COPY public.t (a) FROM stdin;\nit's\n-- headgate:downgrade\n\\N\n\\.\n\n\\unrestrict k\n");
    const Folder folder;
    const Revision revision = parse(folder.write("r.sql", text), text);
    const sql::Script script = read_script(revision, Direction::upgrade, DialectId::postgresql);
    REQUIRE(script.statements.size() == 3);
    const sql::Statement& copy = script.statements[2];
    CHECK(script.text.substr(copy.data_offset, copy.data_size) == "it's\n-- headgate:downgrade\n\\N\n");
}

}  // namespace headgate::revision
