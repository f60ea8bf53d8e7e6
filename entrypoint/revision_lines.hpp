// SPDX-License-Identifier: Apache-2.0
// How a revision is printed: Alembic's lines for people, one JSON object for machines.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "revision/graph.hpp"

namespace headgate::entrypoint {

// "1975ea83b712 -> 9f3c1a7be204 (head), add email_verified to users"; "<base>" for no parent.
std::string render_line(const revision::Graph& graph, const revision::Revision& revision, bool is_current = false);

// "(head) (branchpoint) (mergepoint)", each with a space before it.
std::string render_marks(const revision::Graph& graph, const revision::Revision& revision, bool is_current = false);

// Several lines: Rev, Parent, Path, message.
std::string render_details(const revision::Graph& graph, const revision::Revision& revision);

// Where a database is: "9f3c1a7be204, c416a9f8e27b", or "base".
std::string render_heads(const std::vector<std::string>& heads);

nlohmann::ordered_json to_json(const revision::Graph& graph, const revision::Revision& revision);

}  // namespace headgate::entrypoint
