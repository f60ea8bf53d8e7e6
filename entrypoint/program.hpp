// SPDX-License-Identifier: Apache-2.0
// The program from argv to exit status, or to the server: everything of main that can be tested.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "entrypoint/command.hpp"

namespace headgate::entrypoint {

// Runs one command and reports its failure. When it comes back, every scope has been left: nothing is connected, the
// inherited signal mask is back. What is left to do is to exit, or to become the server.
std::variant<int, ServerStart> run_program(const std::vector<std::string>& argv);

// Becomes the server; comes back with an exit status where that failed (and was reported).
int become_server(const ServerStart& server);

// Reports what failed when all scopes have been left; gives the exit status.
int report_at_the_end(const base::Error& error);

}  // namespace headgate::entrypoint
