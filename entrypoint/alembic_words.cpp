// SPDX-License-Identifier: Apache-2.0
#include "entrypoint/alembic_words.hpp"

#include <algorithm>
#include <array>

namespace headgate::entrypoint {

namespace {

struct Word {
    std::string_view command;  // empty: any
    std::string_view word;
    std::string_view instead;
};

constexpr std::string_view nothing_to_compare =
    "headgate has no models to compare with: headgate revision -m TEXT, then write the SQL";
constexpr std::string_view config_file = "the settings file is --config FILE, headgate.toml where none is named";
constexpr std::string_view quiet = "--log-level error logs nothing else";
constexpr std::string_view one_set = "one settings file has one set of settings: --config FILE names another";
constexpr std::string_view no_traceback = "an error names file, line and what to do; there is no traceback to show";
constexpr std::string_view no_environment = "a tag is for Alembic's env.py; -x KEY=VALUE reaches a step";

constexpr auto words = std::to_array<Word>({
    {"revision", "--autogenerate", nothing_to_compare},
    {"check", "--autogenerate", nothing_to_compare},
    {"revision", "--sql", "a revision is SQL already; upgrade --sql shows what a run would send"},
    {"revision", "--version-path", "there is one folder: --migrations FOLDER"},
    {"", "ensure_version", "the first upgrade, stamp or adopt makes the ledger"},
    {"", "list_templates", "there are no templates: headgate init, then headgate revision -m TEXT"},
    {"", "--tag", no_environment},
    {"", "--raiseerr", no_traceback},
    {"", "-c", config_file},
    {"", "-n", one_set},
    {"", "--name", one_set},
    {"", "-q", quiet},
    {"", "--quiet", quiet},
});

}  // namespace

std::optional<std::string_view> find_instead(std::string_view command, std::string_view word) {
    const auto* found = std::ranges::find_if(words, [&](const Word& known) {
        return known.word == word && (known.command.empty() || known.command == command);
    });
    if (found != words.end()) return found->instead;
    if (command == "init" && !word.starts_with('-')) return "the folder is named by headgate init --migrations FOLDER";
    return std::nullopt;
}

}  // namespace headgate::entrypoint
