// SPDX-License-Identifier: Apache-2.0
// The history as a picture: in the terminal as `git log --graph` draws it, or as a Mermaid diagram. What a revision
// only depends on is said in words (there) or with a dotted line (here).
#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "revision/graph.hpp"

namespace headgate::entrypoint {

using Revisions = std::vector<const revision::Revision*>;

// `revisions` are newest first; `text_of` gives what stands beside one.
std::vector<std::string> draw_history(const revision::Graph& graph, const Revisions& revisions,
                                      const std::function<std::string(const revision::Revision&)>& text_of);

std::string draw_mermaid(const revision::Graph& graph, const Revisions& revisions,
                         const std::set<std::string>& current);

}  // namespace headgate::entrypoint
