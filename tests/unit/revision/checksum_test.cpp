// SPDX-License-Identifier: Apache-2.0
#include "revision/checksum.hpp"

#include <catch2/catch_test_macros.hpp>

#include "parsing.hpp"

namespace headgate::revision {

using namespace testing;

namespace {

base::Checksums sums(std::string_view sql, const Revision& revision = {}) {
    return checksums_of(sql, revision, DialectId::postgresql);
}

}  // namespace

TEST_CASE("the raw checksum is SHA-256 of the section's bytes") {
    CHECK(raw_checksum("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(sums("abc").raw == raw_checksum("abc"));
    CHECK(sums("abc").algorithm == 1);
}

TEST_CASE("a change of comments or white space changes the raw checksum alone") {
    const base::Checksums before = sums("SELECT 1;\n");
    const base::Checksums after = sums("select   1 -- one\r\n;");
    CHECK(before.raw != after.raw);
    CHECK(before.tokens == after.tokens);
    CHECK(sums("SELECT 2;\n").tokens != before.tokens);
}

TEST_CASE("the token checksum covers COPY data, parents and the transaction flag") {
    const std::string_view sql = "SELECT 1;";
    Revision revision;
    revision.down_revisions = {"a", "b"};
    const base::Checksums with_parents = sums(sql, revision);
    CHECK(with_parents.tokens != sums(sql).tokens);
    CHECK(with_parents.raw == sums(sql).raw);
    revision.down_revisions = {"b", "a"};
    CHECK(sums(sql, revision).tokens == with_parents.tokens);
    revision.down_revisions = {"ab"};
    CHECK(sums(sql, revision).tokens != with_parents.tokens);
    const Revision child_of_ab = revision;
    revision.transaction = TransactionMode::none;
    CHECK(sums(sql, revision).tokens != sums(sql, child_of_ab).tokens);
    CHECK(sums("COPY t FROM stdin;\n1\n\\.\n").tokens != sums("COPY t FROM stdin;\n2\n\\.\n").tokens);
}

}  // namespace headgate::revision
