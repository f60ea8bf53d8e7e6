// SPDX-License-Identifier: Apache-2.0
// COPY's data, in both directions, while a step runs. All of it waits in the step's watch; false: the connection is
// lost, or a server that was told to stop takes nothing more.
#pragma once

#include <optional>
#include <string_view>

#include "database/postgres/handles.hpp"
#include "database/postgres/step_watch.hpp"

namespace headgate::database::postgres {

// Sends what libpq holds back, and reads meanwhile: two sides that both only send wait for each other.
bool flush_watched(PGconn* connection, StepWatch& watch);

// Answers a COPY FROM STDIN. No data: the COPY is made to fail.
bool send_copy_data(PGconn* connection, StepWatch& watch, std::optional<std::string_view> data);

// Of a COPY TO STDOUT nothing is kept.
bool drop_copy_data(PGconn* connection, StepWatch& watch);

}  // namespace headgate::database::postgres
