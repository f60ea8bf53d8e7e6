// SPDX-License-Identifier: Apache-2.0
// What revision and merge have in common: a new file on top of some revisions.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "entrypoint/command.hpp"
#include "revision/graph.hpp"

namespace headgate::entrypoint {

// --rev-id, --branch-label, --depends-on, --splice and -e.
std::vector<Option> with_making_options(std::vector<Option> first);

// Writes the file, prints its path, and opens it with -e. Throws Error(usage) for an id or label that is taken or none,
// and for a parent that is no head, without --splice.
void make_revision_file(const Context& context, const revision::Graph& graph,
                        const std::vector<const revision::Revision*>& parents, const std::string& message);

// Lets the person write in $VISUAL or $EDITOR.
void open_in_editor(const Context& context, const std::filesystem::path& file);

}  // namespace headgate::entrypoint
