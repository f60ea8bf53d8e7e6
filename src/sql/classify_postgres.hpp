// SPDX-License-Identifier: Apache-2.0
// PostgreSQL's part of classify(): which statements control transactions, which the server refuses inside one.
#pragma once

#include "sql/script.hpp"
#include "sql/statement_reader.hpp"

namespace headgate::sql {

// `reader` stands at the statement's first word.
StatementKind classify_postgres(StatementReader& reader);

}  // namespace headgate::sql
