// SPDX-License-Identifier: Apache-2.0
// Steps for the contract's cases, and questions to a database that only a step can ask.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/event.hpp"
#include "database/connection.hpp"

namespace headgate::contract {

// Drops everything; lives for ever.
base::EventLog& silent_log();

class KeptProgress final : public database::Progress {
public:
    void step_committed(std::size_t index, base::Milliseconds) override { committed.push_back(index); }
    void still_running(std::size_t, base::Milliseconds) override { ++reports; }
    void notice(std::size_t, std::string_view, std::string_view) override {}

    std::vector<std::size_t> committed;
    int reports = 0;
};

// SQL without a revision.
database::StepScript sql_step(base::DialectId dialect, const std::string& sql);
// SQL (empty: a stamp) and the row that says it was applied.
database::StepScript revision_step(base::DialectId dialect, const std::string& revision, const std::string& sql);
// SQL and the removal of a revision's row.
database::StepScript undo_step(base::DialectId dialect, const std::string& revision, const std::string& sql);

ledger::Expectation expectation_of(database::Connection& connection);

// On the ledger as it is now.
database::StepsResult apply(database::Connection& connection, std::span<const database::StepScript> steps,
                            base::Stop stop = {});
database::StepsResult apply(database::Connection& connection, const database::StepScript& step, base::Stop stop = {});

// Whether an SQL condition is true; leaves nothing behind.
bool holds(database::Connection& connection, base::DialectId dialect, const std::string& condition);

// The revisions of the ledger, in their order.
std::vector<std::string> applied(database::Connection& connection);

}  // namespace headgate::contract
