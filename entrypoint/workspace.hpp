// SPDX-License-Identifier: Apache-2.0
// Story, parts 2 and 3, as most commands need them: which database, through which driver, and the revision files.
#pragma once

#include <string>

#include "apply/options.hpp"
#include "entrypoint/command.hpp"
#include "ledger/ledger.hpp"
#include "revision/graph.hpp"

namespace headgate::entrypoint {

enum class Fallback {
    never,      // the gate: a forgotten variable must not start a server on an empty local file
    developer,  // sqlite:///./local.db outside containers and CI, said loudly
};

// How to reach the database of this context. Nothing has touched the network. Throws Error(bad_configuration).
apply::Connector make_connector(const Context& context, database::Access access,
                                Fallback fallback = Fallback::developer);

// What every step needs to know of the settings and of -x, be it sent or written down.
database::ConnectOptions make_step_options(const Context& context, base::DialectId dialect);

// For commands that read files only: the dialect of the database that the settings name, SQLite where they name none.
base::DialectId dialect_of_files(const Context& context);

// Every file is parsed now; all faults are reported together.
revision::Graph load_graph(const Context& context, base::DialectId dialect);

// For commands that only look at where the database is.
ledger::Ledger read_ledger(const Context& context);

// With Alembic's table, where that is kept valid.
database::LedgerReading read_ledger_and_versions(const Context& context);

apply::Options make_options(const Context& context);

}  // namespace headgate::entrypoint
