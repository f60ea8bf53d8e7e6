// SPDX-License-Identifier: Apache-2.0
// Why the ledger could not be read, in words that say what to do: no right to read it, another program's table with
// its name, a layout newer than ours. Asks the server again, but only where something went wrong.
#pragma once

#include "base/error.hpp"
#include "database/postgres/ledger_read.hpp"

namespace headgate::database::postgres {

// The error to throw instead of `error`, which reading the ledger gave; the same one where it says enough.
base::Error explain_ledger_fault(PGconn* connection, const LedgerQuestion& question, const base::Error& error,
                                 base::Stop stop);

// An empty ledger may be one whose rows a policy hides. Throws Error(access_refused): hidden is not "absent".
void check_rows_are_visible(PGconn* connection, const LedgerQuestion& question, const std::string& schema,
                            base::Stop stop);

}  // namespace headgate::database::postgres
