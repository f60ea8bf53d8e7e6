// SPDX-License-Identifier: Apache-2.0
#include "base/text.hpp"

#include <array>
#include <set>

#include <catch2/catch_test_macros.hpp>

#include "base/sha256.hpp"

using namespace headgate::base;
using namespace std::literals;

TEST_CASE("valid UTF-8 of every length is accepted") {
    CHECK_FALSE(find_invalid_utf8("plain, é, €, 𝄞, \u00a0"));
    CHECK_FALSE(find_invalid_utf8(""));
    CHECK_FALSE(find_invalid_utf8("\xEF\xBB\xBFwith a byte order mark"));
}

TEST_CASE("what is not UTF-8 is found where it starts") {
    CHECK(find_invalid_utf8("ab\xFF") == 2);
    CHECK(find_invalid_utf8("ab\0c"sv) == 2);           // NUL
    CHECK(find_invalid_utf8("\xC0\xAF") == 0);          // overlong
    CHECK(find_invalid_utf8("\xE0\x80\x80") == 0);      // overlong
    CHECK(find_invalid_utf8("\xED\xA0\x80") == 0);      // surrogate
    CHECK(find_invalid_utf8("\xF4\x90\x80\x80") == 0);  // above U+10FFFF
    CHECK(find_invalid_utf8("x\xE2\x82") == 1);         // cut
    CHECK(find_invalid_utf8("\x80") == 0);              // continuation alone
}

TEST_CASE("the nearest word is offered only for what looks like a typing mistake") {
    constexpr std::array known{"revision"sv, "down_revision"sv, "message"sv};
    CHECK(find_nearest("revison", known) == "revision");
    CHECK(find_nearest("down_revison", known) == "down_revision");
    CHECK(find_nearest("Message", known) == "message");
    CHECK_FALSE(find_nearest("author", known));
}

TEST_CASE("random ids are twelve digits and not the same") {
    std::set<std::string> ids;
    for (int i = 0; i < 100; ++i) {
        const auto id = make_random_id();
        CHECK(id.size() == 12);
        CHECK(id.find_first_not_of("0123456789abcdef") == std::string::npos);
        ids.insert(id);
    }
    CHECK(ids.size() == 100);
}

TEST_CASE("text is trimmed, split and joined") {
    CHECK(trim(" \t a b \r\n") == "a b");
    CHECK(trim(" \n").empty());
    CHECK(split_at("a,,b", ',') == std::vector{"a"sv, ""sv, "b"sv});
    CHECK(split_at("", ',') == std::vector{""sv});
    const std::vector parts{"a"s, "b"s};
    CHECK(join(parts, ", ") == "a, b");
}

TEST_CASE("durations are rendered for people") {
    CHECK(render_duration(850) == "850 ms");
    CHECK(render_duration(3'249) == "3.2 s");
    CHECK(render_duration(250'000) == "4 min 10 s");
}

TEST_CASE("SHA-256 gives the digests of FIPS 180-4's examples, again and again") {
    Sha256 hash;
    for (int i = 0; i < 2; ++i) {
        hash.add("ab");
        hash.add("c");
        CHECK(hash.finish() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        CHECK(hash.finish() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }
}
