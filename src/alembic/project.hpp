// SPDX-License-Identifier: Apache-2.0
// An Alembic project, asked in its own words: offline.py runs in the project's own Python, beside its own Alembic and
// its own env.py. No database is reached: the URL is replaced, and connections are refused in there.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "base/dialect_id.hpp"
#include "base/stop.hpp"
#include "process/child.hpp"

namespace headgate::alembic {

struct Project {
    std::string python;
    std::vector<std::string> alembic_arguments;  // -c, -n and -x, as Alembic's own command line takes them
    process::Environment environment;            // what the person had
    base::Milliseconds time_limit{};             // for one run of Python
};

// What the project answered, and how its Python ended.
struct Answers {
    std::vector<nlohmann::json> lines;
    process::ChildEnd end = process::ChildEnd::exited;
    int status = 0;
    std::string err;  // the last lines of it

    const nlohmann::json* last_with(const char* key) const;
};

// The Python that has the project's Alembic: of $VIRTUAL_ENV, else .venv or venv in `folder`, else python3 of the PATH.
std::string find_python(const process::Environment& environment, const std::filesystem::path& folder);

// Runs offline.py with `job`, which holds the URL to be given for the real one. Throws Error where Python cannot be run
// or has no Alembic, and where the project's configuration, revisions or env.py fail; what it printed is the error's
// detail.
Answers ask(const Project& project, const nlohmann::json& job, base::Stop stop);

// A URL for whoever insists on one: of that dialect, with the driver that `environment` names where it names one.
std::string make_offline_url(const process::Environment& environment, base::DialectId dialect);

}  // namespace headgate::alembic
