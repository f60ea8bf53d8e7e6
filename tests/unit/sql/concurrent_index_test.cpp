// SPDX-License-Identifier: Apache-2.0
#include "sql/concurrent_index.hpp"

#include <catch2/catch_test_macros.hpp>

using headgate::sql::ConcurrentIndex;
using headgate::sql::read_concurrent_index;

TEST_CASE("a concurrent build names its index as the catalog has it, and its table as it is written") {
    const auto index =
        read_concurrent_index("CREATE UNIQUE INDEX /* now */ CONCURRENTLY Items_N ON ONLY public.\"Items\" (n)");
    REQUIRE(index);
    CHECK(index->action == ConcurrentIndex::Action::create);
    CHECK(index->name == "items_n");
    CHECK(index->table == "public.\"Items\"");
    CHECK(read_concurrent_index("create index concurrently if not exists \"A \"\"b\"\"\" on t using gin (n)")->name ==
          "A \"b\"");
    CHECK(read_concurrent_index("create index concurrently if not exists a on t using gin (n)")->table == "t");
}

TEST_CASE("a build without a name has none, whatever follows") {
    CHECK(read_concurrent_index("CREATE INDEX CONCURRENTLY ON items (n)")->name.empty());
    CHECK(read_concurrent_index("CREATE INDEX CONCURRENTLY U&\"a\" ON items (n)")->name.empty());
}

TEST_CASE("a concurrent drop names its index as it is written") {
    const auto index = read_concurrent_index("DROP INDEX CONCURRENTLY IF EXISTS other.\"I\" CASCADE");
    REQUIRE(index);
    CHECK(index->action == ConcurrentIndex::Action::drop);
    CHECK(index->name == "other.\"I\"");
}

TEST_CASE("other statements are neither") {
    for (const auto* text :
         {"CREATE INDEX a ON b (c)", "DROP INDEX a", "REINDEX INDEX CONCURRENTLY a", "SELECT 1", "", "CREATE"}) {
        CAPTURE(text);
        CHECK_FALSE(read_concurrent_index(text));
    }
}
