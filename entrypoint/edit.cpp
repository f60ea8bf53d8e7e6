// SPDX-License-Identifier: Apache-2.0
// headgate edit REV: open a revision's file in $EDITOR.
#include "entrypoint/named_revisions.hpp"
#include "entrypoint/revision_making.hpp"
#include "entrypoint/table.hpp"
#include "entrypoint/workspace.hpp"

namespace headgate::entrypoint {

namespace {

Outcome edit(const Context& context) {
    const auto graph = load_graph(context, dialect_of_files(context));
    for (const auto* revision : find_named_revisions(context, graph)) open_in_editor(context, revision->path);
    return ExitCode::done;
}

}  // namespace

const Command edit_command{
    .name = "edit",
    .summary = "open a revision's file in $EDITOR",
    .options = {},
    .positional = {Positional::Count::one, "revision", "head, heads, current, a revision or its first characters"},
    .takes = Takes::no_server,
    .run = edit,
};

}  // namespace headgate::entrypoint
