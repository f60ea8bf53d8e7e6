// SPDX-License-Identifier: Apache-2.0
// A new revision file, as headgate revision -m writes it: the header, and empty sections to fill in.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "revision/revision.hpp"

namespace headgate::revision {

struct NewRevision {
    std::string id;
    std::vector<std::string> down_revisions;  // two or more for a merge
    std::string message;
    std::optional<std::chrono::sys_seconds> create_date;  // none: not known, and the file template does not ask
    std::string file_template;  // "%(year)d%(month).2d%(day).2d_%(hour).2d%(minute).2d_%(rev)s_%(slug)s"
    std::vector<std::string> depends_on = {};
    std::vector<std::string> branch_labels = {};
    TransactionMode transaction = TransactionMode::one_transaction;
};

// Of the file template: "20261123_1000_9f3c1a7be204_add_email_verified.sql"; the time is in UTC. Knows the tokens of
// Alembic's file_template. Throws Error(usage) for another.
std::string file_name_of(const NewRevision& revision);

// The comment lines that the file begins with.
std::string render_header(const NewRevision& revision);

std::string render_new_revision(const NewRevision& revision);

// Writes the file into `folder` and gives its path. Throws Error(cannot_create), where the file is there already too;
// then nothing was changed.
std::filesystem::path write_new_revision(const std::filesystem::path& folder, const NewRevision& revision);

}  // namespace headgate::revision
