// SPDX-License-Identifier: Apache-2.0
// Reads one revision file: TOML header in comment lines, then sections (docs: README, "Revision files").
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "revision/revision.hpp"
#include "sql/script.hpp"

namespace headgate::revision {

struct ParsedFile {
    std::optional<Revision> revision;  // none where the faults leave nothing to go on with
    std::vector<base::Problem> problems;
};

// Finds every fault of the file, not only the first. `path` is only for messages and for Revision::path.
ParsedFile parse_revision(std::string_view text, const std::filesystem::path& path, base::DialectId dialect);

// The section as it is run: read again from the file, outermost BEGIN/COMMIT and \restrict lines left out.
// Throws Error(bad_revisions) where the file is no longer what `revision` was read from.
sql::Script read_script(const Revision& revision, Direction direction, base::DialectId dialect);

}  // namespace headgate::revision
