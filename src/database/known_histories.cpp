// SPDX-License-Identifier: Apache-2.0
#include "database/known_histories.hpp"

#include <array>

namespace headgate::database {

namespace {

constexpr std::array histories{
    KnownHistory{"alembic_version", "version_num", "alembic"},
    KnownHistory{"schema_migrations", "dirty", "golang-migrate"},
    KnownHistory{"schema_migrations", "inserted_at", "Ecto"},
    KnownHistory{"schema_migrations", "statements", "Supabase"},
    KnownHistory{"schema_migrations", "version", "dbmate or Rails"},
    KnownHistory{"goose_db_version", "version_id", "goose"},
    KnownHistory{"flyway_schema_history", "installed_rank", "Flyway"},
    KnownHistory{"schema_version", "installed_rank", "Flyway"},
    KnownHistory{"schema_version", "version", "tern"},
    KnownHistory{"_sqlx_migrations", "checksum", "sqlx"},
    KnownHistory{"__diesel_schema_migrations", "version", "diesel"},
    KnownHistory{"_prisma_migrations", "migration_name", "Prisma"},
    KnownHistory{"refinery_schema_history", "checksum", "refinery"},
    KnownHistory{"pgmigrations", "run_on", "node-pg-migrate"},
    KnownHistory{"databasechangelog", "md5sum", "Liquibase"},
    KnownHistory{"changes", "script_hash", "sqitch"},
    KnownHistory{"atlas_schema_revisions", "version", "Atlas"},
    KnownHistory{"gorp_migrations", "applied_at", "sql-migrate"},
    KnownHistory{"django_migrations", "applied", "Django"},
    KnownHistory{"__efmigrationshistory", "migrationid", "EF Core"},
    KnownHistory{"versioninfo", "appliedon", "FluentMigrator"},
    KnownHistory{"schemaversions", "scriptname", "DbUp"},
    KnownHistory{"knex_migrations", "migration_time", "Knex"},
    KnownHistory{"sequelizemeta", "name", "Sequelize"},
    KnownHistory{"mikro_orm_migrations", "executed_at", "MikroORM"},
    KnownHistory{"__drizzle_migrations", "hash", "Drizzle"},
    KnownHistory{"kysely_migration", "timestamp", "Kysely"},
    KnownHistory{"migrations", "batch", "Laravel"},
    KnownHistory{"migrations", "timestamp", "TypeORM"},
    KnownHistory{"migrations", "previous_hash", "graphile-migrate"},
    KnownHistory{"migrations", "executed_at", "postgres-migrations"},
    KnownHistory{"doctrine_migration_versions", "executed_at", "Doctrine"},
    KnownHistory{"phinxlog", "migration_name", "Phinx"},
    KnownHistory{"seaql_migrations", "applied_at", "SeaORM"},
    KnownHistory{"bun_migrations", "migrated_at", "bun"},
    KnownHistory{"_yoyo_migration", "migration_hash", "yoyo"},
    KnownHistory{"migratehistory", "migrated_at", "peewee-migrate"},
    KnownHistory{"aerich", "content", "Aerich"},
    KnownHistory{"play_evolutions", "apply_script", "Play"},
};

}  // namespace

std::span<const KnownHistory> known_histories() {
    return histories;
}

}  // namespace headgate::database
