// SPDX-License-Identifier: Apache-2.0
// headgate heads: the revisions that are parent of none.
#include <format>

#include <nlohmann/json.hpp>

#include "entrypoint/output.hpp"
#include "entrypoint/revision_lines.hpp"
#include "entrypoint/table.hpp"
#include "entrypoint/workspace.hpp"

namespace headgate::entrypoint {

namespace {

Outcome heads(const Context& context) {
    const auto graph = load_graph(context, dialect_of_files(context));
    if (context.arguments.has("json")) {
        auto list = nlohmann::ordered_json::array();
        for (const auto* head : graph.heads()) list.push_back(to_json(graph, *head));
        print_line(list.dump(2));
        return ExitCode::done;
    }
    for (const auto* head : graph.heads()) print_line(std::format("{} (head)", head->id));
    return ExitCode::done;
}

}  // namespace

const Command heads_command{
    .name = "heads",
    .summary = "print the revisions that nothing follows",
    .options = {json_option},
    .positional = {},
    .takes = Takes::no_server,
    .run = heads,
};

}  // namespace headgate::entrypoint
