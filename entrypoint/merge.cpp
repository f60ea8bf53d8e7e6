// SPDX-License-Identifier: Apache-2.0
// headgate merge REV…: a new revision that joins branches.
#include <algorithm>
#include <format>

#include "base/error.hpp"
#include "entrypoint/revision_making.hpp"
#include "entrypoint/table.hpp"
#include "entrypoint/workspace.hpp"
#include "plan/places.hpp"

namespace headgate::entrypoint {

namespace {

plan::Goals find_parents(const Context& context, const revision::Graph& graph) {
    auto names = context.arguments.positionals;
    if (names.empty()) names = {"heads"};
    plan::Goals parents;
    for (const auto& name : names) {
        for (const auto* goal : plan::find_goals(graph, {}, plan::parse_target(name))) {
            if (!std::ranges::contains(parents, goal)) parents.push_back(goal);
        }
    }
    if (parents.size() > 1) return parents;
    throw base::Error(base::ErrorKind::usage, std::format("a merge joins two revisions or more, and \"{}\" names {}",
                                                          base::join(names, " "), parents.size()))
        .with_hint("headgate heads lists what there is to join");
}

std::string default_message(const plan::Goals& parents) {
    std::string ids;
    for (const auto* parent : parents) ids += std::format("{}{}", ids.empty() ? "" : " and ", parent->id);
    return "merge " + ids;
}

Outcome merge(const Context& context) {
    const auto graph = load_graph(context, dialect_of_files(context));
    const auto parents = find_parents(context, graph);
    make_revision_file(context, graph, parents, context.arguments.find("message").value_or(default_message(parents)));
    return ExitCode::done;
}

}  // namespace

const Command merge_command{
    .name = "merge",
    .summary = "join branches with a new revision file",
    .options = with_making_options({{"-m,--message", "TEXT", "what the revision does"}}),
    .positional = {Positional::Count::any, "revisions", "what to join; all heads where none is named"},
    .takes = Takes::no_server,
    .run = merge,
};

}  // namespace headgate::entrypoint
