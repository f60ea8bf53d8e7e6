// SPDX-License-Identifier: Apache-2.0
// headgate import alembic: a folder of revision files from an Alembic project. Whole or not at all: it is written
// beside its place and renamed at the end. No database is asked anything.
#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "alembic/conversion.hpp"
#include "alembic/project.hpp"
#include "base/dialect_id.hpp"
#include "base/stop.hpp"

namespace headgate::alembic {

struct Report {
    std::size_t revisions = 0;
    std::vector<Finding> findings;                       // in the order of the history
    std::map<base::DialectId, std::string> sent_by_env;  // SQL that env.py sends in every run; no file has it

    std::size_t count(Finding::Kind kind) const;
};

// `folder` must not be there, or be empty. Throws Error; then it is as it was.
Report import_project(const Project& project, const std::set<base::DialectId>& dialects,
                      const std::filesystem::path& folder, base::Stop stop);

// The report for people, as it is also left in the folder where it has anything to say.
std::string render_report(const Report& report);

}  // namespace headgate::alembic
