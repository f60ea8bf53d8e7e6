// SPDX-License-Identifier: Apache-2.0
#include "sql/checksum_tokens.hpp"

#include <string>

#include <catch2/catch_test_macros.hpp>

namespace headgate::sql {
namespace {

using base::DialectId;

std::string hash(std::string_view text, DialectId dialect) {
    base::Sha256 sha;
    hash_tokens(text, dialect, sha);
    return sha.finish();
}

bool is_same(std::string_view left, std::string_view right, DialectId dialect = DialectId::postgresql) {
    return hash(left, dialect) == hash(right, dialect);
}

}  // namespace

TEST_CASE("comments, white space, line ends and keyword case do not change what a text means", "[checksum]") {
    CHECK(is_same("SELECT 1, a FROM t;", "-- c\nselect\r\n1,A/* d */from T ;\n"));
    CHECK(is_same("\xEF\xBB\xBFSELECT 1E5", "SELECT 1e5"));
    CHECK(is_same("a<-1", "a < - 1"));
    CHECK(is_same("SELECT 1", "SELECT 1", DialectId::sqlite));
}

TEST_CASE("a final semicolon and empty statements do not change what a text means", "[checksum]") {
    CHECK(is_same("SELECT 1", "SELECT 1;"));
    CHECK(is_same("SELECT 1; SELECT 2", ";;SELECT 1;; ;SELECT 2;;-- c\n;"));
    CHECK(is_same("", "; -- c"));
}

TEST_CASE("everything else does", "[checksum]") {
    CHECK_FALSE(is_same("SELECT 1; SELECT 2", "SELECT 1 SELECT 2"));
    CHECK_FALSE(is_same("SELECT 'a'", "SELECT 'A'"));
    CHECK_FALSE(is_same("SELECT 'a b'", "SELECT 'a  b'"));
    CHECK_FALSE(is_same("SELECT 'a\nb'", "SELECT 'a\r\nb'"));
    CHECK_FALSE(is_same("SELECT \"a\"", "SELECT \"A\""));
    CHECK_FALSE(is_same("SELECT \"a\"", "SELECT a"));
    CHECK_FALSE(is_same("SELECT 'a'", "SELECT $$a$$"));
    CHECK_FALSE(is_same("SELECT ab", "SELECT a b"));
    CHECK_FALSE(is_same("SELECT a @- b", "SELECT a @ - b"));
    CHECK_FALSE(is_same("SELECT 1.5", "SELECT 1 .5"));
    CHECK_FALSE(is_same("SELECT 1", "SELECT 2"));
}

TEST_CASE("token lists that join to the same bytes have different hashes", "[checksum]") {
    CHECK_FALSE(is_same("a bc", "ab c"));
    CHECK_FALSE(is_same("w1:a", "a"));
    CHECK_FALSE(is_same("a 1", "a1"));
}

TEST_CASE("COPY data counts byte for byte but for CRLF and the line that ends it", "[checksum]") {
    const std::string_view data = "COPY t FROM stdin;\na\t1\n\\.\n";
    CHECK(is_same(data, "copy T from STDIN ; -- c\r\na\t1\r\n\\.\r\n"));
    CHECK(is_same(data, "COPY t FROM stdin;\na\t1\n\\."));
    CHECK_FALSE(is_same(data, "COPY t FROM stdin;\nA\t1\n\\.\n"));
    CHECK_FALSE(is_same(data, "COPY t FROM stdin;\na 1\n\\.\n"));
    CHECK_FALSE(is_same(data, "COPY t FROM stdin;\na\t1\n\n\\.\n"));
    CHECK_FALSE(is_same(data, "COPY t FROM stdin;\na\t1\r\r\n\\.\n"));
}

}  // namespace headgate::sql
