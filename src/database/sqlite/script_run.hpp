// SPDX-License-Identifier: Apache-2.0
// Runs a step's SQL, as a rule inside the transaction that its caller began: one statement after the other, rows
// dropped as they come.
#pragma once

#include "base/stop.hpp"
#include "database/sqlite/watch.hpp"
#include "sql/script.hpp"

struct sqlite3;

namespace headgate::database::sqlite {

// Throws the Error of the first statement that fails, with its place in the file: busy for another's lock,
// interrupted or step_failed for a stop, outcome_unknown should the transaction have ended without an error,
// access_refused for a file that cannot be written, step_failed for the rest.
// Gives back whether the script left traces in the connection (guard.hpp).
bool run_script(sqlite3* handle, const sql::Script& script, Watch& watch, const base::Stop& stop);

// The same outside any transaction, where the statements may do to the connection what they like.
void run_alone_script(sqlite3* handle, const sql::Script& script, Watch& watch, const base::Stop& stop);

}  // namespace headgate::database::sqlite
