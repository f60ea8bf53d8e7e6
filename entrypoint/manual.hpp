// SPDX-License-Identifier: Apache-2.0
// The manual page, from the tables that --help, README and the program itself are made of.
#pragma once

#include <string>

#include "entrypoint/command.hpp"

namespace headgate::entrypoint {

// In roff, for man(1): `headgate help --man | man -l -`.
std::string render_manual();

// How a command is called: "headgate history [OPTIONS]".
std::string render_usage(const Command& command);

}  // namespace headgate::entrypoint
