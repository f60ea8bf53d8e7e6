// SPDX-License-Identifier: Apache-2.0
#include "entrypoint/first_process.hpp"

#include <optional>
#include <utility>

#include "base/error.hpp"
#include "entrypoint/program.hpp"
#include "process/init.hpp"

namespace headgate::entrypoint {

namespace {

// argv[0]; then come the server's program and its arguments. No link to headgate is likely to have this name.
constexpr std::string_view init_name = "headgate: init of";

// What the child becomes; in the parent, the exit status.
std::optional<int> stay() try { return process::stay_as_init(); } catch (const base::Error& error) {
    return report_at_the_end(error);
}

}  // namespace

ServerStart put_under_init(ServerStart server) {
    std::vector<std::string> arguments{std::string(init_name), server.program.string()};
    arguments.insert(arguments.end(), server.arguments.begin(), server.arguments.end());
    return {process::find_own_program(), std::move(arguments), std::move(server.environment)};
}

bool is_init(const std::vector<std::string>& argv) {
    return argv.size() > 2 && argv[0] == init_name;
}

int run_init(const std::vector<std::string>& argv) {
    if (const auto status = stay()) return *status;
    return become_server({argv[1], {argv.begin() + 2, argv.end()}, process::current_environment()});
}

}  // namespace headgate::entrypoint
