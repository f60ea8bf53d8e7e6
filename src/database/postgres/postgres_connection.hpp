// SPDX-License-Identifier: Apache-2.0
// One session. libpqxx owns it; every wait is our own, on the raw connection, because libpqxx knows no deadline and no
// signal. No libpqxx transaction is ever open on it, so the two cannot get in each other's way.
#pragma once

#include <string>

#include <pqxx/connection>

#include "database/driver.hpp"
#include "database/postgres/handles.hpp"
#include "database/postgres/ledger_read.hpp"
#include "database/postgres/step_run.hpp"

namespace headgate::database::postgres {

class PostgresConnection final : public Connection {
public:
    // `session` is logged in there (connect.hpp).
    PostgresConnection(OwnedConnection session, const url::DatabaseUrl& url, const ConnectOptions& options);

    std::string server_version() const override;
    bool is_writable() const override;
    LedgerReading read_ledger(base::Stop stop) override;
    Surroundings read_surroundings(base::Stop stop) override;
    StepsResult apply_steps(std::span<const StepScript> steps, const ledger::Expectation& expected, Progress& progress,
                            base::Stop stop) override;
    std::unique_ptr<StatementSession> try_begin_statements(std::string_view revision, const sql::Script& script,
                                                           base::Stop stop) override;
    std::vector<Failure> read_failures(base::Stop stop) override;
    void remember_failure(const Failure& failure, base::Stop stop) override;
    void forget_failure(const std::string& revision, base::Stop stop) override;

private:
    LedgerAnswer ask_in_some_language(const LedgerQuestion& question, base::Stop stop);
    LedgerAnswer ask_for_ledger(base::Stop stop);
    void find_schema(base::Stop stop);
    StepFrame frame() const;
    // Best effort: what goes wrong is nobody's business.
    template <typename Work>
    void try_attempts(Work work, base::Stop stop);

    PGconn* raw_;  // of session_
    pqxx::connection session_;
    url::DatabaseUrl url_;  // for further sessions
    ConnectOptions options_;
    std::string schema_;    // the ledger's; empty: not asked yet
    std::string versions_;  // Alembic's table, qualified; empty: not asked for
    Language language_ = Language::plpgsql;
};

}  // namespace headgate::database::postgres
