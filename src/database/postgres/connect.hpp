// SPDX-License-Identifier: Apache-2.0
// Opens a session: every host of the URL in order, every address of a host, without ever blocking elsewhere than in
// the Stop. The session is logged in, speaks UTF-8 and belongs to a server that headgate can work with.
#pragma once

#include "database/driver.hpp"
#include "database/postgres/handles.hpp"

namespace headgate::database::postgres {

// Throws as Driver::connect says.
OwnedConnection open_session(const url::DatabaseUrl& url, const ConnectOptions& options, base::Stop stop);

}  // namespace headgate::database::postgres
