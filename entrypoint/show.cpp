// SPDX-License-Identifier: Apache-2.0
// headgate show REV: one revision in full.
#include <nlohmann/json.hpp>

#include "entrypoint/named_revisions.hpp"
#include "entrypoint/output.hpp"
#include "entrypoint/revision_lines.hpp"
#include "entrypoint/table.hpp"
#include "entrypoint/workspace.hpp"

namespace headgate::entrypoint {

namespace {

Outcome show(const Context& context) {
    const auto graph = load_graph(context, dialect_of_files(context));
    const RevisionLines lines(graph);
    for (const auto* revision : find_named_revisions(context, graph)) {
        print_line(context.arguments.has("json") ? to_json(graph, *revision).dump(2) : lines.details(*revision));
    }
    return ExitCode::done;
}

}  // namespace

const Command show_command{
    .name = "show",
    .summary = "print one revision in full",
    .options = {json_option},
    .positional = {Positional::Count::one, "revision", "head, heads, current, a revision or its first characters"},
    .takes = Takes::no_server,
    .run = show,
};

}  // namespace headgate::entrypoint
