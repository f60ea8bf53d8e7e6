// SPDX-License-Identifier: Apache-2.0
// One message of headgate's own SQL and its answer: waits in the Stop only, and hands over the rows one by one.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "base/stop.hpp"
#include "database/postgres/handles.hpp"

namespace headgate::database::postgres {

// `statement` counts from 0 within the message; `row` holds one row.
using OnRow = std::function<void(std::size_t statement, const PGresult* row)>;

// The connection must be non-blocking. Throws the server's error, translated (its `code` is the SQLSTATE); where the
// Stop comes first, Error(interrupted) or Error(unreachable), and then the connection is of no more use.
void exchange(PGconn* connection, const std::string& message, const OnRow& on_row, base::Stop stop);

// The session is idle, and reads literals as headgate writes them. Throws Error(unreachable) where it is not, and
// cannot be made so. Costs nothing where nothing is wrong: the server reports both settings by itself, also when a
// step's RESET ALL brings a role's own value back.
void make_ready(PGconn* connection, base::Stop stop);

// Sends what libpq holds back. False: the Stop came first. Throws Error(unreachable) where the connection is lost.
bool flush_output(PGconn* connection, base::Stop stop);

}  // namespace headgate::database::postgres
