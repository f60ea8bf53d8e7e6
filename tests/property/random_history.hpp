// SPDX-License-Identifier: Apache-2.0
// Random histories with several bases, branches, merges, labels and dependencies, and their files for both tools.
#pragma once

#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include "revision/revision.hpp"

namespace headgate::property {

using Random = std::mt19937;

inline std::size_t below(Random& random, std::size_t limit) {
    return random() % limit;
}

inline bool happens(Random& random, unsigned percent) {
    return random() % 100 < percent;
}

// Parents before children; ids, down_revisions, depends_on (ids or labels), branch_labels and dates are set.
std::vector<revision::Revision> make_history(Random& random);

// folder/headgate/*.sql
void write_for_headgate(const std::vector<revision::Revision>& history, const std::filesystem::path& folder);
// folder/alembic/versions/*.py
void write_for_alembic(const std::vector<revision::Revision>& history, const std::filesystem::path& folder);

}  // namespace headgate::property
