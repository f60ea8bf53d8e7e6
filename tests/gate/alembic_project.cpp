// SPDX-License-Identifier: Apache-2.0
#include "gate/alembic_project.hpp"

#include <algorithm>
#include <cstdlib>
#include <format>
#include <stdexcept>

#include "base/text.hpp"

namespace headgate::gate {

namespace {

namespace fs = std::filesystem;

constexpr auto usual_ini = "[alembic]\nscript_location = alembic\nprepend_sys_path = .\n";

constexpr auto usual_env = R"(import os
from alembic import context
from sqlalchemy import create_engine, pool
url = os.environ["DATABASE_URL"]
if context.is_offline_mode():
    context.configure(url=url)
    with context.begin_transaction():
        context.run_migrations()
else:
    with create_engine(url, poolclass=pool.NullPool).connect() as connection:
        context.configure(connection=connection, transaction_per_migration=True)
        with context.begin_transaction():
            context.run_migrations()
)";

std::string indent(const std::string& lines) {
    std::string text;
    for (const auto line : base::split_at(lines, '\n')) text += std::format("    {}\n", line);
    return text;
}

}  // namespace

AlembicProject::AlembicProject() : folder_(std::make_shared<support::TempFolder>()) {
    support::require_program("alembic");
    write("alembic.ini", usual_ini);
    write_env(usual_env);
    fs::create_directories(folder() / "alembic/versions");
}

AlembicProject AlembicProject::example() {
    AlembicProject project;
    const auto source = fs::path(HEADGATE_SOURCE_DIR) / "examples/alembic-project";
    for (const auto* name : {"alembic.ini", "models.py", "alembic"}) {
        fs::copy(source / name, project.folder() / name,
                 fs::copy_options::recursive | fs::copy_options::overwrite_existing);
    }
    return project;
}

void AlembicProject::add(const PythonRevision& revision) const {
    const auto text = std::format(
        "\"\"\"make {0}\n\nCreate Date: 2026-01-02 03:04:05\n\"\"\"\nimport sqlalchemy as sa\nfrom alembic import "
        "op\n{1}\n"
        "revision = '{0}'\ndown_revision = {2}\n\ndef upgrade():\n{3}\ndef downgrade():\n{4}",
        revision.revision, revision.top, revision.down_revision, indent(revision.upgrade), indent(revision.downgrade));
    write(std::format("alembic/versions/{}.py", revision.revision), text);
}

void AlembicProject::write(const fs::path& name, std::string_view text) const {
    support::write_file(folder() / name, text);
}

void AlembicProject::write_env(std::string_view python) const {
    write("alembic/env.py", python);
}

Outcome AlembicProject::alembic(const std::string& url, std::vector<std::string> arguments) const {
    return support::run_program({.executable = "alembic",
                                 .arguments = std::move(arguments),
                                 .environment = {{"DATABASE_URL", url}, {"PYTHONDONTWRITEBYTECODE", "1"}},
                                 .folder = folder(),
                                 .time_limit = Milliseconds{180'000}});
}

Program AlembicProject::headgate(const std::string& url, std::vector<std::string> arguments) const {
    Program program{.executable = HEADGATE_BINARY,
                    .arguments = std::move(arguments),
                    .clear_environment = true,
                    .folder = folder(),
                    .time_limit = Milliseconds{180'000}};
    if (!url.empty()) program.environment["DATABASE_URL"] = url;
    for (const char* name : {"PATH", "TMPDIR", "ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"}) {
        if (const char* value = std::getenv(name)) program.environment[name] = value;
    }
    return program;
}

Outcome AlembicProject::import(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"import", "alembic"});
    return run("", std::move(arguments));
}

std::vector<std::string> AlembicProject::entries() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder())) names.push_back(entry.path().filename().string());
    std::ranges::sort(names);
    return names;
}

fs::path AlembicProject::file_of(std::string_view id) const {
    for (const auto& entry : fs::directory_iterator(migrations())) {
        if (entry.path().filename().string().contains(id)) return entry.path();
    }
    throw std::runtime_error(std::format("no migrations file of {}", id));
}

}  // namespace headgate::gate
