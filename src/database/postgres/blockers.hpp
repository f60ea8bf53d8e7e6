// SPDX-License-Identifier: Apache-2.0
// Asks, on another session than the step's, who keeps the step waiting and how far its index build is. The step's
// backend is found by the tag of its message: its number is not known behind a connection pooler.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "database/blocker.hpp"

// libpq's PGconn, so that the pure parts do without its header.
struct pg_conn;

namespace headgate::database::postgres {

struct Sight {
    std::optional<Blocker> blocker;
    std::optional<base::Milliseconds> waited;  // by the server's clock; PostgreSQL 13 does not know it
    std::optional<BuildPhase> phase;
};

// One statement; no row where the step is not at work. `server_version` as libpq numbers it.
std::string make_sight_query(std::string_view tag, int server_version);

// Throws as exchange does. What the role may not see is left empty.
Sight look_at_step(pg_conn* connection, const std::string& query, base::Stop stop);

// One line of at most about a hundred characters. Literals are left out: a password may be among them.
std::string shorten_query(std::string_view query);

}  // namespace headgate::database::postgres
