// SPDX-License-Identifier: Apache-2.0
#include "revision/new_revision.hpp"

#include <catch2/catch_test_macros.hpp>

#include "parsing.hpp"

namespace headgate::revision {

using namespace testing;

namespace {

using namespace std::chrono;
constexpr sys_seconds morning = sys_days(2026y / November / 23) + 10h;
constexpr auto usual = "%(year)d%(month).2d%(day).2d_%(hour).2d%(minute).2d_%(rev)s_%(slug)s";

NewRevision add_email() {
    return {"9f3c1a7be204", {"1975ea83b712"}, "Add email_verified to Users!", morning, usual};
}

}  // namespace

TEST_CASE("a file name holds date, id and words of the message") {
    CHECK(file_name_of(add_email()) == "20261123_1000_9f3c1a7be204_add_email_verified_to_users.sql");
    CHECK(file_name_of({"a", {}, "", morning, usual}) == "20261123_1000_a.sql");
    CHECK(file_name_of({"a", {}, "../é / ü", morning, usual}) == "20261123_1000_a.sql");
    CHECK(file_name_of({"a", {}, "one two three four five six seven eight nine", morning, usual}) ==
          "20261123_1000_a_one_two_three_four_five_six_seven_eight.sql");
    CHECK(file_name_of({"a", {}, std::string(100, 'x'), morning, usual}) ==
          "20261123_1000_a_" + std::string(40, 'x') + ".sql");
}

TEST_CASE("a file template has Alembic's tokens, and may name subfolders") {
    NewRevision revision = add_email();
    revision.file_template = "%(year)d/%(month).2d/%(day)d-%(rev)s-%(slug)s";
    CHECK(file_name_of(revision) == "2026/11/23-9f3c1a7be204-add_email_verified_to_users.sql");
    revision.file_template = "%(epoch)s %(hour).2d:%(minute).2d:%(second).2d";
    CHECK(file_name_of(revision) == "1795428000 10:00:00.sql");
    for (const auto* wrong : {"%(nosuch)s", "%d", "50%", "%(rev)"}) {
        revision.file_template = wrong;
        CHECK_THROWS_AS(file_name_of(revision), base::Error);
    }
    const Folder folder;
    revision.file_template = "%(year)d/%(rev)s";
    CHECK(write_new_revision(folder.path(), revision) == folder.path() / "2026" / "9f3c1a7be204.sql");
}

TEST_CASE("labels and dependencies stand in the header") {
    NewRevision revision = add_email();
    revision.branch_labels = {"billing"};
    revision.depends_on = {"x1", "x2"};
    const ParsedFile parsed = parse_revision(render_new_revision(revision), "m.sql", DialectId::sqlite);
    REQUIRE(render(parsed.problems) == Lines{});
    CHECK(parsed.revision->branch_labels == Lines{"billing"});
    CHECK(parsed.revision->depends_on == Lines{"x1", "x2"});
}

TEST_CASE("a new file has a header and empty sections") {
    CHECK(render_new_revision(add_email()) ==
          "-- headgate:revision\n-- revision = \"9f3c1a7be204\"\n-- down_revision = \"1975ea83b712\"\n"
          "-- message = \"Add email_verified to Users!\"\n-- create_date = 2026-11-23T10:00:00Z\n\n"
          "-- headgate:upgrade\n\n-- headgate:downgrade\n");
}

TEST_CASE("what was written is read back") {
    const NewRevision merge{"m", {"a", "b"}, "a \"quoted\" \\ message\nof two lines\t\x7f ü", morning};
    const std::string text = render_new_revision(merge);
    const ParsedFile parsed = parse_revision(text, "m.sql", DialectId::sqlite);
    REQUIRE(render(parsed.problems) == Lines{});
    CHECK(parsed.revision->message == merge.message);
    CHECK(parsed.revision->down_revisions == merge.down_revisions);
    CHECK(parsed.revision->create_date == "2026-11-23T10:00:00Z");
    CHECK(parsed.revision->upgrade.is_empty);
    CHECK(parsed.revision->downgrade);
    CHECK(parse_revision(render_new_revision({"a", {}, "", morning, usual}), "a.sql", DialectId::sqlite)
              .revision->is_base());
}

TEST_CASE("an existing file is never written over") {
    const Folder folder;
    const std::filesystem::path path = write_new_revision(folder.path(), add_email());
    CHECK(std::filesystem::file_size(path) == render_new_revision(add_email()).size());
    NewRevision other = add_email();
    other.down_revisions.clear();
    try {
        write_new_revision(folder.path(), other);
        FAIL("no error");
    } catch (const base::Error& error) {
        CHECK(error.kind == base::ErrorKind::cannot_create);
        CHECK(error.message.ends_with("cannot be created: File exists"));
    }
    CHECK(std::filesystem::file_size(path) == render_new_revision(add_email()).size());
    CHECK_THROWS_AS(write_new_revision(folder.path() / "missing", other), base::Error);
}

}  // namespace headgate::revision
