// SPDX-License-Identifier: Apache-2.0
// headgate revision -m TEXT: start a new revision, on the head or where --head says.
#include "base/error.hpp"
#include "entrypoint/revision_making.hpp"
#include "entrypoint/table.hpp"
#include "entrypoint/workspace.hpp"
#include "plan/places.hpp"

namespace headgate::entrypoint {

namespace {

using base::Error;
using base::ErrorKind;

std::string find_message(const Context& context) {
    const auto message = context.arguments.find("message");
    if (message && !base::trim(*message).empty()) return *message;
    throw Error(ErrorKind::usage, "a revision needs a message")
        .with_hint("headgate revision -m \"add email to users\"");
}

plan::Goals single_head(const revision::Graph& graph) {
    auto heads = graph.heads();
    if (heads.size() < 2) return heads;
    auto error = revision::Graph::several_heads_error(heads);
    error.hint = "say which one the revision is based on with --head ID, or " + error.hint;
    throw error;
}

Outcome make_revision(const Context& context) {
    const auto message = find_message(context);
    const auto graph = load_graph(context, dialect_of_files(context));
    const auto given = context.arguments.find("head");
    const auto parents = given ? plan::find_goals(graph, {}, plan::parse_target(*given)) : single_head(graph);
    make_revision_file(context, graph, parents, message);
    return ExitCode::done;
}

}  // namespace

const Command revision_command{
    .name = "revision",
    .summary = "start a new revision file",
    .options = with_making_options({{"-m,--message", "TEXT", "what the revision does"},
                                    {"--head", "REV", "what it comes after, instead of the only head; base: nothing"}}),
    .positional = {},
    .takes = Takes::no_server,
    .run = make_revision,
};

}  // namespace headgate::entrypoint
