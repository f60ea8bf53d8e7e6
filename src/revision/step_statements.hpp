// SPDX-License-Identifier: Apache-2.0
// What of a section is run, what is left out, and what headgate refuses to run: decided here when the files are
// read, so that nothing can end a step's transaction behind its back.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/dialect_id.hpp"
#include "base/error.hpp"
#include "revision/revision.hpp"
#include "sql/script.hpp"

namespace headgate::revision {

struct SectionText {
    std::string_view text;
    std::string file;
    std::size_t first_line = 1;  // of `text` in `file`
    base::DialectId dialect = base::DialectId::postgresql;
    TransactionMode transaction = TransactionMode::one_transaction;
};

struct StepStatements {
    std::vector<sql::Statement> statements;  // those to run
    std::vector<base::Problem> problems;     // the first few, in the order of the text
};

StepStatements choose_statements(const SectionText& section);

}  // namespace headgate::revision
