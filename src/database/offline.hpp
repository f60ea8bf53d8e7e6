// SPDX-License-Identifier: Apache-2.0
// What is written around the steps of a plan in a script that somebody runs with psql or sqlite3: the lock, the guard,
// the ledger's rows. Pure text, from the same functions as an online run; no connection.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "database/connection.hpp"

namespace headgate::database {

// Where the database has to be before a step, which the guard looks at under the lock. The heads and the number of rows
// say all: whatever the heads stand on is applied, too.
struct AssumedHistory {
    std::size_t rows = 0;
    std::vector<std::string> heads;
    bool is_first_step = false;     // the first one looks around, too
    bool accepts_existing = false;  // tables that nobody applied (--onto-existing)
    std::string revisions_of_plan;  // for the guard's words: "base to c416a9f8e27b"
};

// Of a statement of a revision with `transaction = false`.
enum class Standing {
    alone,        // it is begun, as far as the ledger knows, until the record behind it
    with_record,  // in one transaction
};

class OfflineDialect {
public:
    virtual ~OfflineDialect() = default;

    virtual std::string_view name() const = 0;        // "PostgreSQL"
    virtual std::string_view invocation() const = 0;  // how the script is run
    virtual std::string ledger_name() const = 0;      // quoted
    virtual std::string start() const = 0;            // statements at the top of the script; may be empty

    // A step that is one transaction: what comes before the revision's own text and after it.
    virtual std::string begin(const StepScript& step, const AssumedHistory& assumed) const = 0;
    virtual std::string end(const StepScript& step) const = 0;

    // A revision with `transaction = false`. A record is the ledger's change of a step without SQL; `begin_alone` makes
    // the first one, and each statement is followed by one, the last one by that of `end_alone`.
    virtual Standing standing_of(bool must_run_alone) const = 0;
    virtual std::string begin_alone(const StepScript& record, const AssumedHistory& assumed) const = 0;
    virtual std::string begin_statement(Standing standing) const = 0;
    virtual std::string end_statement(const StepScript& record, Standing standing) const = 0;
    virtual std::string end_alone(const StepScript& record, Standing standing) const = 0;
};

}  // namespace headgate::database
