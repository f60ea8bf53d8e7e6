// SPDX-License-Identifier: Apache-2.0
// The migrations folder: every *.sql file in it and its subfolders, parsed at once, all faults together.
#pragma once

#include <filesystem>
#include <vector>

#include "base/dialect_id.hpp"
#include "revision/revision.hpp"

namespace headgate::revision {

// Sorted by path. Throws Error(no_migrations) where there is no such folder, Error(bad_revisions) with every
// problem of every file. An empty folder is an empty history.
std::vector<Revision> read_folder(const std::filesystem::path& folder, base::DialectId dialect);

}  // namespace headgate::revision
