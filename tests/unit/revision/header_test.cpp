// SPDX-License-Identifier: Apache-2.0
#include "revision/header.hpp"

#include <chrono>
#include <random>

#include <catch2/catch_test_macros.hpp>

#include "parsing.hpp"
#include "revision/plain_header.hpp"
#include "toml/document.hpp"

namespace headgate::revision {

using namespace testing;
using namespace std::chrono_literals;

namespace {

constexpr std::string_view upgrade = "-- headgate:upgrade\nSELECT 1;\n";

Revision read(std::string_view header_lines) {
    ParsedFile parsed = parse_revision(with_header(upgrade, header_lines), "r.sql", DialectId::postgresql);
    INFO(header_lines);
    REQUIRE(render(parsed.problems) == Lines{});
    return *parsed.revision;
}

Lines faults(std::string_view header_lines) {
    return problems_of(with_header(upgrade, header_lines));
}

}  // namespace

TEST_CASE("a header gives every key its meaning") {
    const Revision revision = read(
        "-- down_revision = [\"b2\", \"c3\"]   # a merge\n"
        "-- message = 'add \"x\"'\n"
        "-- create_date = 2026-11-23T10:00:00Z\n"
        "-- branch_labels = \"billing\"\n"
        "-- depends_on = [\"d4\"]\n"
        "-- transaction = false\n"
        "-- breaking = true\n"
        "-- lock_timeout = \"500ms\"\n");
    CHECK(revision.id == "a1");
    CHECK(revision.down_revisions == Lines{"b2", "c3"});
    CHECK(revision.message == "add \"x\"");
    CHECK(revision.create_date == "2026-11-23T10:00:00Z");
    CHECK(revision.branch_labels == Lines{"billing"});
    CHECK(revision.depends_on == Lines{"d4"});
    CHECK(revision.transaction == TransactionMode::none);
    CHECK(revision.is_breaking);
    CHECK(revision.lock_timeout == 500ms);
    CHECK(revision.path == "r.sql");
}

TEST_CASE("a header of one line is a base in one transaction") {
    const Revision revision = read("");
    CHECK(revision.is_base());
    CHECK(revision.transaction == TransactionMode::one_transaction);
    CHECK_FALSE(revision.is_breaking);
    CHECK_FALSE(revision.lock_timeout);
}

TEST_CASE("a parent may be a string or an array, and an empty array is a base") {
    CHECK(read("-- down_revision = \"b2\"\n").down_revisions == Lines{"b2"});
    CHECK(read("-- down_revision = []\n").is_base());
}

TEST_CASE("a date may be a string, as Alembic prints it") {
    CHECK(read("-- create_date = \"2026-11-23 10:00:00.123\"\n").create_date == "2026-11-23 10:00:00.123");
    CHECK(read("-- create_date = 2026-11-23\n").create_date == "2026-11-23");
}

TEST_CASE("the space behind the dashes may be missing, and lines may be empty comments") {
    CHECK(read("--message=\"x\"\n--\n  -- breaking = true\n").is_breaking);
}

TEST_CASE("a duration has a unit") {
    CHECK(read("-- lock_timeout = \"2s\"\n").lock_timeout == 2s);
    CHECK(read("-- lock_timeout = \"5 min\"\n").lock_timeout == 5min);
    CHECK(read("-- lock_timeout = \"1h\"\n").lock_timeout == 1h);
    CHECK(faults("-- lock_timeout = \"2\"\n") == Lines{"3: \"2\" is no duration"});
    CHECK(faults("-- lock_timeout = \"-2s\"\n") == Lines{"3: \"-2s\" is no duration"});
    CHECK(faults("-- lock_timeout = \"99999999h\"\n") == Lines{"3: \"99999999h\" is no duration"});
    CHECK(faults("-- lock_timeout = 2\n") == Lines{"3: lock_timeout is an integer"});
}

TEST_CASE("an unknown key names the nearest known one") {
    const std::string text = with_header(upgrade, "-- down_revison = \"b2\"\n");
    CHECK(problems_of(text) == Lines{"3: the header has an unknown key down_revison"});
    CHECK(hint_of(text) == "did you mean down_revision?");
    CHECK(hint_of(with_header(upgrade, "-- author = \"x\"\n")).starts_with("the keys are revision, down_revision, "));
}

TEST_CASE("the column of a fault is that in the file") {
    const ParsedFile parsed =
        parse_revision(with_header(upgrade, "-- breaking = \"yes\"\n"), "r.sql", DialectId::sqlite);
    REQUIRE(parsed.problems.size() == 1);
    CHECK(parsed.problems[0].spot == base::SourceSpot{"r.sql", 3, 15});
    CHECK(parsed.problems[0].hint == "it has to be true or false");
}

TEST_CASE("a value of the wrong type says what it has to be") {
    CHECK(faults("-- down_revision = 12\n") == Lines{"3: down_revision is an integer"});
    CHECK(faults("-- transaction = \"false\"\n") == Lines{"3: transaction is a string"});
    CHECK(faults("-- message = true\n") == Lines{"3: message is a boolean"});
    CHECK(faults("-- create_date = 1\n") == Lines{"3: create_date is an integer"});
}

TEST_CASE("text that is no TOML is reported with its line, once") {
    const Lines found = faults("-- message = \"open\n-- and on\n");
    REQUIRE(found.size() == 1);
    CHECK(found[0].starts_with("3: not valid TOML"));
    CHECK(faults("-- breaking = true\n-- breaking = true\n").size() == 1);
}

TEST_CASE("an id that a target could not name is refused") {
    for (const std::string id : {"a b", "a,b", "a+1", "a-1", "a:b", "a@b", "ä", "head", "heads", "base", "current"}) {
        INFO(id);
        const Lines found = problems_of(std::format("-- headgate:revision\n-- revision = \"{}\"\n\n{}", id, upgrade));
        REQUIRE(found.size() == 1);
        CHECK(found[0].starts_with(std::format("2: revision \"{}\" ", id)));
    }
    CHECK(find_id_fault(std::string(201, 'a')) == "is too long");
    CHECK_FALSE(find_id_fault(std::string(200, 'a')));
    CHECK_FALSE(find_id_fault("0001.v2_x"));
}

TEST_CASE("a parent that is empty, named twice or no id is refused") {
    CHECK(faults("-- down_revision = \"\"\n") == Lines{"3: down_revision is empty"});
    CHECK(faults("-- down_revision = [\"b\", \"b\"]\n") == Lines{"3: down_revision names b twice"});
    CHECK(faults("-- depends_on = \"b@head\"\n") == Lines{"3: depends_on \"b@head\" holds @"});
}

TEST_CASE("a header without a revision is a fault, and all its other faults are found too") {
    const std::string text = "-- headgate:revision\n-- messge = \"x\"\n-- breaking = 1\n\n-- headgate:upgrade\n";
    CHECK(problems_of(text) == Lines{"2: the header has an unknown key messge", "3: breaking is an integer",
                                     "1: the header names no revision"});
    CHECK_FALSE(parse_revision(text, "r.sql", DialectId::sqlite).revision);
}

TEST_CASE("the header may follow a byte order mark, blank lines and a licence") {
    const std::string text = "\xEF\xBB\xBF\r\n/* Licence\n of many lines */\n\n-- SPDX: x\n" + with_header(upgrade);
    CHECK(problems_of(text) == Lines{});
}

TEST_CASE("the header ends at the first line that is no comment") {
    const std::string text = with_header("-- not = toml = at all\n-- headgate:upgrade\n");
    CHECK(problems_of(text) == Lines{});
}

TEST_CASE("a marker ends the header without a blank line") {
    CHECK(problems_of("-- headgate:revision\n-- revision = \"a\"\n-- headgate:upgrade\n") == Lines{});
}

TEST_CASE("a file without a header is an error that shows one") {
    for (const std::string text :
         {"", " \n\t\n", "-- only a comment\n", "SELECT 1;\n", "-- headgate:upgrade\nSELECT 1;\n",
          "SELECT 1;\n-- headgate:revision\n-- revision = \"a\"\n"}) {
        INFO(text);
        CHECK(problems_of(text) == Lines{"1: the file has no headgate header"});
        CHECK(hint_of(text).contains("-- headgate:revision\n-- revision = "));
    }
}

TEST_CASE("a licence that is never closed is named") {
    CHECK(problems_of("\n/* licence\n") == Lines{"2: a comment that begins here is never closed"});
}

namespace {

std::string describe(const toml::Document& document) {
    std::string text;
    for (const toml::Entry& entry : document.entries) {
        text += std::format("{} {}:{} {} ", entry.key, entry.spot.line, entry.spot.column, toml::type_name(entry));
        if (const auto* string = std::get_if<std::string>(&entry.value)) text += *string;
        if (const auto* date = std::get_if<toml::DateTime>(&entry.value)) text += date->text;
        if (const auto* flag = std::get_if<bool>(&entry.value)) text += *flag ? "true" : "false";
        text += "\n";
    }
    return text;
}

}  // namespace

TEST_CASE("a plain header is read as the TOML library reads it") {
    const std::string text =
        "revision = \"a1\"\nmessage=\"grün # 'x'\" # said\n\n# alone\n  breaking\t=  true\ncreate_date = "
        "2026-11-23T10:00:00Z\n";
    const auto plain = parse_plain_header(text, 2);
    REQUIRE(plain);
    CHECK(describe(*plain) == describe(toml::parse_document(text, "r.sql", 2)));
}

TEST_CASE("whatever the plain reader takes, the TOML library takes in the same way") {
    const std::vector<std::string> pieces = {"a",
                                             "b-c",
                                             " = ",
                                             "=",
                                             "\"",
                                             "x",
                                             "\\n",
                                             "#",
                                             "true",
                                             "\n",
                                             "\r\n",
                                             "\r",
                                             "\t",
                                             "'",
                                             "[",
                                             "]",
                                             "ü",
                                             "\x01",
                                             "2026-02-28T23:59:59Z",
                                             "2026-02-30T00:00:00Z",
                                             "2026-13-01T00:00:00Z",
                                             "false",
                                             "1",
                                             ".",
                                             "\"s\"",
                                             " "};
    const unsigned seed = std::random_device()();
    INFO("seed " << seed);
    std::minstd_rand random(seed);
    int taken = 0;
    for (int round = 0; round < 20'000; ++round) {
        std::string text;
        for (auto count = random() % 12; count > 0; --count) text += pieces[random() % pieces.size()];
        const auto plain = parse_plain_header(text, 1);
        if (!plain) continue;
        INFO(text);
        CHECK(describe(*plain) == describe(toml::parse_document(text, "")));
        ++taken;
    }
    CHECK(taken > 100);
}

}  // namespace headgate::revision
