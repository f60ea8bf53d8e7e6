// SPDX-License-Identifier: Apache-2.0
// Flags, environment and headgate.toml become Settings: typed values, each with where it came from.
// Flags win over environment, environment over headgate.toml, that over the defaults. No network.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/dialect_id.hpp"
#include "base/secret.hpp"
#include "base/stop.hpp"

namespace headgate::settings {

// A value as it was given, and by what: "--wait-timeout", "HEADGATE_WAIT_TIMEOUT", "headgate.toml:3", "default".
struct Given {
    std::string value;
    std::string origin;
};

struct Sources {
    std::map<std::string, std::string> flags;        // by definition name, only those that were given
    std::map<std::string, std::string> environment;  // the whole environment
    std::filesystem::path file = "headgate.toml";    // absent is fine, unless `file_is_required`
    bool file_is_required = false;
};

enum class ChangedFile { fail, warn };
enum class DatabaseAhead { warn, fail, allow };
enum class Mode { migrate, wait, off };
enum class LogFormat { text, json };
enum class Identity { none, azure };

struct Settings {
    std::optional<base::Secret> database_url;            // none: nothing names a database
    std::optional<base::DialectId> database_url_is_for;  // as App Service's variable says, for an ADO.NET string
    bool is_database_url_from_file = false;              // a mounted secret: it may be another one the next time
    std::vector<std::string> password_command;
    Identity identity = Identity::none;
    std::string identity_client_id;
    base::Milliseconds password_timeout{};
    base::Milliseconds login_timeout{};
    std::filesystem::path migrations;
    std::vector<std::string> dialects;
    std::string file_template;
    std::string target;
    base::Milliseconds wait_timeout{};
    base::Milliseconds gate_timeout{};
    base::Milliseconds lock_timeout{};
    base::Milliseconds retry_timeout{};
    std::optional<base::Milliseconds> deadline;
    std::string role;
    std::string ledger_schema;
    std::vector<std::string> reader_roles;
    std::string alembic_version_table;  // empty: Alembic's table is nobody's business
    std::string alembic_version_table_schema;
    ChangedFile changed_file = ChangedFile::fail;
    DatabaseAhead database_ahead = DatabaseAhead::warn;
    Mode mode = Mode::migrate;
    LogFormat log_format = LogFormat::text;
    std::string log_level;
    std::string image_label;
    std::map<std::string, Given, std::less<>> given;  // every definition's value and origin; secrets redacted
};

// Throws Error(bad_configuration) naming the source (file, line and column for headgate.toml; an unknown key names the
// nearest known one). An empty variable is unset. X together with X_FILE is an error; X_FILE is read here, one
// trailing newline left out. Unknown HEADGATE_ variables are ignored.
Settings read_settings(const Sources& sources);

// "250ms", "2s", "8min", "1h", "90" (seconds). Throws Error(bad_configuration).
base::Milliseconds parse_duration(std::string_view text, std::string_view setting);

}  // namespace headgate::settings
