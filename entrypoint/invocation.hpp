// SPDX-License-Identifier: Apache-2.0
// Story, part 1: argv becomes an Invocation. The only file that includes CLI11 is invocation.cpp.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "entrypoint/command.hpp"

namespace headgate::entrypoint {

struct Invocation {
    const Command* command = nullptr;  // null: only `text` is to be printed
    Arguments arguments;
    std::map<std::string, std::string> flags;  // settings that were given as flags, by their name
    std::optional<std::string> config_file;    // --config
    std::string text;                          // --help, --version: for stdout
};

// Throws Error(usage).
Invocation parse_invocation(const std::vector<std::string>& argv);

}  // namespace headgate::entrypoint
