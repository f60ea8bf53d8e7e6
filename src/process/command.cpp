// SPDX-License-Identifier: Apache-2.0
#include "process/command.hpp"

#include <algorithm>
#include <utility>

#include "process/child.hpp"

namespace headgate::process {

namespace {

constexpr std::size_t most_output = 64 * 1024;

std::string first_line(std::string output) {
    output.resize(std::min(output.find('\n'), output.size()));
    if (output.ends_with('\r')) output.pop_back();
    return output;
}

}  // namespace

CommandResult run_command(const std::vector<std::string>& command, base::Stop stop) {
    auto result = run_child({command, current_environment(), most_output}, stop);
    switch (result.end) {
        case ChildEnd::exited:
            return {CommandEnd::exited, result.status, first_line(std::move(result.out))};
        case ChildEnd::by_signal:
            return {CommandEnd::by_signal, result.status, first_line(std::move(result.out))};
        case ChildEnd::too_much_output:
            return {CommandEnd::too_long, 0, {}};
        case ChildEnd::out_of_time:
            break;
    }
    return {CommandEnd::out_of_time, 0, {}};
}

}  // namespace headgate::process
