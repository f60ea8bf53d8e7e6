// SPDX-License-Identifier: Apache-2.0
// A headgate session on a PostgreSQL database of the test's own, and steps made from plain SQL.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "database/postgres/driver.hpp"
#include "support/test_database.hpp"

namespace headgate::contract {

class SilentLog final : public base::EventLog {
public:
    void write(const base::Event&) noexcept override {}
    void show_progress(std::string_view) noexcept override {}
};

class Recorder final : public database::Progress {
public:
    void step_committed(std::size_t, base::Milliseconds) override { ++committed; }
    void still_running(std::size_t, base::Milliseconds) override { ++seconds; }
    void notice(std::size_t, std::string_view severity, std::string_view message) override {
        notices.emplace_back(std::string(severity) + ": " + std::string(message));
    }

    void blocked(std::size_t, const database::Blocker& blocker) override { blockers.push_back(blocker); }
    void building(std::size_t, const database::BuildPhase& phase) override { phases.push_back(phase); }

    int committed = 0;
    int seconds = 0;
    std::vector<std::string> notices;
    std::vector<database::Blocker> blockers;
    std::vector<database::BuildPhase> phases;
};

inline base::Stop within(base::Clock::duration time) {
    return base::Stop().within(time);
}

inline std::unique_ptr<database::Connection> connect(const std::string& url, database::ConnectOptions options = {},
                                                     base::Stop stop = within(std::chrono::seconds(30))) {
    static SilentLog log;
    if (options.application_name.empty()) options.application_name = "headgate (run 1)";
    return database::postgres::driver().connect(url::parse_database_url(url), options, log, stop);
}

// `first_line` is the text's first line in its file.
inline database::StepScript make_step(const std::string& revision, std::string text, std::size_t first_line = 1) {
    database::StepScript step;
    step.label = revision;
    step.script.file = "migrations/" + revision + ".sql";
    step.script.first_line = first_line;
    for (const auto& each : sql::split(text, base::DialectId::postgresql).statements) {
        if (each.kind != sql::StatementKind::empty) step.script.statements.push_back(each);
    }
    step.script.text = std::move(text);
    ledger::Row row;
    row.revision = revision;
    row.message = "what it's for";
    step.changes.emplace_back(database::InsertRow{row});
    return step;
}

class PostgresSession {
public:
    explicit PostgresSession(const support::TestDatabase& database, const database::ConnectOptions& options = {})
        : PostgresSession(database.url(), options) {}
    explicit PostgresSession(const std::string& url, const database::ConnectOptions& options = {})
        : connection(connect(url, options)) {}

    database::StepsResult apply(const database::StepScript& step, base::Stop stop = within(std::chrono::seconds(60))) {
        const auto expected = connection->read_ledger(stop).ledger.expectation();
        return connection->apply_steps({&step, 1}, expected, recorder, stop);
    }
    database::StepsResult apply(const std::string& revision, const std::string& text) {
        return apply(make_step(revision, text));
    }
    ledger::Ledger ledger() { return connection->read_ledger(within(std::chrono::seconds(30))).ledger; }

    std::unique_ptr<database::Connection> connection;
    Recorder recorder;
};

}  // namespace headgate::contract
