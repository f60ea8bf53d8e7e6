// SPDX-License-Identifier: Apache-2.0
// A revision with `transaction = false` runs statement by statement, under a lock that is held from the first to the
// last. What a driver has to be able to do for that; which statement is next, and what the journal says, is decided in
// apply/statement_run.hpp. One implementation a driver, got from Connection::try_begin_statements.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "database/connection.hpp"

namespace headgate::database {

// One statement, to be run outside any transaction. Of `script` the last statement is meant; those before it are
// settings that hold for it.
struct LooseStatement {
    std::string revision;
    std::size_t number = 0;  // in its section, from 1
    sql::Script script;

    const sql::Statement& statement() const { return script.statements.back(); }
    std::string_view body() const { return statement().body(script.text); }
};

enum class AloneEnd {
    done,
    failed,       // nothing of it is left: it may simply be tried again
    failed_late,  // something of it may be left: `find_outcome` has to look
    failed_open,  // the same, and `find_outcome` could not tell
    unknown,      // the connection was lost while it ran
};

struct AloneResult {
    AloneEnd end = AloneEnd::unknown;
    std::optional<base::Error> error;  // unless done
};

// How a statement ended whose begin is in the journal and whose end is not.
enum class Outcome { done, not_done, unprovable };

class StatementSession {
public:
    virtual ~StatementSession() = default;

    // Somebody whose client was killed and who still runs a statement of this revision.
    virtual std::optional<Session> find_left_behind(std::string_view revision, base::Stop stop) = 0;

    // One statement, or none, in a transaction of its own with a change of the ledger: as Connection::apply_steps, but
    // under this session's lock. Never `lock_busy`.
    virtual StepsResult run_in_transaction(const StepScript& step, const ledger::Expectation& expected,
                                           Progress& progress, base::Stop stop) = 0;

    // What find_outcome will want to know, asked before the statement is begun. One line.
    virtual std::string note_before(const LooseStatement& statement, base::Stop stop) = 0;

    // Never throws for what happens to the statement.
    virtual AloneResult run_alone(const LooseStatement& statement, Progress& progress, base::Stop stop) = 0;

    // May mend what is left, so that the statement can be run again: then it was `not_done`.
    virtual Outcome find_outcome(const LooseStatement& statement, const std::string& note, base::Stop stop) = 0;
};

}  // namespace headgate::database
