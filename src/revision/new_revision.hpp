// SPDX-License-Identifier: Apache-2.0
// A new revision file, as headgate revision -m writes it: the header, and empty sections to fill in.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

namespace headgate::revision {

struct NewRevision {
    std::string id;
    std::vector<std::string> down_revisions;  // two or more for a merge
    std::string message;
    std::chrono::sys_seconds create_date;
};

// "20261123_1000_9f3c1a7be204_add_email_verified.sql"; the time is in UTC.
std::string file_name_of(const NewRevision& revision);

std::string render_new_revision(const NewRevision& revision);

// Writes the file into `folder` and gives its path. Throws Error(cannot_create), where the file is there already too;
// then nothing was changed.
std::filesystem::path write_new_revision(const std::filesystem::path& folder, const NewRevision& revision);

}  // namespace headgate::revision
