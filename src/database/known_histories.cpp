// SPDX-License-Identifier: Apache-2.0
#include "database/known_histories.hpp"

#include <array>

namespace headgate::database {

namespace {

constexpr std::array histories{
    KnownHistory{"alembic_version", "version_num", "alembic"},
    KnownHistory{"schema_migrations", "dirty", "golang-migrate"},
    KnownHistory{"schema_migrations", "version", "dbmate or Rails"},
    KnownHistory{"goose_db_version", "version_id", "goose"},
    KnownHistory{"flyway_schema_history", "installed_rank", "Flyway"},
    KnownHistory{"_sqlx_migrations", "checksum", "sqlx"},
    KnownHistory{"__diesel_schema_migrations", "version", "diesel"},
    KnownHistory{"_prisma_migrations", "migration_name", "Prisma"},
    KnownHistory{"refinery_schema_history", "checksum", "refinery"},
    KnownHistory{"schema_version", "version", "tern"},
    KnownHistory{"pgmigrations", "run_on", "node-pg-migrate"},
    KnownHistory{"databasechangelog", "md5sum", "Liquibase"},
    KnownHistory{"atlas_schema_revisions", "version", "Atlas"},
    KnownHistory{"gorp_migrations", "applied_at", "sql-migrate"},
    KnownHistory{"knex_migrations", "migration_time", "Knex"},
    KnownHistory{"django_migrations", "applied", "Django"},
};

}  // namespace

std::span<const KnownHistory> known_histories() {
    return histories;
}

}  // namespace headgate::database
