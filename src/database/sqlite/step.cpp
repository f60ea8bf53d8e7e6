// SPDX-License-Identifier: Apache-2.0
#include "database/sqlite/step.hpp"

#include <algorithm>
#include <format>
#include <utility>

#include <SQLiteCpp/Statement.h>
#include <sqlite3.h>

#include "base/backoff.hpp"
#include "base/text.hpp"
#include "database/sqlite/errors.hpp"
#include "database/sqlite/ledger_table.hpp"
#include "database/sqlite/result_codes.hpp"
#include "database/sqlite/script_run.hpp"
#include "database/sqlite/versions_table.hpp"

namespace headgate::database::sqlite {

namespace {

using base::Clock;
using base::Error;
using base::ErrorKind;
using base::Milliseconds;

class Step {
public:
    Step(SQLite::Database& database, const StepScript& step, const StepSetting& setting)
        : database_(database),
          step_(step),
          setting_(setting),
          watch_(database.getHandle(), setting.stop, setting.still_running) {}

    StepOutcome run() {
        try {
            if (setting_.stop.is_requested()) throw stopped_step(setting_.stop);
            if (!try_begin()) return ended(StepEnd::lock_busy);
            if (look_at_ledger(database_) != setting_.expected || have_versions_moved()) {
                return undone(StepEnd::ledger_moved);
            }
            run_inside();
            commit();
            return committed();
        } catch (Error& error) {
            return failed(std::move(error));
        } catch (const SQLite::Exception& failure) {
            return failed(explain(failure));
        }
    }

private:
    bool try_begin() {
        try {
            database_.exec("BEGIN IMMEDIATE");
            return true;
        } catch (const SQLite::Exception& failure) {
            if (is_busy(failure)) return false;
            throw;
        }
    }

    bool have_versions_moved() {
        if (!step_.versions) return false;
        const auto versions = read_versions(database_, setting_.version_table);
        return versions.exists != step_.versions->exists || versions.rows != step_.versions->before;
    }

    void run_inside() {
        const auto last_given = last_given_sequence(database_);
        if (step_.versions && !step_.versions->exists) make_versions(database_, setting_.version_table);
        if (!step_.script.statements.empty()) run_sql();
        // The step may have forbidden writing, or emptied SQLite's table of sequences as dumps do.
        database_.exec("PRAGMA query_only = OFF");
        restore_sequence(database_, last_given);
        change();
    }

    void run_sql() {
        const auto before = foreign_keys_before();
        outcome_.is_connection_clean = !run_script(database_.getHandle(), step_.script, watch_, setting_.stop);
        auto after = read_foreign_keys(database_);
        if (auto error = find_new_breaches(before, after)) throw at_script_start(std::move(*error));
        outcome_.foreign_keys = {data_version(), std::move(after)};
    }

    ForeignKeyState foreign_keys_before() {
        const auto& known = setting_.foreign_keys;
        if (known && known->data_version == data_version()) return known->state;
        return read_foreign_keys(database_);
    }

    std::int64_t data_version() { return database_.execAndGet("PRAGMA main.data_version").getInt64(); }

    Error at_script_start(Error error) const {
        return std::move(error).at({step_.script.file, step_.script.first_line, 0});
    }

    void change() {
        if (!setting_.expected.exists) create_ledger(database_);
        for (const auto& one : step_.changes) change_ledger(database_, with_duration(one));
        if (step_.versions) change_versions(database_, setting_.version_table, *step_.versions);
        outcome_.ledger = look_at_ledger(database_);
        if (outcome_.ledger.rows == expected_rows()) return;
        throw Error(ErrorKind::history_mismatch, "the step's SQL changed headgate's own ledger");
    }

    LedgerChange with_duration(LedgerChange change) const {
        if (auto* insert = std::get_if<InsertRow>(&change)) insert->row.duration = so_far();
        return change;
    }

    std::int64_t expected_rows() const {
        const auto count = [&](auto is_kind) { return std::ranges::count_if(step_.changes, is_kind); };
        return setting_.expected.rows + count([](const auto& one) { return std::holds_alternative<InsertRow>(one); }) -
               count([](const auto& one) { return std::holds_alternative<DeleteRow>(one); });
    }

    // While somebody reads, COMMIT of a rollback journal is refused and the transaction stays; meanwhile no new reader
    // is let in. So only COMMIT is tried again, and not for longer than the step may keep others waiting.
    void commit() {
        watch_.end();
        base::Backoff backoff(Milliseconds(2), Milliseconds(50));
        const auto give_up =
            step_.lock_timeout.count() == 0 ? Clock::time_point::max() : Clock::now() + step_.lock_timeout;
        while (!try_commit()) {
            if (Clock::now() >= give_up) throw readers_error();
            setting_.stop.wait_for(-1, 0, backoff.next());
            if (setting_.stop.is_requested()) throw stopped_step(setting_.stop);
        }
    }

    bool try_commit() {
        try {
            database_.exec("COMMIT");
            return true;
        } catch (const SQLite::Exception& failure) {
            if (is_busy(failure) && is_in_transaction()) return false;
            if (primary_code(failure.getExtendedErrorCode()) == SQLITE_IOERR) throw commit_unknown(failure);
            throw;
        }
    }

    Error readers_error() const {
        return Error(ErrorKind::busy, std::format("COMMIT waited {} for other processes that read the database",
                                                  base::render_duration(step_.lock_timeout.count())))
            .with_code("SQLITE_BUSY");
    }

    // The last bytes of a COMMIT could have reached the disk before the error.
    Error commit_unknown(const SQLite::Exception& failure) const {
        return Error(ErrorKind::outcome_unknown, std::format("COMMIT failed: {}", failure.what()))
            .with_code(name_of_result(failure.getExtendedErrorCode()));
    }

    Error explain(const SQLite::Exception& failure) const {
        if (primary_code(failure.getExtendedErrorCode()) == SQLITE_INTERRUPT) return stopped_step(setting_.stop);
        return at_script_start(step_error(database_.getHandle(), failure.getExtendedErrorCode(), failure.what()));
    }

    bool is_in_transaction() const { return sqlite3_get_autocommit(database_.getHandle()) == 0; }

    // Some errors have rolled back already. Should ROLLBACK itself fail, closing the connection rolls back.
    void roll_back() {
        watch_.end();
        if (is_in_transaction()) database_.tryExec("ROLLBACK");
    }

    StepOutcome ended(StepEnd end) const {
        StepOutcome outcome;
        outcome.end = end;
        return outcome;
    }

    StepOutcome undone(StepEnd end) {
        roll_back();
        return ended(end);
    }

    StepOutcome failed(Error error) {
        StepOutcome outcome = undone(StepEnd::rolled_back);
        if (error.kind == ErrorKind::busy) outcome.end = StepEnd::retryable;
        if (error.kind == ErrorKind::outcome_unknown) outcome.end = StepEnd::unknown;
        outcome.is_connection_clean = false;
        outcome.error = std::move(error);
        return outcome;
    }

    StepOutcome committed() {
        outcome_.duration = so_far();
        return std::move(outcome_);
    }

    Milliseconds so_far() const { return std::chrono::duration_cast<Milliseconds>(Clock::now() - started_); }

    SQLite::Database& database_;
    const StepScript& step_;
    const StepSetting& setting_;
    Watch watch_;
    Clock::time_point started_ = Clock::now();
    StepOutcome outcome_;
};

}  // namespace

StepOutcome run_step(SQLite::Database& database, const StepScript& step, const StepSetting& setting) {
    return Step(database, step, setting).run();
}

}  // namespace headgate::database::sqlite
