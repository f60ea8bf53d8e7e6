// SPDX-License-Identifier: Apache-2.0
// A first process for servers that do not reap: it stays in front of the server, passes signals on, reaps whoever ends,
// and ends as the server did. As PID 1 it is the container's init; elsewhere it is the reaper of the server's family.
#pragma once

#include <optional>

namespace headgate::process {

// Forks. Nothing: this is the child, with the mask and dispositions that we were given, and it is to become the server.
// Else the server has ended, and this is the exit status: its own, or 128 + N where signal N ended it.
// For a process without threads. Throws Error(io_failed) where no process is to be had.
std::optional<int> stay_as_init();

}  // namespace headgate::process
