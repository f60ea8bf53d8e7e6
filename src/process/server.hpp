// SPDX-License-Identifier: Apache-2.0
// The server that headgate becomes: found before anything is migrated, executed after everything is.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace headgate::process {

// The environment of a program, "NAME=value" each.
using Environment = std::vector<std::string>;
Environment current_environment();

// A path with a slash as it is; else looked up in PATH as execvp does. Throws Error(not_found) or
// Error(not_executable) with what was looked at.
std::filesystem::path find_program(const std::string& name);

// This very program, also where its file was replaced meanwhile; where /proc is not mounted, the path it was begun by.
std::filesystem::path find_own_program();

// Becomes the program: closes every descriptor from 3 up, then execve. argv[0] is as the caller wrote it.
// Comes back only by throwing Error(not_executable) or Error(not_found).
[[noreturn]] void become(const std::filesystem::path& program, const std::vector<std::string>& arguments,
                         const Environment& environment);

}  // namespace headgate::process
