// SPDX-License-Identifier: Apache-2.0
// One step on one SQLite connection, from BEGIN IMMEDIATE to COMMIT.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <SQLiteCpp/Database.h>

#include "database/connection.hpp"
#include "database/sqlite/foreign_keys.hpp"
#include "database/sqlite/watch.hpp"

namespace headgate::database::sqlite {

// The foreign keys as the last step on this connection left them, good as long as nobody else writes: SQLite's
// data_version tells.
struct KnownForeignKeys {
    std::int64_t data_version = 0;
    ForeignKeyState state;
};

struct StepOutcome {
    StepEnd end = StepEnd::committed;
    std::optional<base::Error> error;
    ledger::Expectation ledger;  // after a committed step
    base::Milliseconds duration{0};
    bool is_connection_clean = true;  // if not: close it, the next step must not see what this one left behind
    std::optional<KnownForeignKeys> foreign_keys;
};

// What a step is given besides its SQL.
struct StepSetting {
    ledger::Expectation expected;
    const std::optional<KnownForeignKeys>& foreign_keys;
    Watch::StillRunning still_running;
    base::Stop stop;
    const std::string& version_table;  // Alembic's
};

// Never throws for what happens to the step.
StepOutcome run_step(SQLite::Database& database, const StepScript& step, const StepSetting& setting);

}  // namespace headgate::database::sqlite
