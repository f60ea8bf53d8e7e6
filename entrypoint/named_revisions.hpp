// SPDX-License-Identifier: Apache-2.0
// The revisions that the first word of a command names: show, edit.
#pragma once

#include "entrypoint/command.hpp"
#include "plan/places.hpp"

namespace headgate::entrypoint {

// Any target; the database is asked only for one that counts from it. Throws Error(usage) where it names none.
plan::Goals find_named_revisions(const Context& context, const revision::Graph& graph);

}  // namespace headgate::entrypoint
