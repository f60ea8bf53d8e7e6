// SPDX-License-Identifier: Apache-2.0
// What a person writes to name a database, taken apart: SQLAlchemy URLs, postgres:// URLs, libpq keyword strings
// ("host=… dbname=…"), ADO.NET strings ("Host=…;Database=…") and SQLite paths. Nothing here touches the network or a
// file.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/dialect_id.hpp"
#include "base/secret.hpp"

namespace headgate::url {

struct HostPort {
    std::string host;  // name, IPv4, IPv6 without brackets, or a folder of Unix sockets (starts with '/')
    std::string port;  // empty: the driver's default

    bool operator==(const HostPort&) const = default;
};

struct DatabaseUrl {
    base::DialectId dialect = base::DialectId::sqlite;
    std::vector<HostPort> hosts;  // tried in order; empty for SQLite
    std::string user;
    base::Secret password;
    std::string database;                           // PostgreSQL: the database's name
    std::filesystem::path path;                     // SQLite: the file; empty for a database in memory
    std::map<std::string, std::string> parameters;  // libpq's or SQLite's own names; a driver's private ones are gone
    std::vector<std::string> notes;                 // what was dropped or mapped, for `headgate config`

    // The URL in one spelling, the password (and every parameter that can hold one) as "***".
    std::string render_redacted() const;
};

// Throws Error(bad_configuration). The message never holds any part of `text` that could be a password.
// Passwords may hold '@', ':', '/', '?', '%' and '#' unescaped: the last '@' before the query ends the password
// (the rules: url/authority.hpp); a '%' that is no escape stands for itself.
// `meant` is what is known from elsewhere about an ADO.NET string, which may leave open for which database it is.
DatabaseUrl parse_database_url(std::string_view text, std::optional<base::DialectId> meant = std::nullopt);

}  // namespace headgate::url
