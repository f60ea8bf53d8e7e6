// SPDX-License-Identifier: Apache-2.0
#include "gate/alembic_beside.hpp"

#include <format>

namespace headgate::gate {

namespace {

constexpr std::string_view environment = R"(from alembic import context
from sqlalchemy import create_engine, pool
engine = create_engine(context.config.get_main_option("sqlalchemy.url"), poolclass=pool.NullPool)
with engine.connect() as connection:
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
)";

std::string python_list(const std::string& down_revision) {
    if (down_revision.empty()) return "None";
    return down_revision.starts_with('[') ? down_revision : "\"" + down_revision + "\"";
}

std::string body(const std::string& sql) {
    return sql.empty() ? "pass" : std::format("op.execute(\"\"\"{}\"\"\")", sql);
}

std::string sqlalchemy_url(std::string url) {
    if (url.starts_with("postgresql://")) url.replace(0, url.find(':'), "postgresql+psycopg2");
    std::string escaped;  // ini files know "%(name)s"
    for (const char byte : url) escaped += byte == '%' ? "%%" : std::string(1, byte);
    return escaped;
}

}  // namespace

AlembicBeside::AlembicBeside(const Database& database) {
    support::require_program("alembic");
    support::write_file(
        folder_ / "alembic.ini",
        std::format("[alembic]\nscript_location = scripts\nsqlalchemy.url = {}\n", sqlalchemy_url(database.url())));
    support::write_file(folder_ / "scripts/env.py", environment);
    std::filesystem::create_directories(folder_ / "scripts/versions");
}

void AlembicBeside::add(const std::string& revision, const std::string& down_revision, const std::string& upgrade,
                        const std::string& downgrade) const {
    support::write_file(folder_ / ("scripts/versions/" + revision + ".py"),
                        std::format("from alembic import op\nrevision = \"{}\"\ndown_revision = {}\nbranch_labels = "
                                    "None\ndepends_on = None\ndef upgrade(): {}\ndef downgrade(): {}\n",
                                    revision, python_list(down_revision), body(upgrade), body(downgrade)));
}

Outcome AlembicBeside::run(std::vector<std::string> arguments) const {
    return support::run_program({.executable = "alembic",
                                 .arguments = std::move(arguments),
                                 .environment = {{"PYTHONDONTWRITEBYTECODE", "1"}, {"PYTHONWARNINGS", "ignore"}},
                                 .folder = folder_.path()});
}

void keep_alembic_version(const Project& project) {
    support::write_file(project.folder() / "headgate.toml", "[alembic]\nversion_table = \"alembic_version\"\n");
}

std::string versions_of(const Database& database) {
    if (!database.has_table("alembic_version")) return "no table";
    std::string joined;
    for (const auto& row : database.rows("SELECT version_num FROM alembic_version ORDER BY 1;")) {
        joined += (joined.empty() ? "" : ",") + row.at(0);
    }
    return joined;
}

}  // namespace headgate::gate
