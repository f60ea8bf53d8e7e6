// SPDX-License-Identifier: Apache-2.0
// headgate revision -m TEXT: start a new revision on the single head.
#include <chrono>
#include <format>

#include "base/error.hpp"
#include "entrypoint/output.hpp"
#include "entrypoint/table.hpp"
#include "entrypoint/workspace.hpp"
#include "revision/new_revision.hpp"

namespace headgate::entrypoint {

namespace {

using base::Error;
using base::ErrorKind;

std::string choose_id(const Context& context, const revision::Graph& graph) {
    const auto id = context.arguments.find("rev-id").value_or(base::make_random_id());
    if (const auto* taken = graph.find(id)) {
        throw Error(ErrorKind::usage, std::format("revision {} is there already", id)).at({taken->path.string(), 0, 0});
    }
    return id;
}

Outcome make_revision(const Context& context) {
    const auto message = context.arguments.find("message");
    if (!message || base::trim(*message).empty()) {
        throw Error(ErrorKind::usage, "a revision needs a message")
            .with_hint("headgate revision -m \"add email to users\"");
    }
    const auto graph = load_graph(context, dialect_of_files(context));
    revision::NewRevision revision;
    revision.id = choose_id(context, graph);
    revision.message = *message;
    revision.create_date = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    if (const auto* head = graph.single_head()) revision.down_revisions = {head->id};
    print_line(revision::write_new_revision(context.settings.migrations, revision).string());
    return ExitCode::done;
}

}  // namespace

const Command revision_command{
    .name = "revision",
    .summary = "start a new revision file on the head",
    .options = {{"-m,--message", "TEXT", "what the revision does"},
                {"--rev-id", "ID", "its id, instead of a random one"}},
    .positional = {},
    .takes = Takes::no_server,
    .run = make_revision,
};

}  // namespace headgate::entrypoint
