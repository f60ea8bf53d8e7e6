// SPDX-License-Identifier: Apache-2.0
// What headgate asks of a database. One implementation a driver; the contract suite (tests/contract) says what each
// must do. Retry policy is not here: a driver does a thing once and says truthfully how it ended.
//
// A Connection is used by one thread. Every call takes a Stop and returns (or throws) soon after it is requested:
// Error(interrupted) for a signal, Error(unreachable) for a deadline unless said otherwise.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/error.hpp"
#include "base/stop.hpp"
#include "database/blocker.hpp"
#include "database/failure.hpp"
#include "ledger/ledger.hpp"
#include "ledger/version_step.hpp"
#include "sql/script.hpp"

namespace headgate::database {

// Somebody else's session, as far as the server lets us see it.
struct Session {
    std::string description;  // "pid 4711, headgate 9f3c1a (run 12ab), 10.0.0.7, since 12:00:03, ALTER TABLE …"
};

// Alembic's own table, which has one row a head.
struct VersionTable {
    std::string qualified_name;  // quoted, with its schema: "public"."alembic_version"
    bool exists = false;
    std::vector<std::string> rows;  // sorted

    bool operator==(const VersionTable&) const = default;
};

// The ledger, read with one query and without a lock.
struct LedgerReading {
    ledger::Ledger ledger;
    std::string qualified_name;     // quoted, with its schema: "public"."headgate_ledger"
    std::optional<Session> holder;  // who holds headgate's lock at this moment
    std::optional<VersionTable> versions =
        {};  // of the same moment as the ledger; none: not asked for (ConnectOptions)
};

// What else is there; asked only where the ledger is absent or empty, because "no ledger" is not "base".
struct Surroundings {
    // Where unqualified names are made and in the ledger's schema, extensions' aside; a few are enough.
    std::vector<std::string> tables;
    std::vector<std::string> other_objects;    // "view totals", "type mood": asked for where there are no tables
    std::vector<std::string> other_ledgers;    // qualified names of headgate ledgers with rows, elsewhere
    std::vector<std::string> other_histories;  // "alembic_version (head 1975ea83b712)", "schema_migrations (dbmate)"
};

struct InsertRow {
    ledger::Row row;  // sequence, applied_at, duration and the database role are filled in by the database
};
struct DeleteRow {
    std::string revision;
};
struct UpdateChecksums {
    std::string revision;
    base::Checksums checksums;
};
// How far a revision with `transaction = false` has come. Fails where the row is not as it was read.
struct UpdateJournal {
    std::string revision;
    std::string journal_before;
    std::string journal;
    ledger::State state = ledger::State::partial;
    int statements_done = 0;
    base::Checksums checksums;  // of the file as it is run now
    base::Milliseconds duration{0};
};
using LedgerChange = std::variant<InsertRow, DeleteRow, UpdateChecksums, UpdateJournal>;

// One step: the ledger as expected, SQL, changes to the ledger; all of it or nothing. `stamp` and `repair` are steps
// without SQL. The first step on a database without ledger creates it, in the same transaction.
struct StepScript {
    std::string label;          // the revision's id, for application_name and messages
    std::size_t statement = 0;  // from 1: this one alone, of a revision with `transaction = false`; 0: all of it
    sql::Script script;
    std::vector<LedgerChange> changes;
    base::Milliseconds lock_timeout{2000};             // 0: wait for locks for ever
    std::optional<ledger::VersionStep> versions = {};  // none: Alembic's table is left alone
};

enum class StepEnd {
    committed,     // all steps
    lock_busy,     // another headgate holds the lock; nothing was done by this step
    ledger_moved,  // the ledger is not what was expected: plan again; nothing was done by this step
    retryable,     // lock_timeout, deadlock, serialization: rolled back, the whole step may be tried again
    rolled_back,   // the step failed; `error` says why; nothing is left of it
    read_only,     // the server takes no writes (a standby); nothing was done by this step
    unknown,       // the connection was lost and COMMIT may have been reached: read the ledger
    needs_alone,   // of a StatementSession only: the statement refuses to run in a transaction; nothing was done
};

struct StepsResult {
    std::size_t committed = 0;  // that many of the steps, from the first
    StepEnd end = StepEnd::committed;
    std::optional<base::Error> error;           // set for retryable, rolled_back, read_only and unknown
    ledger::Expectation ledger;                 // after the last committed step
    std::vector<base::Milliseconds> durations;  // of the committed steps
};

// Called back by apply_steps; must not throw.
class Progress {
public:
    virtual ~Progress() = default;
    virtual void step_committed(std::size_t index, base::Milliseconds duration) = 0;
    // About once a second while the database works.
    virtual void still_running(std::size_t index, base::Milliseconds so_far) = 0;
    // The server's own words: NOTICE, WARNING.
    virtual void notice(std::size_t index, std::string_view severity, std::string_view message) = 0;
    // The step waits for somebody: when that is noticed, when it is somebody else, and every ten seconds.
    virtual void blocked(std::size_t, const Blocker&) {}
    // The step builds an index: at each of the server's phases, and every ten seconds.
    virtual void building(std::size_t, const BuildPhase&) {}
};

class StatementSession;

class Connection {
public:
    virtual ~Connection() = default;

    // "PostgreSQL 17.5", "SQLite 3.46.1".
    virtual std::string server_version() const = 0;

    // False where the server has said that it takes no writes: a standby.
    virtual bool is_writable() const { return true; }

    // One query, no lock, one round trip. Throws Error(access_refused) where the ledger may not be read: that is not
    // the same as "absent". Error(history_mismatch) for a layout newer than ours.
    virtual LedgerReading read_ledger(base::Stop stop) = 0;

    virtual Surroundings read_surroundings(base::Stop stop) = 0;

    // Each step: begin, try the lock, compare the ledger, run, reset what the script left behind, change the ledger,
    // commit. `expected` is for the first step. Never throws for what happens to a step: the result says it. A stop
    // request cancels the running statement, rolls back and ends as rolled_back with Error(interrupted) for a
    // signal and Error(step_failed) for the deadline, or as unknown where the rollback could not be seen.
    virtual StepsResult apply_steps(std::span<const StepScript> steps, const ledger::Expectation& expected,
                                    Progress& progress, base::Stop stop) = 0;

    // For a revision with `transaction = false`, whose statements `script` holds: takes the gate's lock and keeps it as
    // long as the session lives, which must not outlive the connection. Null: another headgate has it. Throws where the
    // script could not be run as it stands, before any of it was: Error(bad_configuration), or
    // Error(database_refused) where there is no second connection to be had.
    virtual std::unique_ptr<StatementSession> try_begin_statements(std::string_view revision, const sql::Script& script,
                                                                   base::Stop stop) = 0;
    // Steps that failed lately, one a revision (failure.hpp). These three are best effort and never throw: where
    // anything goes wrong, nothing was remembered.
    virtual std::vector<Failure> read_failures(base::Stop stop) = 0;
    virtual void remember_failure(const Failure& failure, base::Stop stop) = 0;
    virtual void forget_failure(const std::string& revision, base::Stop stop) = 0;
};

}  // namespace headgate::database
