// SPDX-License-Identifier: Apache-2.0
// From a DatabaseUrl to the keywords that libpq is given for one attempt at one address. Pure: what the machine says
// (libpq's defaults, certificates) comes in as values.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "database/driver.hpp"
#include "url/database_url.hpp"

namespace headgate::database::postgres {

using Keywords = std::map<std::string, std::string>;

// What libpq would take where the URL is silent: what the service file has for the URL's service (or PGSERVICE's),
// PGHOST, PGUSER, PGSSLMODE …, the operating system user's name.
using Defaults = std::map<std::string, std::string>;
// Throws Error(bad_configuration), for a service that is not defined among others.
Defaults read_defaults(const url::DatabaseUrl& url);

// The machine's certificates, as far as this process can see them.
struct Certificates {
    std::optional<std::filesystem::path> bundle;  // the image's trusted authorities
    bool has_own_root = false;                    // ~/.postgresql/root.crt, libpq's default, is there
};

// Everything but host, hostaddr and port. Throws Error(bad_configuration) where nobody says which user to log in as.
Keywords make_keywords(const url::DatabaseUrl& url, const ConnectOptions& options, const Defaults& defaults,
                       const Certificates& certificates);

// Where to connect to, in order; from the defaults where the URL names no host or port. An empty host is libpq's own
// Unix socket.
std::vector<url::HostPort> list_hosts(const url::DatabaseUrl& url, const Defaults& defaults);

// A folder of Unix sockets, or an abstract one.
bool is_unix_socket(const std::string& host);

// How long one attempt may take: connect_timeout where the URL has one.
base::Milliseconds attempt_time(const url::DatabaseUrl& url);

}  // namespace headgate::database::postgres
