// SPDX-License-Identifier: Apache-2.0
// A section's text as its author wrote it, comments and all, made fit to stand in a larger script.
#pragma once

#include <cstddef>
#include <string>

#include "base/dialect_id.hpp"
#include "sql/script.hpp"

namespace headgate::apply {

// What the step leaves out (its own BEGIN and COMMIT, \restrict) is left out; the last statement gets the semicolon and
// the COPY data the end that it may lack; the text ends with a line end.
std::string render_author_text(const sql::Script& script, base::DialectId dialect);

// The n-th statement of the script alone, with the comments before it.
std::string render_author_statement(const sql::Script& script, std::size_t index, base::DialectId dialect);

}  // namespace headgate::apply
