// SPDX-License-Identifier: Apache-2.0
// What one statement would do to a step, told from its words.
#pragma once

#include <string_view>

#include "base/dialect_id.hpp"
#include "sql/script.hpp"
#include "sql/token.hpp"

namespace headgate::sql {

// `body` is a statement without its semicolon, not empty. Session locks and backslash lines are the splitter's to see.
StatementKind classify(std::string_view body, base::DialectId dialect);

// The name of a function that takes or gives back an advisory lock of the session.
bool is_session_lock(const Token& name);

// \restrict or \unrestrict with its one key: pg_dump writes them, they do nothing to the database.
bool is_restrict_command(std::string_view backslash_line);

}  // namespace headgate::sql
