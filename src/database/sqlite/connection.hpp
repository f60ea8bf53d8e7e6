// SPDX-License-Identifier: Apache-2.0
// A connection to a SQLite file. It opens the file when it needs it, and again after a step that left something behind
// in the connection (temporary tables, pragmas, attached files) or when somebody has put another file in its place:
// opening is cheap, undoing every setting one by one could miss one.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "database/connection.hpp"
#include "database/sqlite/database_file.hpp"
#include "database/sqlite/step.hpp"

namespace headgate::database::sqlite {

class SqliteConnection final : public Connection {
public:
    // `version_table`: Alembic's; empty: not looked at.
    SqliteConnection(DatabaseFile file, std::string version_table);

    std::string server_version() const override;
    LedgerReading read_ledger(base::Stop stop) override;
    Surroundings read_surroundings(base::Stop stop) override;
    StepsResult apply_steps(std::span<const StepScript> steps, const ledger::Expectation& expected, Progress& progress,
                            base::Stop stop) override;
    std::vector<Failure> read_failures(base::Stop stop) override;
    void remember_failure(const Failure& failure, base::Stop stop) override;
    void forget_failure(const std::string& revision, base::Stop stop) override;

    std::unique_ptr<StatementSession> try_begin_statements(std::string_view revision, const sql::Script& script,
                                                           base::Stop stop) override;

    // Looks into the file's header. Throws what connecting throws.
    void probe(base::Stop stop);

    // For those who run statements outside a step.
    const std::filesystem::path& path() const { return file_.path; }
    bool is_open() const { return database_ != nullptr; }
    SQLite::Database& opened(IfMissing if_missing);
    void close();
    // This connection's own session has the lock of the sidecar file.
    void note_sidecar(bool is_held) { holds_sidecar_ = is_held; }

private:
    // Runs `work` on the open database, or gives its empty result where there is no file yet. Sees a COMMIT of somebody
    // else through.
    template <typename Work>
    auto read(base::Stop stop, Work work) -> decltype(work(std::declval<SQLite::Database&>()));
    template <typename Work>
    auto read_once(base::Stop stop, Work work) -> decltype(work(std::declval<SQLite::Database&>()));
    base::Error read_error(const SQLite::Exception& failure, base::Stop stop) const;
    bool is_there() const;
    StepOutcome run_one(const StepScript& step, std::size_t index, const ledger::Expectation& expected,
                        Progress& progress, base::Stop stop);

    // Best effort: tried until nobody else writes, for a second at most.
    template <typename Work>
    void try_attempts(base::Stop stop, Work work);

    DatabaseFile file_;
    std::string version_table_;
    std::unique_ptr<SQLite::Database> database_;
    std::optional<KnownForeignKeys> foreign_keys_;
    bool holds_sidecar_ = false;
};

}  // namespace headgate::database::sqlite
