// SPDX-License-Identifier: Apache-2.0
#include "entrypoint/output.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <format>
#include <string>

#include "base/error.hpp"

namespace headgate::entrypoint {

void print_line(std::string_view line) {
    const auto text = std::string(line) + "\n";
    if (std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0) return;
    throw base::Error(base::ErrorKind::io_failed, std::format("cannot write to stdout: {}", std::strerror(errno)));
}

}  // namespace headgate::entrypoint
