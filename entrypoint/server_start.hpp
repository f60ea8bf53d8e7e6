// SPDX-License-Identifier: Apache-2.0
// The server of run and wait: found before the database is looked at, and handed back to main to become it.
#pragma once

#include "entrypoint/command.hpp"

namespace headgate::entrypoint {

// Throws Error(not_found) or Error(not_executable). The environment is ours without what is headgate's own.
ServerStart find_server(const Context& context);

// HEADGATE_MODE=off, for run and wait.
void note_gate_off(base::EventLog& log);

// The last words before main becomes the server; a signal that came meanwhile still ends us.
Outcome start_server(const Context& context, ServerStart server);

}  // namespace headgate::entrypoint
