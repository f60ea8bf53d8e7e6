// SPDX-License-Identifier: Apache-2.0
// The SQL of every revision for one dialect, as the project's Alembic writes it offline.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "alembic/history.hpp"
#include "alembic/project.hpp"
#include "revision/revision.hpp"

namespace headgate::alembic {

struct Rendering {
    std::string sql;                   // with an error: what came before it
    std::optional<std::string> error;  // why it cannot be rendered offline
    bool is_refused = false;           // its author raised NotImplementedError in it
    bool has_autocommit_block = false;
    std::vector<std::string> notes;
};

struct Renderings {
    std::map<std::pair<std::string, revision::Direction>, Rendering> by_revision;  // of all that were asked for
    std::string sent_by_env;  // what env.py sends in every run, which no revision has
};

// One run of Python for all of them. A revision that ends or blocks Python is left behind with an error, and another
// run goes on after it. Throws Error where env.py fails or hangs.
Renderings render_offline(const Project& project, const std::vector<Source>& history, base::DialectId dialect,
                          base::Stop stop);

}  // namespace headgate::alembic
