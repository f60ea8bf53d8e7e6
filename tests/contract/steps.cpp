// SPDX-License-Identifier: Apache-2.0
#include "contract/steps.hpp"

#include <utility>

#include "sql/script.hpp"

namespace headgate::contract {

using namespace database;

namespace {

class SilentLog final : public base::EventLog {
public:
    void write(const base::Event&) noexcept override {}
    void show_progress(std::string_view) noexcept override {}
};

}  // namespace

base::EventLog& silent_log() {
    static SilentLog log;
    return log;
}

StepScript sql_step(base::DialectId dialect, const std::string& sql) {
    StepScript step;
    step.label = "contract";
    step.script = {"contract.sql", 10, sql, sql::split(sql, dialect).statements};
    return step;
}

StepScript revision_step(base::DialectId dialect, const std::string& revision, const std::string& sql) {
    auto step = sql.empty() ? StepScript() : sql_step(dialect, sql);
    step.label = revision;
    InsertRow insert;
    insert.row.revision = revision;
    insert.row.message = "it's " + revision;
    insert.row.checksums = {"raw of " + revision, "tokens of " + revision, 1};
    insert.row.run_id = "12ab";
    insert.row.host = "contract";
    insert.row.headgate_version = "0.1.0";
    step.changes.emplace_back(std::move(insert));
    return step;
}

StepScript undo_step(base::DialectId dialect, const std::string& revision, const std::string& sql) {
    auto step = sql.empty() ? StepScript() : sql_step(dialect, sql);
    step.label = revision;
    step.changes.emplace_back(DeleteRow{revision});
    return step;
}

ledger::Expectation expectation_of(Connection& connection) {
    return connection.read_ledger(base::Stop()).ledger.expectation();
}

StepsResult apply(Connection& connection, std::span<const StepScript> steps, base::Stop stop) {
    KeptProgress progress;
    return connection.apply_steps(steps, expectation_of(connection), progress, stop);
}

StepsResult apply(Connection& connection, const StepScript& step, base::Stop stop) {
    return apply(connection, {&step, 1}, stop);
}

// A step that fails in any case, so that it leaves nothing; the name of the broken constraint tells at which statement.
bool holds(Connection& connection, base::DialectId dialect, const std::string& condition) {
    const auto result = apply(connection, sql_step(dialect,
                                                   "CREATE TABLE contract_probe ("
                                                   "ok integer CONSTRAINT probe_is_true CHECK (ok = 1), "
                                                   "last integer CONSTRAINT probe_ends CHECK (last = 0));"
                                                   "INSERT INTO contract_probe SELECT CASE WHEN " +
                                                       condition +
                                                       " THEN 1 ELSE 0 END, 0;"
                                                       "INSERT INTO contract_probe VALUES (1, 1);"));
    return result.error && result.error->message.contains("probe_ends");
}

std::vector<std::string> applied(Connection& connection) {
    const auto reading = connection.read_ledger(base::Stop());
    std::vector<std::string> revisions;
    for (const auto& row : reading.ledger.rows()) revisions.push_back(row.revision);
    return revisions;
}

}  // namespace headgate::contract
