// SPDX-License-Identifier: Apache-2.0
// A child process whose output we want: run without a shell, in a process group of its own, under a Stop. Nothing of it
// is left when the call comes back, however it ends.
#pragma once

#include <cstddef>
#include <limits>
#include <string>
#include <vector>

#include "base/stop.hpp"
#include "process/server.hpp"

namespace headgate::process {

struct Child {
    std::vector<std::string> arguments;  // the program first, looked up in PATH where it has no slash
    Environment environment;             // the whole of it
    std::size_t most_output = std::numeric_limits<std::size_t>::max();
};

enum class ChildEnd { exited, by_signal, too_much_output, out_of_time };

struct ChildResult {
    ChildEnd end = ChildEnd::exited;
    int status = 0;  // exit code, or the signal's number
    std::string out;
    std::string err;  // the last 64 KiB
};

// Standard input is empty. At the stop's deadline, and where it writes more than it may on standard output, it is
// killed with all that it started, and what it said so far comes back. Throws Error(interrupted) for a signal,
// Error(not_found) or Error(not_executable) where it cannot be run.
ChildResult run_child(const Child& child, base::Stop stop);

}  // namespace headgate::process
