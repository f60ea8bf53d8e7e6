// SPDX-License-Identifier: Apache-2.0
// headgate config: every setting, its value and where it came from; secrets as ***.
#include <format>

#include <nlohmann/json.hpp>

#include "entrypoint/output.hpp"
#include "entrypoint/table.hpp"
#include "settings/definitions.hpp"

namespace headgate::entrypoint {

namespace {

Outcome config(const Context& context) {
    nlohmann::ordered_json all = nlohmann::ordered_json::object();
    for (const auto& definition : settings::definitions()) {
        const auto& given = context.settings.given.at(std::string(definition.name));
        all[std::string(definition.name)] = {{"value", given.value}, {"origin", given.origin}};
        if (context.arguments.has("json")) continue;
        print_line(
            std::format("{:22} {:40} {}", definition.name, given.value.empty() ? "-" : given.value, given.origin));
    }
    if (context.arguments.has("json")) print_line(all.dump(2));
    return ExitCode::done;
}

}  // namespace

const Command config_command{
    .name = "config",
    .summary = "print every setting, its value and where it came from",
    .options = {json_option},
    .positional = {},
    .takes = Takes::no_server,
    .run = config,
};

}  // namespace headgate::entrypoint
