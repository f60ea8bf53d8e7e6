// SPDX-License-Identifier: Apache-2.0
// Which files of a migrations folder are revisions: all *.sql in it and its subfolders, but hidden ones (a mounted
// Kubernetes ConfigMap holds each file a second time in a hidden folder).
#pragma once

#include <filesystem>
#include <vector>

#include "base/error.hpp"

namespace headgate::revision {

struct FileList {
    std::vector<std::filesystem::path> files;  // sorted
    std::vector<base::Problem> problems;       // a subfolder that cannot be read, a folder named like a revision
};

// Throws Error(no_migrations) where `folder` is no folder, or cannot be read.
FileList list_revision_files(const std::filesystem::path& folder);

}  // namespace headgate::revision
