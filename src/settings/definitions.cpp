// SPDX-License-Identifier: Apache-2.0
#include "settings/definitions.hpp"

#include <algorithm>
#include <array>
#include <format>
#include <vector>

#include "base/error.hpp"
#include "base/text.hpp"

namespace headgate::settings {

namespace {

constexpr auto all = std::to_array<Definition>({
    {"database_url", ValueKind::secret_url, "", "",
     "The database: a SQLAlchemy, postgresql:// or sqlite:/// URL, or a libpq or ADO.NET connection string."},
    {"connection_string_name", ValueKind::text, "", "",
     "The name of the App Service connection string to use, where nothing else names a database and there are "
     "several."},
    {"password_command", ValueKind::command, "", "",
     "A command whose first line of output is the password, asked for at every connection attempt."},
    {"identity", ValueKind::choice, "", "azure",
     "Whose access token is the password: azure, the managed identity of App Service."},
    {"identity_client_id", ValueKind::text, "", "",
     "The client id of a user-assigned managed identity; else it is the system-assigned one."},
    {"password_timeout", ValueKind::duration, "20s", "",
     "How long password_command or the managed identity may take to answer."},
    {"login_timeout", ValueKind::duration, "90s", "",
     "How long a refused login is tried again where its password comes from a file, a command or an identity."},
    {"migrations", ValueKind::path, "migrations", "", "The folder with the revision files."},
    {"dialects", ValueKind::list, "", "",
     "The dialects that the files are written for, separated by commas (postgresql, sqlite); check looks at each. Else "
     "it is that of the database."},
    {"file_template", ValueKind::text, "%(year)d%(month).2d%(day).2d_%(hour).2d%(minute).2d_%(rev)s_%(slug)s", "",
     "How new revision files are named, with the tokens of Alembic's file_template."},
    {"target", ValueKind::text, "head", "", "Where run and upgrade go to: head, heads, a revision or its id's prefix."},
    {"mode", ValueKind::choice, "migrate", "migrate|wait|off",
     "What run does before it becomes the server: migrate, only wait for somebody else's migration, or nothing."},
    {"wait_timeout", ValueKind::duration, "60s", "", "How long to wait for the database to answer."},
    {"gate_timeout", ValueKind::duration, "8min", "", "How long to wait for another gate that migrates."},
    {"lock_timeout", ValueKind::duration, "2s", "",
     "How long a statement of a step waits for a lock before the step is rolled back and tried again."},
    {"retry_timeout", ValueKind::duration, "5min", "",
     "How long a step is tried again when it does not get its locks."},
    {"deadline", ValueKind::duration, "", "",
     "The time for the whole run; on App Service its own limit less startup_reserve."},
    {"startup_reserve", ValueKind::duration, "60s", "",
     "On App Service: the part of its limit that is left to the server."},
    {"role", ValueKind::text, "", "",
     "The role that every step runs as (SET LOCAL ROLE), so that it owns what is made."},
    {"ledger_schema", ValueKind::text, "", "",
     "The schema of headgate's own tables; else the first of the search_path that exists."},
    {"reader_roles", ValueKind::list, "", "", "Roles that may read the ledger, separated by commas."},
    {"alembic.version_table", ValueKind::text, "", "",
     "Alembic's own table, usually alembic_version: kept valid in every step, so that Alembic can go on where headgate "
     "stops."},
    {"alembic.version_table_schema", ValueKind::text, "", "",
     "The schema of that table; else where the role's search_path finds it."},
    {"changed_file", ValueKind::choice, "fail", "fail|warn",
     "What to do about an applied revision whose file was changed afterwards."},
    {"database_ahead", ValueKind::choice, "warn", "warn|fail|allow",
     "What to do about a database that has revisions this image does not know."},
    {"image_label", ValueKind::text, "", "", "A name for this image, kept in the ledger and in the log."},
    {"log_format", ValueKind::choice, "", "text|json",
     "How the log looks; JSON on Kubernetes and App Service, text elsewhere."},
    {"log_level", ValueKind::choice, "info", "debug|info|warning|error", "The least important events that are logged."},
});

constexpr std::string_view variable_prefix = "HEADGATE_";

std::string_view without_file(std::string_view variable) {
    if (variable.ends_with("_FILE")) variable.remove_suffix(5);
    return variable;
}

}  // namespace

std::span<const Definition> definitions() {
    return all;
}

const Definition& definition_of(std::string_view name) {
    const auto* found = std::ranges::find(all, name, &Definition::name);
    if (found == all.end()) throw base::Error(base::ErrorKind::internal, std::format("no setting is named {}", name));
    return *found;
}

std::string flag_of(const Definition& definition) {
    std::string flag = "--";
    flag += definition.name;
    std::ranges::replace_if(flag, [](char byte) { return byte == '_' || byte == '.'; }, '-');
    return flag;
}

std::string variable_of(const Definition& definition) {
    std::string variable(variable_prefix);
    for (const char byte : definition.name) {
        const bool is_small = byte >= 'a' && byte <= 'z';
        variable += is_small ? static_cast<char>(byte - 'a' + 'A') : byte == '.' ? '_' : byte;
    }
    return variable;
}

bool is_headgate_variable(std::string_view name) {
    return std::ranges::contains(all, without_file(name), variable_of);
}

std::optional<std::string> find_similar_variable(std::string_view name) {
    if (!name.starts_with(variable_prefix) || is_headgate_variable(name)) return std::nullopt;
    std::vector<std::string> endings;
    for (const auto& definition : all) endings.push_back(variable_of(definition).substr(variable_prefix.size()));
    const std::vector<std::string_view> candidates(endings.begin(), endings.end());
    const auto nearest = base::find_nearest(without_file(name).substr(variable_prefix.size()), candidates);
    if (!nearest) return std::nullopt;
    return std::string(variable_prefix) + *nearest;
}

}  // namespace headgate::settings
