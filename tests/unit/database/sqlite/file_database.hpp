// SPDX-License-Identifier: Apache-2.0
// A SQLite file of a test's own, reached through the driver and, to prepare and to look, through SQLite directly.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <SQLiteCpp/SQLiteCpp.h>
#include <catch2/catch_test_macros.hpp>

#include "database/sqlite/driver.hpp"
#include "support/temp_folder.hpp"

namespace headgate::database::sqlite {

struct KeptEvents final : base::EventLog {
    void write(const base::Event& event) noexcept override { events.push_back(event); }
    void show_progress(std::string_view) noexcept override {}
    std::vector<base::Event> events;
};

struct KeptProgress final : Progress {
    void step_committed(std::size_t index, base::Milliseconds) override { committed.push_back(index); }
    void still_running(std::size_t, base::Milliseconds) override { ++reports; }
    void notice(std::size_t, std::string_view, std::string_view) override {}
    std::vector<std::size_t> committed;
    int reports = 0;
};

inline StepScript script_step(const std::string& text) {
    StepScript step;
    step.label = "test";
    step.script = {"test.sql", 1, text, sql::split(text, base::DialectId::sqlite).statements};
    return step;
}

inline StepScript revision_step(const std::string& revision, const std::string& text) {
    auto step = script_step(text);
    step.label = revision;
    InsertRow insert;
    insert.row.revision = revision;
    insert.row.checksums = {"raw", "tokens", 1};
    step.changes.emplace_back(std::move(insert));
    return step;
}

class FileDatabase {
public:
    FileDatabase() = default;
    explicit FileDatabase(const std::string& sql) { execute(sql); }

    std::filesystem::path path() const { return folder_ / "app.db"; }

    url::DatabaseUrl url(std::map<std::string, std::string> parameters = {}) const {
        url::DatabaseUrl url;
        url.path = path();
        url.parameters = std::move(parameters);
        return url;
    }

    std::unique_ptr<Connection> connect(Access access = Access::read_write,
                                        std::map<std::string, std::string> parameters = {}) {
        ConnectOptions options;
        options.access = access;
        return driver().connect(url(std::move(parameters)), options, log, base::Stop());
    }

    void execute(const std::string& sql) const {
        SQLite::Database(path().string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE).exec(sql);
    }
    std::string value(const std::string& sql) const {
        SQLite::Database database(path().string(), SQLite::OPEN_READONLY);
        return database.execAndGet(sql).getString();
    }

    KeptEvents log;

private:
    support::TempFolder folder_;
};

// One step, on whatever the ledger is now.
inline StepsResult apply(Connection& connection, const StepScript& step, base::Stop stop = {}) {
    KeptProgress progress;
    const auto expected = connection.read_ledger({}).ledger.expectation();
    return connection.apply_steps({&step, 1}, expected, progress, stop);
}

inline StepsResult apply(Connection& connection, const std::string& sql, base::Stop stop = {}) {
    return apply(connection, script_step(sql), stop);
}

}  // namespace headgate::database::sqlite
