// SPDX-License-Identifier: Apache-2.0
#include "database/sqlite/connection.hpp"

#include <format>
#include <utility>

#include <SQLiteCpp/Transaction.h>
#include <sqlite3.h>

#include "base/backoff.hpp"
#include "database/sqlite/attempts.hpp"
#include "database/sqlite/errors.hpp"
#include "database/sqlite/ledger_table.hpp"
#include "database/sqlite/result_codes.hpp"
#include "database/sqlite/statement_session.hpp"
#include "database/sqlite/surroundings.hpp"
#include "database/sqlite/versions_table.hpp"

namespace headgate::database::sqlite {

namespace {

// Without a write-ahead log nobody can read while somebody commits, which takes milliseconds; a COMMIT that itself
// waits for readers takes as long as its step's lock_timeout. What is locked for longer is worth telling.
constexpr base::Milliseconds longest_commit{2500};
// For a note that is not worth more.
constexpr base::Milliseconds longest_note{1000};

bool has_moved(SQLite::Database& database) {
    int moved = 0;
    const int result = sqlite3_file_control(database.getHandle(), "main", SQLITE_FCNTL_HAS_MOVED, &moved);
    return result == SQLITE_OK && moved != 0;
}

bool read_header(SQLite::Database& database) {
    database.exec("PRAGMA main.schema_version");
    return true;
}

}  // namespace

SqliteConnection::SqliteConnection(DatabaseFile file, std::string version_table)
    : file_(std::move(file)), version_table_(std::move(version_table)) {}

std::string SqliteConnection::server_version() const {
    return std::format("SQLite {}", sqlite3_libversion());
}

void SqliteConnection::probe(base::Stop stop) {
    check_access(file_);
    read(stop, &read_header);
}

LedgerReading SqliteConnection::read_ledger(base::Stop stop) {
    // SQLite does not tell who holds its lock.
    LedgerReading reading{{}, ledger_name(), std::nullopt};
    if (version_table_.empty()) {
        reading.ledger = read(stop, &read_ledger_table);
        return reading;
    }
    reading.versions = VersionTable{.qualified_name = versions_name(version_table_)};
    read(stop, [&](SQLite::Database& database) {
        // Otherwise a step that commits between the two would look like Alembic's work.
        const SQLite::Transaction one_moment(database);
        reading.ledger = read_ledger_table(database);
        reading.versions = read_versions(database, version_table_);
        return true;
    });
    return reading;
}

Surroundings SqliteConnection::read_surroundings(base::Stop stop) {
    return read(stop, [&](SQLite::Database& database) { return read_surroundings_of(database, version_table_); });
}

template <typename Work>
auto SqliteConnection::read(base::Stop stop, Work work) -> decltype(work(std::declval<SQLite::Database&>())) {
    base::Backoff backoff(base::Milliseconds(1), base::Milliseconds(20));
    const auto give_up = base::Clock::now() + longest_commit;
    while (true) {
        try {
            return read_once(stop, work);
        } catch (const SQLite::Exception& failure) {
            if (!is_busy(failure) || base::Clock::now() >= give_up || stop.is_requested())
                throw read_error(failure, stop);
        }
        stop.sleep_for(backoff.next());
    }
}

template <typename Work>
auto SqliteConnection::read_once(base::Stop stop, Work work) -> decltype(work(std::declval<SQLite::Database&>())) {
    if (!is_there()) return {};
    auto& database = opened(IfMissing::fail);
    const Watch watch(database.getHandle(), stop);
    return work(database);
}

base::Error SqliteConnection::read_error(const SQLite::Exception& failure, base::Stop stop) const {
    if (primary_code(failure.getExtendedErrorCode()) != SQLITE_INTERRUPT) return translate(failure, file_.path);
    return stopped(stop, base::ErrorKind::unreachable, "the deadline passed while the database was read");
}

bool SqliteConnection::is_there() const {
    std::error_code ignored;
    return std::filesystem::exists(file_.path, ignored);
}

SQLite::Database& SqliteConnection::opened(IfMissing if_missing) {
    if (database_ && has_moved(*database_)) close();
    if (!database_) database_ = open(file_, if_missing);
    return *database_;
}

void SqliteConnection::close() {
    foreign_keys_.reset();
    database_.reset();
}

StepsResult SqliteConnection::apply_steps(std::span<const StepScript> steps, const ledger::Expectation& expected,
                                          Progress& progress, base::Stop stop) {
    StepsResult result;
    result.ledger = expected;
    for (const auto& step : steps) {
        auto outcome = run_one(step, result.committed, result.ledger, progress, stop);
        result.end = outcome.end;
        result.error = std::move(outcome.error);
        if (result.end != StepEnd::committed) break;
        result.ledger = outcome.ledger;
        result.durations.push_back(outcome.duration);
        progress.step_committed(result.committed++, outcome.duration);
    }
    return result;
}

std::unique_ptr<StatementSession> SqliteConnection::try_begin_statements(std::string_view, const sql::Script&,
                                                                         base::Stop) {
    auto lock = SidecarLock::try_take(file_.path);
    if (!lock) return nullptr;
    return std::make_unique<SqliteStatementSession>(*this, *std::move(lock));
}

StepOutcome SqliteConnection::run_one(const StepScript& step, std::size_t index, const ledger::Expectation& expected,
                                      Progress& progress, base::Stop stop) {
    StepOutcome outcome;
    // Somebody is in the middle of a revision with `transaction = false`, between two statements.
    if (!holds_sidecar_ && SidecarLock::is_taken(file_.path)) {
        outcome.end = StepEnd::lock_busy;
        return outcome;
    }
    try {
        const auto report = [&progress, index](base::Milliseconds so_far) { progress.still_running(index, so_far); };
        outcome = run_step(opened(IfMissing::create), step, {expected, foreign_keys_, report, stop, version_table_});
    } catch (const SQLite::Exception& failure) {
        outcome.end = StepEnd::rolled_back;
        outcome.error = translate(failure, file_.path);
    }
    foreign_keys_ = std::move(outcome.foreign_keys);
    if (!outcome.is_connection_clean) close();
    return outcome;
}

template <typename Work>
void SqliteConnection::try_attempts(base::Stop stop, Work work) {
    base::Backoff backoff(base::Milliseconds(1), base::Milliseconds(20));
    const auto bounded = stop.within(longest_note);
    while (is_there() && !bounded.is_requested()) {
        try {
            return work(opened(IfMissing::fail));
        } catch (const SQLite::Exception& failure) {
            if (!is_busy(failure)) return;
        } catch (const base::Error&) {
            return;
        }
        bounded.wait_for(-1, 0, backoff.next());
    }
}

std::vector<Failure> SqliteConnection::read_failures(base::Stop stop) {
    std::vector<Failure> failures;
    try_attempts(stop, [&](SQLite::Database& database) { failures = read_attempts(database); });
    return failures;
}

void SqliteConnection::remember_failure(const Failure& failure, base::Stop stop) {
    try_attempts(stop, [&](SQLite::Database& database) { write_attempt(database, failure); });
}

void SqliteConnection::forget_failure(const std::string& revision, base::Stop stop) {
    try_attempts(stop, [&](SQLite::Database& database) { delete_attempt(database, revision); });
}

}  // namespace headgate::database::sqlite
