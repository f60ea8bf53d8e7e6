// SPDX-License-Identifier: Apache-2.0
// The table headgate_attempts on PostgreSQL: looked for, read, written. Its owner and its readers are the role of the
// steps. Throws as exchange does; whoever calls takes it as "nothing is known".
#pragma once

#include <string>
#include <vector>

#include "database/failure.hpp"
#include "database/postgres/handles.hpp"
#include "database/postgres/ledger_sql.hpp"

namespace headgate::database::postgres {

struct AttemptsPlace {
    std::string schema;  // the ledger's
    std::string role;    // empty: the login
};

// One round trip, whether or not the table is there; two without plpgsql.
std::vector<Failure> read_attempts(PGconn* connection, const AttemptsPlace& place, Language language, base::Stop stop);

// Makes the table where it is not there yet, and sweeps it.
void write_attempt(PGconn* connection, const AttemptsPlace& place, const Failure& failure, base::Stop stop);
void delete_attempt(PGconn* connection, const AttemptsPlace& place, const std::string& revision, base::Stop stop);

}  // namespace headgate::database::postgres
