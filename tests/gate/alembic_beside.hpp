// SPDX-License-Identifier: Apache-2.0
// The real Alembic beside headgate, on the same database: a project whose revisions have the ids of headgate's.
#pragma once

#include <string>
#include <vector>

#include "gate/project.hpp"

namespace headgate::gate {

class AlembicBeside {
public:
    // Skips or fails the test case where Alembic is not installed.
    explicit AlembicBeside(const Database& database);

    // `down_revision` as in RevisionText; the SQL is one statement each, "" for none.
    void add(const std::string& revision, const std::string& down_revision, const std::string& upgrade = "",
             const std::string& downgrade = "") const;

    // alembic with these arguments.
    Outcome run(std::vector<std::string> arguments) const;

private:
    support::TempFolder folder_;
};

// headgate keeps Alembic's table valid in this project.
void keep_alembic_version(const Project& project);

// The rows of alembic_version, sorted and joined by ','; "no table".
std::string versions_of(const Database& database);

}  // namespace headgate::gate
