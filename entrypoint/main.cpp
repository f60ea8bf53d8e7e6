// SPDX-License-Identifier: Apache-2.0
// headgate opens the gate to a server only when its database is at head. This is the whole story:
#include <cstdlib>
#include <string>
#include <variant>
#include <vector>

#include "entrypoint/first_process.hpp"
#include "entrypoint/program.hpp"
#include "entrypoint/static_runtime.hpp"

int main(int argc, char** argv) {
    using namespace headgate::entrypoint;
    const std::vector<std::string> arguments(argv, argv + argc);
    if (is_init(arguments)) return run_init(arguments);
    start_static_runtime();
    const auto ending = run_program(arguments);
    if (const auto* status = std::get_if<int>(&ending)) return *status;
    return become_server(std::get<ServerStart>(ending));
}
