// SPDX-License-Identifier: Apache-2.0
// headgate heads: the revisions that are parent of none.
#include <vector>

#include <nlohmann/json.hpp>

#include "entrypoint/output.hpp"
#include "entrypoint/revision_lines.hpp"
#include "entrypoint/table.hpp"
#include "entrypoint/workspace.hpp"

namespace headgate::entrypoint {

namespace {

Outcome heads(const Context& context) {
    const auto graph = load_graph(context, dialect_of_files(context));
    auto chosen = graph.heads();
    if (context.arguments.has("resolve-dependencies")) {
        std::erase_if(chosen, [&](const auto* head) { return !graph.is_effective_head(*head); });
    }
    if (context.arguments.has("json")) {
        auto list = nlohmann::ordered_json::array();
        for (const auto* head : chosen) list.push_back(to_json(graph, *head));
        print_line(list.dump(2));
        return ExitCode::done;
    }
    const RevisionLines lines(graph);
    for (const auto* head : chosen) {
        print_line(context.arguments.has("verbose") ? lines.details(*head) : lines.head(*head));
    }
    return ExitCode::done;
}

}  // namespace

const Command heads_command{
    .name = "heads",
    .summary = "print the revisions that nothing follows",
    .options = {{"-v,--verbose", "", "print each revision in full"},
                {"--resolve-dependencies", "", "leave out heads that other revisions depend on"},
                json_option},
    .positional = {},
    .takes = Takes::no_server,
    .run = heads,
};

}  // namespace headgate::entrypoint
