// SPDX-License-Identifier: Apache-2.0
// Asks the server to give up what a session does, from the same thread and without blocking.
#pragma once

#include "base/stop.hpp"
#include "database/postgres/handles.hpp"

namespace headgate::database::postgres {

// False: the request could not be delivered. True says only that the server has it: what becomes of the statement is
// in the session's own answer.
bool request_cancel(PGconn* connection, base::Stop stop);

}  // namespace headgate::database::postgres
