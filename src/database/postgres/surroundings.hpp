// SPDX-License-Identifier: Apache-2.0
// Looks around in a database that has no ledger, or an empty one: tables, other ledgers, other tools' histories. What
// may not be read is taken as being there: a wrong "nothing here" would run a history a second time.
#pragma once

#include <string>

#include "database/connection.hpp"
#include "database/postgres/handles.hpp"

namespace headgate::database::postgres {

// `schema` is the ledger's; `versions` is Alembic's table, qualified, where headgate itself keeps it: that is nobody's.
// Throws only where the Stop comes first or the connection is lost.
Surroundings look_around(PGconn* connection, const std::string& schema, const std::string& versions, base::Stop stop);

}  // namespace headgate::database::postgres
