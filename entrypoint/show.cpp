// SPDX-License-Identifier: Apache-2.0
// headgate show REV: one revision in full.
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "entrypoint/output.hpp"
#include "entrypoint/revision_lines.hpp"
#include "entrypoint/table.hpp"
#include "entrypoint/workspace.hpp"

namespace headgate::entrypoint {

namespace {

const revision::Revision& find_revision(const revision::Graph& graph, const std::string& name) {
    if (name != "head") return graph.resolve(name);
    if (const auto* head = graph.single_head()) return *head;
    throw base::Error(base::ErrorKind::usage, "there is no head: the migrations folder is empty");
}

Outcome show(const Context& context) {
    const auto graph = load_graph(context, dialect_of_files(context));
    const auto& revision = find_revision(graph, context.arguments.positionals.front());
    print_line(context.arguments.has("json") ? to_json(graph, revision).dump(2) : render_details(graph, revision));
    return ExitCode::done;
}

}  // namespace

const Command show_command{
    .name = "show",
    .summary = "print one revision in full",
    .options = {json_option},
    .positional = {Positional::Count::one, "revision", "head, a revision or its first characters"},
    .takes = Takes::no_server,
    .run = show,
};

}  // namespace headgate::entrypoint
