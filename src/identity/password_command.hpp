// SPDX-License-Identifier: Apache-2.0
// The setting password_command: a program that prints a short-lived password, such as a cloud's command line tool.
#pragma once

#include <string>
#include <vector>

#include "base/secret.hpp"
#include "base/stop.hpp"

namespace headgate::identity {

// Throws Error(unreachable) where the command fails, says nothing or is not done within `at_most`: the next attempt may
// do better. Error(interrupted) for a signal; Error(bad_configuration) where there is no such program. What it wrote is
// in no message.
base::Secret ask_command(const std::vector<std::string>& command, base::Milliseconds at_most, base::Stop stop);

}  // namespace headgate::identity
