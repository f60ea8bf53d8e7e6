// SPDX-License-Identifier: Apache-2.0
// Processes as the kernel tells of them, and programs in namespaces of their own: as PID 1, with other clocks, without
// a network. What unshare makes ends with the program.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "support/program.hpp"

namespace headgate::support {

// `first` begins it: {"env", "-i"} gives `env -i headgate …`.
Program begun_by(std::vector<std::string> first, Program program);
// `unshare OPTIONS… program …`; in a user namespace, too, where we are not root.
Program unshared(std::vector<std::string> options, Program program);
// The program is PID 1 of its own process namespace.
Program as_first_process(Program program);

struct Process {
    pid_t pid = -1;
    pid_t parent = -1;
    std::string name;  // at most 15 bytes of it
    char state = '?';  // Z: ended and not reaped
};
// All processes of this machine that can be seen.
std::vector<Process> list_processes();
std::vector<Process> children_of(pid_t parent);
// The process of this name among `root` and those below it; -1: there is none.
pid_t find_below(pid_t root, std::string_view name);
// The same, waited for. Throws std::runtime_error where it does not come.
pid_t wait_for_process(pid_t root, std::string_view name);
// A field of /proc/PID/status, such as "SigCgt".
std::string status_field(pid_t pid, std::string_view field);

}  // namespace headgate::support
