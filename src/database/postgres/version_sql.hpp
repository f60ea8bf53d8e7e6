// SPDX-License-Identifier: Apache-2.0
// The SQL about Alembic's own table in PostgreSQL's dialect (the rest of it: database/version_sql.hpp): pure text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ledger/version_step.hpp"

namespace headgate::database::postgres {

// "schema"."alembic_version".
std::string qualify_versions(std::string_view schema, std::string_view table);

// An expression: the schema where the search_path finds the table, or NULL.
std::string visible_versions_schema(std::string_view table);

// A condition: the table's rows are exactly these.
std::string are_versions(std::string_view qualified_name, const std::vector<std::string>& rows);

// One statement: the table is made where it is assumed not to be there, or else its rows are compared; fails with
// 22P02 and our own code in the message.
std::string guard_versions(std::string_view qualified_name, std::string_view table, const ledger::VersionStep& step);

// One statement, which fails unless it hits exactly one row.
std::string change_one_version(std::string_view qualified_name, const ledger::VersionChange& change);

}  // namespace headgate::database::postgres
