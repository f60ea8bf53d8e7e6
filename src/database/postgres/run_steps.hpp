// SPDX-License-Identifier: Apache-2.0
// Steps, in as few texts as may be: a round trip is what a small step costs.
#pragma once

#include <span>

#include "database/postgres/step_run.hpp"

namespace headgate::database::postgres {

struct StepSetting {
    PGconn* connection = nullptr;
    StepFrame frame;
    HeldLock* lock = nullptr;  // held for the steps by another session; null: each takes it itself
};

// Never throws for what happens to the steps.
StepsResult run_steps(const StepSetting& setting, std::span<const StepScript> steps,
                      const ledger::Expectation& expected, Progress& progress, base::Stop stop);

// Until a step is sent, a lost connection means that nothing was done; but the ledger is to be read again anyway.
StepsResult not_begun(const base::Error& error, const base::Stop& stop);

}  // namespace headgate::database::postgres
