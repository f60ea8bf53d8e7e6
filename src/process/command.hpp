// SPDX-License-Identifier: Apache-2.0
// A helper program of the user's that is asked for one line, such as a password: run without a shell, in a process
// group of its own, under a Stop. Nothing of it is left when the call comes back, however it ends.
#pragma once

#include <string>
#include <vector>

#include "base/stop.hpp"

namespace headgate::process {

enum class CommandEnd { exited, by_signal, too_long, out_of_time };

struct CommandResult {
    CommandEnd end = CommandEnd::exited;
    int status = 0;          // exit code, or the signal's number
    std::string first_line;  // of its standard output, without its line end
};

// Standard input is empty, what it says on standard error is dropped (it may be secret), its environment is ours. At
// the stop's deadline, and where it writes more than 64 KiB, it is killed with all that it started. Throws
// Error(interrupted) for a signal, Error(not_found) or Error(not_executable) where the program cannot be run.
CommandResult run_command(const std::vector<std::string>& command, base::Stop stop);

}  // namespace headgate::process
