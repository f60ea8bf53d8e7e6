// SPDX-License-Identifier: Apache-2.0
// Results, on stdout. Everything else goes to stderr through the log.
#pragma once

#include <string_view>

namespace headgate::entrypoint {

// Throws Error(io_failed) where stdout cannot be written: a result that nobody got is no success.
void print_line(std::string_view line);

}  // namespace headgate::entrypoint
