// SPDX-License-Identifier: Apache-2.0
// The SQL about Alembic's own table that every dialect understands: pure text. `qualified_name` is quoted.
#pragma once

#include <string>
#include <string_view>

#include "ledger/version_step.hpp"

namespace headgate::database {

// As Alembic makes it.
std::string create_versions(std::string_view qualified_name, std::string_view table);

// One statement, which is right if it hits exactly one row.
std::string change_version(std::string_view qualified_name, const ledger::VersionChange& change);

}  // namespace headgate::database
