// SPDX-License-Identifier: Apache-2.0
// headgate import alembic: revision files from a project that Alembic manages today.
#include "alembic/import.hpp"

#include <format>
#include <set>

#include "base/error.hpp"
#include "base/text.hpp"
#include "entrypoint/drivers.hpp"
#include "entrypoint/login.hpp"
#include "entrypoint/output.hpp"
#include "entrypoint/table.hpp"

namespace headgate::entrypoint {

namespace {

using base::Error;
using base::ErrorKind;

constexpr auto default_time_limit = "60s";

base::DialectId parse_dialect(const std::string& name) {
    if (const auto* driver = find_driver(name)) return driver->dialect;
    throw Error(ErrorKind::usage, std::format("\"{}\" is no dialect that can be imported", name))
        .with_hint("--dialect postgresql, --dialect sqlite, or both");
}

std::set<base::DialectId> choose_dialects(const Context& context) {
    std::set<base::DialectId> dialects;
    for (const auto& name : context.arguments.all("dialect")) dialects.insert(parse_dialect(name));
    if (dialects.empty() && context.settings.database_url) {
        dialects.insert(parse_dialect(std::string(base::name_of(read_database_url(context.sources).dialect))));
    }
    if (dialects.empty()) {
        throw Error(ErrorKind::usage, "for which database?")
            .with_hint("--dialect postgresql, --dialect sqlite, or both");
    }
    return dialects;
}

alembic::Project make_project(const Context& context) {
    const auto& given = context.arguments;
    alembic::Project project;
    project.environment = process::current_environment();
    const auto ini = given.find("ini");
    if (ini) project.alembic_arguments.insert(project.alembic_arguments.end(), {"-c", *ini});
    if (const auto section = given.find("section"))
        project.alembic_arguments.insert(project.alembic_arguments.end(), {"-n", *section});
    for (const auto& pair : given.all("x"))
        project.alembic_arguments.insert(project.alembic_arguments.end(), {"-x", pair});
    const auto folder = std::filesystem::path(ini.value_or("")).parent_path();
    project.python = given.find("python").value_or(alembic::find_python(project.environment, folder));
    project.time_limit =
        settings::parse_duration(given.find("time-limit").value_or(default_time_limit), "--time-limit");
    return project;
}

void print_result(const alembic::Report& report, const std::filesystem::path& folder) {
    print_line(base::trim(alembic::render_report(report)));
    const auto holes = report.count(alembic::Finding::Kind::hole);
    print_line(std::format("\n{}: {} revisions{}", folder.string(), report.revisions,
                           holes == 0 ? ", all complete" : std::format(", {} sections to be finished", holes)));
}

Outcome import_history(const Context& context) {
    if (context.arguments.positionals.front() != "alembic") {
        throw Error(ErrorKind::usage, std::format("\"{}\" cannot be imported", context.arguments.positionals.front()))
            .with_hint("headgate import alembic");
    }
    context.phase = base::Phase::files;
    const auto& folder = context.settings.migrations;
    const auto dialects = choose_dialects(context);
    const auto project = make_project(context);
    print_result(alembic::import_project(project, dialects, folder, context.stop), folder);
    return ExitCode::done;
}

}  // namespace

const Command import_command{
    .name = "import",
    .summary = "make revision files from an Alembic project, without touching a database",
    .options = {{"--dialect", "NAME", "postgresql or sqlite; repeatable. Default: that of the database URL"},
                {"-c,--ini", "FILE", "Alembic's own configuration file"},
                {"-n,--section", "NAME", "its section, as alembic -n"},
                {"-x", "KEY=VALUE", "for env.py, as alembic -x; repeatable"},
                {"--python", "FILE", "the Python that has the project's Alembic"},
                {"--time-limit", "DURATION", "for one run of Python; default 60s"}},
    .positional = {Positional::Count::one, "tool", "alembic"},
    .takes = Takes::no_server,
    .run = import_history,
};

}  // namespace headgate::entrypoint
