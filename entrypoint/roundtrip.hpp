// SPDX-License-Identifier: Apache-2.0
// check --roundtrip: which scratch database, and what came of it.
#pragma once

#include <string>
#include <vector>

#include "entrypoint/command.hpp"
#include "revision/graph.hpp"
#include "settings/settings.hpp"

namespace headgate::entrypoint {

// The settings with the database of --scratch-url in place of the one that is named. Outlives its context.
class ScratchSettings {
public:
    explicit ScratchSettings(const Context& context);
    Context context() const;

private:
    const Context& outer_;
    settings::Sources sources_;
    settings::Settings settings_;
};

// The database of --scratch-url has to be empty; without it a new one is made, beside the named one or in a temporary
// file, that is gone afterwards. Gives what is wrong, one line each; what could not be tried is logged.
std::vector<std::string> try_roundtrip(const Context& scratch_context, const revision::Graph& graph);

}  // namespace headgate::entrypoint
