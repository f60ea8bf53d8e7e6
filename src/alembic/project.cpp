// SPDX-License-Identifier: Apache-2.0
#include "alembic/project.hpp"

#include <algorithm>
#include <format>
#include <string_view>

#include <nlohmann/json.hpp>
#include <unistd.h>

#include "alembic/offline_script.hpp"
#include "base/error.hpp"
#include "base/text.hpp"

namespace headgate::alembic {

namespace {

using base::Error;
using base::ErrorKind;
using nlohmann::json;

constexpr std::size_t lines_shown = 25;
constexpr std::string_view url_variable = "DATABASE_URL=";

std::optional<std::string> find_variable(const process::Environment& environment, std::string_view name_and_equals) {
    for (const auto& entry : environment) {
        if (entry.starts_with(name_and_equals)) return entry.substr(name_and_equals.size());
    }
    return std::nullopt;
}

std::string last_lines(std::string_view text) {
    text = base::trim(text);
    auto lines = base::split_at(text, '\n');
    if (lines.size() > lines_shown) lines.erase(lines.begin(), lines.end() - lines_shown);
    return base::join(std::vector<std::string>(lines.begin(), lines.end()), "\n");
}

// What is no JSON was written past offline.py, by something that keeps the descriptor.
std::vector<json> parse_answers(std::string_view text) {
    std::vector<json> answers;
    for (const auto line : base::split_at(text, '\n')) {
        auto answer = json::parse(line, nullptr, false);
        if (answer.is_object()) answers.push_back(std::move(answer));
    }
    return answers;
}

process::Environment environment_for(const Project& project, const json& job) {
    auto environment = project.environment;
    std::erase_if(environment, [](const std::string& entry) { return entry.starts_with(url_variable); });
    environment.push_back(std::string(url_variable) + job.at("url").get<std::string>());
    return environment;
}

process::ChildResult run_python(const Project& project, const json& job, base::Stop stop) try {
    return process::run_child({.arguments = {project.python, "-B", "-c", offline_script, job.dump()},
                               .environment = environment_for(project, job)},
                              stop);
} catch (const Error& error) {
    if (error.kind != ErrorKind::not_found && error.kind != ErrorKind::not_executable) throw;
    throw Error(ErrorKind::bad_configuration, std::format("the Python \"{}\" cannot be run", project.python))
        .with_hint("activate the project's environment, or name its Python: --python .venv/bin/python");
}

Error fault_error(const Project& project, const json& answer) {
    const auto fault = answer["fault"].get<std::string>();
    const auto text = answer["text"].get<std::string>();
    if (fault == "no_alembic") {
        return Error(ErrorKind::bad_configuration, std::format("{} has no Alembic: {}", project.python, text))
            .with_hint("activate the project's environment, or name its Python: --python .venv/bin/python");
    }
    if (fault == "env") {
        return Error(ErrorKind::bad_revisions, std::format("the project's env.py fails offline: {}", text))
            .with_hint(
                "it has to pass what `alembic upgrade head --sql` passes; headgate gives it a DATABASE_URL that "
                "leads nowhere, and -x KEY=VALUE reaches it too");
    }
    if (fault == "config") {
        return Error(ErrorKind::bad_revisions, std::format("Alembic cannot read the project: {}", text))
            .with_hint(
                "call it in the folder of alembic.ini, or name the file: -c path/to/alembic.ini; pyproject.toml alone "
                "wants Alembic 1.16");
    }
    return Error(ErrorKind::bad_revisions, std::format("Alembic cannot load the revisions: {}", text))
        .with_hint("mend the file, or move it out of the versions folder; nothing was written");
}

}  // namespace

const json* Answers::last_with(const char* key) const {
    const auto found =
        std::ranges::find_if(lines.rbegin(), lines.rend(), [&](const json& line) { return line.contains(key); });
    return found == lines.rend() ? nullptr : &*found;
}

std::string find_python(const process::Environment& environment, const std::filesystem::path& folder) {
    std::vector<std::filesystem::path> places;
    if (const auto active = find_variable(environment, "VIRTUAL_ENV="); active && !active->empty())
        places.emplace_back(*active);
    places.push_back(folder / ".venv");
    places.push_back(folder / "venv");
    for (const auto& place : places) {
        const auto python = place / "bin" / "python";
        if (access(python.c_str(), X_OK) == 0) return python.string();
    }
    return "python3";
}

Answers ask(const Project& project, const json& job, base::Stop stop) {
    auto asked = job;
    asked["alembic_arguments"] = project.alembic_arguments;
    const auto result = run_python(project, asked, stop.within(project.time_limit));
    Answers answers{parse_answers(result.out), result.end, result.status, last_lines(result.err)};
    if (const auto* fault = answers.last_with("fault")) throw fault_error(project, *fault).with_detail(answers.err);
    return answers;
}

std::string make_offline_url(const process::Environment& environment, base::DialectId dialect) {
    std::string scheme(base::name_of(dialect));
    if (const auto given = find_variable(environment, url_variable)) {
        const auto named = given->substr(0, given->find("://"));
        if (base::find_dialect(named.substr(0, named.find('+'))) == dialect) scheme = named;
    }
    return dialect == base::DialectId::sqlite ? scheme + "://" : scheme + "://headgate@headgate-import.invalid/offline";
}

}  // namespace headgate::alembic
