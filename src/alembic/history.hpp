// SPDX-License-Identifier: Apache-2.0
// The revisions of an Alembic project as Alembic itself loads them.
#pragma once

#include <string>
#include <vector>

#include "alembic/project.hpp"

namespace headgate::alembic {

struct Source {
    std::string id;
    std::string path;  // of the Python file
    std::vector<std::string> down_revisions;
    std::vector<std::string> depends_on;
    std::vector<std::string> branch_labels;
    std::string message;
    std::string create_date;  // as the file has it; empty: nowhere
};

// Parents before children. Throws Error(bad_revisions) with every fault: a file that is no revision, an id that is
// there twice or that headgate cannot take, a missing parent, a cycle. Loading them runs their modules, which may ask
// for a URL: it is one of `dialect` that leads nowhere.
std::vector<Source> read_history(const Project& project, base::DialectId dialect, base::Stop stop);

}  // namespace headgate::alembic
