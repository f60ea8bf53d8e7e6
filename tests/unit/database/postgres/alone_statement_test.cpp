// SPDX-License-Identifier: Apache-2.0
#include "database/postgres/alone_statement.hpp"

#include <catch2/catch_test_macros.hpp>

using headgate::database::postgres::AloneNature;
using headgate::database::postgres::nature_of;

TEST_CASE("what can be told afterwards of a statement that ran alone depends on what it is") {
    CHECK(nature_of("CREATE INDEX CONCURRENTLY a ON b (c)") == AloneNature::index_build);
    CHECK(nature_of("DROP INDEX CONCURRENTLY a") == AloneNature::index_drop);
    for (const auto* text : {"VACUUM", "vacuum full a", "REINDEX TABLE a", "CLUSTER", "ALTER SYSTEM SET a = 1"}) {
        CAPTURE(text);
        CHECK(nature_of(text) == AloneNature::repeatable);
    }
    for (const auto* text : {"CREATE DATABASE a", "DROP DATABASE a", "CREATE SUBSCRIPTION a", "CREATE TABLESPACE a"}) {
        CAPTURE(text);
        CHECK(nature_of(text) == AloneNature::atomic);
    }
}

TEST_CASE("of what may commit in its middle, or is not known, nothing is assumed") {
    for (const auto* text :
         {"DO $$ BEGIN COMMIT; END $$", "CALL a()", "REINDEX INDEX CONCURRENTLY a", "REINDEX (CONCURRENTLY) TABLE a",
          "ALTER TABLE a DETACH PARTITION b CONCURRENTLY", "CREATE TABLE a ()", "SOMETHING NEW", ""}) {
        CAPTURE(text);
        CHECK(nature_of(text) == AloneNature::open_ended);
    }
}
