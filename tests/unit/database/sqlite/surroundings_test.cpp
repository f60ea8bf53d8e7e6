// SPDX-License-Identifier: Apache-2.0
#include "database/sqlite/surroundings.hpp"

#include <catch2/catch_test_macros.hpp>

#include "unit/database/sqlite/file_database.hpp"

using namespace headgate::database;
using namespace headgate::database::sqlite;

namespace {

using Names = std::vector<std::string>;

Names histories_of(const std::string& sql) {
    FileDatabase database(sql);
    return database.connect(Access::read_only)->read_surroundings({}).other_histories;
}

}  // namespace

TEST_CASE("SQLite's own tables and headgate's are no user's tables") {
    FileDatabase database(
        "CREATE TABLE b (id INTEGER PRIMARY KEY AUTOINCREMENT); CREATE TABLE A (x); CREATE VIEW v AS SELECT 1;"
        "CREATE TABLE headgate_ledger (x); ANALYZE; CREATE TABLE sqliteish (x)");
    CHECK(database.connect()->read_surroundings({}).tables == Names{"A", "b", "sqliteish"});
    CHECK(database.connect()->read_surroundings({}).other_objects == Names{"view v"});
}

TEST_CASE("the histories of other tools are told apart by their columns") {
    CHECK(histories_of("CREATE TABLE schema_migrations (version uint64, dirty bool); INSERT INTO schema_migrations "
                       "VALUES (3, 0)") == Names{"schema_migrations (golang-migrate)"});
    CHECK(histories_of("CREATE TABLE schema_migrations (version TEXT); INSERT INTO schema_migrations VALUES ('3')") ==
          Names{"schema_migrations (dbmate or Rails)"});
    CHECK(
        histories_of(
            "CREATE TABLE DATABASECHANGELOG (ID TEXT, MD5SUM TEXT); INSERT INTO DATABASECHANGELOG VALUES ('a', 'b')") ==
        Names{"DATABASECHANGELOG (Liquibase)"});
    CHECK(histories_of(
              "CREATE TABLE goose_db_version (version_id INTEGER); INSERT INTO goose_db_version VALUES (0);"
              "CREATE TABLE _prisma_migrations (migration_name TEXT); INSERT INTO _prisma_migrations VALUES ('a')") ==
          Names{"goose_db_version (goose)", "_prisma_migrations (Prisma)"});
}

TEST_CASE("alembic's heads are named") {
    const std::string table = "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL);";
    CHECK(histories_of(table).empty());
    CHECK(histories_of(table + "INSERT INTO alembic_version VALUES ('1975ea83b712')") ==
          Names{"alembic_version (head 1975ea83b712)"});
    CHECK(histories_of(table + "INSERT INTO alembic_version VALUES ('b'), ('a')") ==
          Names{"alembic_version (heads a, b)"});
}

TEST_CASE("a table that only has the name of a history is none") {
    CHECK(histories_of("CREATE TABLE schema_version (major INTEGER); INSERT INTO schema_version VALUES (1)").empty());
}
