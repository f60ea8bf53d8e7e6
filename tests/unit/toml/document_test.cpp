// SPDX-License-Identifier: Apache-2.0
#include "toml/document.hpp"

#include <format>
#include <optional>
#include <string>

#include <catch2/catch_test_macros.hpp>

#include "base/error.hpp"

namespace headgate::toml {

namespace {

template <typename Type>
Type value_of(const Document& document, std::string_view key) {
    const auto* entry = document.find(key);
    REQUIRE(entry != nullptr);
    REQUIRE(std::holds_alternative<Type>(entry->value));
    return std::get<Type>(entry->value);
}

base::Error error_of(std::string_view text, std::size_t first_line = 1) {
    try {
        parse_document(text, "some.toml", first_line);
    } catch (const base::Error& error) {
        return error;
    }
    FAIL("accepted: " << text);
    return {base::ErrorKind::internal, ""};
}

base::SourceSpot spot(std::size_t line, std::size_t column) {
    return {"some.toml", line, column};
}

}  // namespace

TEST_CASE("A revision's header gives its values and where each stands") {
    const auto document = parse_document(
        "revision = \"9f3c1a7be204\"\n"
        "down_revision = [\"a1\", \"b2\"]   # a merge\n"
        "create_date = 2026-11-23T10:00:00Z\n"
        "transaction = false\n",
        "some.toml", 2);
    REQUIRE(document.entries.size() == 4);
    CHECK(value_of<std::string>(document, "revision") == "9f3c1a7be204");
    CHECK(value_of<Array>(document, "down_revision") == Array{"a1", "b2"});
    CHECK(value_of<DateTime>(document, "create_date").text == "2026-11-23T10:00:00Z");
    CHECK(value_of<bool>(document, "transaction") == false);
    CHECK(document.find("revision")->spot == spot(2, 12));
    CHECK(document.find("down_revision")->spot == spot(3, 17));
    CHECK(document.find("create_date")->spot == spot(4, 15));
    CHECK(document.find("message") == nullptr);
}

TEST_CASE("Numbers keep their type") {
    const auto document = parse_document("a = -12\nb = 1.5\nc = 0x10\n", "some.toml");
    CHECK(value_of<std::int64_t>(document, "a") == -12);
    CHECK(value_of<double>(document, "b") == 1.5);
    CHECK(value_of<std::int64_t>(document, "c") == 16);
}

TEST_CASE("Every date-time form is given as the file has it") {
    for (const std::string text : {"2026-11-23T10:00:00Z", "2026-11-23 10:00:00.123456789+02:00", "2026-11-23T10:00:00",
                                   "2026-11-23", "10:00:00.5"}) {
        const auto document = parse_document(std::format("at = {}  # now\n", text), "some.toml");
        CHECK(value_of<DateTime>(document, "at").text == text);
    }
}

TEST_CASE("Keys of tables are dotted and entries stand in the order of the file") {
    const auto document = parse_document("b.x = 1\na = 2\nb.y = 3\n[alembic]\nversion_table = \"v\"\n", "some.toml");
    std::string keys;
    for (const auto& entry : document.entries) keys += entry.key + " ";
    CHECK(keys == "b.x a b.y alembic.version_table ");
    CHECK(document.find("alembic.version_table")->spot == spot(5, 17));
}

TEST_CASE("An inline table is a table, and one inside another is an error") {
    CHECK(value_of<std::string>(parse_document("a = {b = \"c\"}\n", "some.toml"), "a.b") == "c");
    const auto error = error_of("a = {b = {c = 1}}\n");
    CHECK(error.message == "inline tables must not be nested");
    CHECK(error.spot == spot(1, 10));
}

TEST_CASE("Columns count characters and not bytes") {
    const auto document = parse_document("n = 1\n\"größe\" = \"ä\"\n", "some.toml");
    CHECK(document.find("größe")->spot == spot(2, 11));
    CHECK(error_of("a = \"äöü\" b\n").spot == spot(1, 11));
}

TEST_CASE("Windows line ends and a missing last line end are normal") {
    const auto document = parse_document("a = \"x\"\r\n\r\nb = \"y\"", "some.toml");
    CHECK(value_of<std::string>(document, "a") == "x");
    CHECK(value_of<std::string>(document, "b") == "y");
    CHECK(document.find("b")->spot == spot(3, 5));
}

TEST_CASE("An empty text and one of comments hold nothing") {
    CHECK(parse_document("", "some.toml").entries.empty());
    CHECK(parse_document("\n# nothing\n  \n", "some.toml").entries.empty());
}

TEST_CASE("A syntax error names its line and column and shows the line") {
    const auto error = error_of("revision = \"a\"\nmessage = hello\n", 10);
    CHECK(error.kind == base::ErrorKind::bad_configuration);
    CHECK(error.message.starts_with("not valid TOML: "));
    CHECK_FALSE(error.message.contains("toml::"));
    CHECK(error.spot == spot(11, 11));
    CHECK(error.excerpt.contains("message = hello"));
}

TEST_CASE("What headgate's files never hold is an error with its place") {
    struct Case {
        std::string text;
        base::SourceSpot place;
    };
    for (const auto& [text, place] : {
             Case{"a = [1, 2]\n", spot(1, 6)},
             Case{"a = [\"x\", 2]\n", spot(1, 11)},
             Case{"a = [\"x\", [\"y\"]]\n", spot(1, 11)},
             Case{"b = 1\n\n[[table]]\nx = 1\n", spot(3, 1)},
             Case{"\"a.b\" = 1\n", spot(1, 9)},
         }) {
        INFO(text);
        CHECK(error_of(text).spot == place);
    }
}

TEST_CASE("Broken texts are errors and never crashes") {
    for (const std::string text : {"a",
                                   "a =",
                                   "= 1",
                                   "[",
                                   "[a",
                                   "[]",
                                   "a = \"",
                                   "a = '''",
                                   "a = 1 2",
                                   "a = 99999999999999999999",
                                   "a = 2026-13-01",
                                   "a = 1\na = 2",
                                   "a.b = 1\na = 2",
                                   "[a]\n[a]",
                                   "a = \"\\q\"",
                                   "a = {b = 1",
                                   "a = [",
                                   "\r",
                                   "a = \"\xff\"",
                                   "a = \x01"}) {
        INFO(text);
        CHECK(error_of(text).kind == base::ErrorKind::bad_configuration);
    }
    CHECK(error_of(std::string("a = \"x\0y\"", 9)).spot.line == 1);
}

TEST_CASE("Deep nesting is an error and does not exhaust the stack") {
    CHECK(error_of("a = " + std::string(100'000, '[')).message == "brackets are nested too deeply");
    CHECK(error_of("a = " + std::string(100'000, '{')).message == "brackets are nested too deeply");
    std::string dotted = "a";
    for (int level = 0; level < 20'000; ++level) dotted += ".a";
    CHECK(error_of(dotted + " = 1").message == "keys are nested too deeply");
}

TEST_CASE("A fault in nested arrays before a line with a bracket does not exhaust the stack") {
    CHECK(error_of("a = [\n[[3[\n[ b = 1").spot.line == 2);
    CHECK(error_of("a = [[[3[[[\"x\"\n[[ b = 1\nc = [[[[2[\n[[ d = 1\n").spot.line == 1);
    CHECK(error_of("a = {b = [[3[\n[ b = {").spot.line == 1);
}

TEST_CASE("A value's type has a name for messages") {
    const auto document = parse_document("a=\"\"\nb=1\nc=1.0\nd=true\ne=2026-01-01\nf=[]\n", "some.toml");
    std::string names;
    for (const auto& entry : document.entries) names.append(type_name(entry)).append(", ");
    CHECK(names == "a string, an integer, a number, a boolean, a date-time, an array of strings, ");
}

}  // namespace headgate::toml
