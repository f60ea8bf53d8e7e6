// SPDX-License-Identifier: Apache-2.0
#include "base/error.hpp"

#include <format>

#include <catch2/catch_test_macros.hpp>

#include "base/secret.hpp"

using namespace headgate::base;

TEST_CASE("a place is found by line and by column in characters") {
    const std::string_view text = "one\nzwölf drei\n";
    CHECK(locate("f.sql", text, 0, 1) == SourceSpot{"f.sql", 1, 1});
    CHECK(locate("f.sql", text, text.find("drei"), 1) == SourceSpot{"f.sql", 2, 7});
    CHECK(locate("f.sql", text, text.find("drei"), 10) == SourceSpot{"f.sql", 11, 7});
    CHECK(locate("f.sql", text, 1000, 1) == SourceSpot{"f.sql", 3, 1});
    CHECK(render_spot({"f.sql", 2, 7}) == "f.sql:2:7");
    CHECK(render_spot({"f.sql", 2, 0}) == "f.sql:2");
    CHECK(render_spot({"f.sql", 0, 0}) == "f.sql");
    CHECK(render_spot({}).empty());
}

TEST_CASE("the caret stands under its place") {
    CHECK(render_excerpt("SELECT 1;\nSELECT x;\n", 17) == "SELECT x;\n       ^");
    CHECK(render_excerpt("größe falsch", std::string_view("größe falsch").find("falsch")) == "größe falsch\n      ^");
    CHECK(render_excerpt("\tSELECT x;\r\n", 8) == "\tSELECT x;\n\t       ^");
    CHECK(render_excerpt("", 0) == "\n^");
    CHECK(render_excerpt("a\n", 500) == "\n^");
}

TEST_CASE("a line of a megabyte is cut around the caret") {
    std::string text(1'000'000, 'x');
    text[500'000] = '!';
    const auto excerpt = render_excerpt(text, 500'000);
    CHECK(excerpt.size() < 600);
    CHECK(excerpt.contains('!'));
    const auto newline = excerpt.find('\n');
    // The mark "…" before the text is one column wide, three bytes long.
    CHECK(excerpt.find('!') - 2 == excerpt.find('^') - newline - 1);
}

TEST_CASE("a secret is never formatted") {
    const Secret secret("hunter2");
    CHECK(std::format("{}", secret) == "***");
    CHECK(std::format("{:>5}", secret) == "  ***");
}
