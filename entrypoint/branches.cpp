// SPDX-License-Identifier: Apache-2.0
// headgate branches: the revisions that more than one follows, and what follows them.
#include <ranges>

#include <nlohmann/json.hpp>

#include "entrypoint/output.hpp"
#include "entrypoint/revision_lines.hpp"
#include "entrypoint/table.hpp"
#include "entrypoint/workspace.hpp"

namespace headgate::entrypoint {

namespace {

std::vector<const revision::Revision*> find_branch_points(const revision::Graph& graph) {
    std::vector<const revision::Revision*> found;
    for (const auto& revision : graph.in_order() | std::views::reverse) {
        if (graph.is_branch_point(revision)) found.push_back(&revision);
    }
    return found;
}

void print_json(const revision::Graph& graph) {
    auto list = nlohmann::ordered_json::array();
    for (const auto* revision : find_branch_points(graph)) {
        list.push_back(to_json(graph, *revision));
        for (const auto* child : graph.successors_of(*revision)) list.back()["branches_into"].push_back(child->id);
    }
    print_line(list.dump(2));
}

Outcome branches(const Context& context) {
    const auto graph = load_graph(context, dialect_of_files(context));
    if (context.arguments.has("json")) {
        print_json(graph);
        return ExitCode::done;
    }
    const RevisionLines lines(graph);
    using enum RevisionLines::Detail;
    const auto detail = context.arguments.has("verbose") ? full : brief;
    for (const auto* revision : find_branch_points(graph)) {
        print_line(lines.branch_point(*revision, detail));
    }
    return ExitCode::done;
}

}  // namespace

const Command branches_command{
    .name = "branches",
    .summary = "print the revisions where the history branches",
    .options = {{"-v,--verbose", "", "print each in full, and the messages of what follows"}, json_option},
    .positional = {},
    .takes = Takes::no_server,
    .run = branches,
};

}  // namespace headgate::entrypoint
