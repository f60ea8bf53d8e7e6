// SPDX-License-Identifier: Apache-2.0
// The retry policy alone, against a connection that plays a part. What real databases do is in tests/contract and
// tests/gate.
#include "apply/migration.hpp"

#include <deque>
#include <filesystem>
#include <functional>
#include <thread>
#include <utility>

#include <catch2/catch_test_macros.hpp>

#include "base/error.hpp"
#include "database/statement_session.hpp"
#include "revision/folder.hpp"
#include "support/temp_folder.hpp"

using namespace headgate;
using base::ErrorKind;
using base::Milliseconds;
using database::StepEnd;

namespace {

class SilentLog : public base::EventLog {
public:
    void write(const base::Event& event) noexcept override { names.push_back(event.name); }
    void show_progress(std::string_view) noexcept override {}
    std::vector<std::string> names;
};

// A folder with the revisions a <- b.
class Folder {
public:
    Folder() {
        support::write_file(folder_ / "a.sql",
                            "-- headgate:revision\n-- revision = \"a\"\n-- headgate:upgrade\nSELECT 1;\n"
                            "-- headgate:downgrade\nSELECT -1;\n");
        support::write_file(folder_ / "b.sql",
                            "-- headgate:revision\n-- revision = \"b\"\n-- down_revision = \"a\"\n"
                            "-- headgate:upgrade\nSELECT 2;\n-- headgate:downgrade\nSELECT -2;\n");
    }
    const std::filesystem::path& path() const { return folder_.path(); }

private:
    support::TempFolder folder_;
};

// How the next steps end, in order; committed when the list is empty.
struct Part {
    StepEnd end = StepEnd::committed;
    bool is_applied = false;  // whether the row is there afterwards, whatever was said
    ErrorKind kind = ErrorKind::step_failed;
    int busy_readings = 0;  // afterwards
    Milliseconds duration{0};
};

struct Stage {
    std::deque<Part> parts;
    std::vector<ledger::Row> rows;
    database::Surroundings surroundings;
    std::vector<std::string> rows_after_surroundings;  // somebody else's work while we look around
    int busy_readings = 0;                             // that many readings see somebody else's lock
    bool is_standby = false;                           // the first host is one
    int connections = 0;
    database::Access access = database::Access::read_only;  // that the last one was made for
    int tries = 0;
    std::vector<database::Failure> failures;
    std::vector<std::string> remembered;
    std::vector<std::string> forgotten;
};

class ActingConnection : public database::Connection {
public:
    ActingConnection(Stage& stage, database::Access access)
        : stage_(stage), is_writable_(!stage.is_standby || access == database::Access::read_write) {
        ++stage_.connections;
        stage_.access = access;
    }
    std::string server_version() const override { return "Stage 1"; }
    bool is_writable() const override { return is_writable_; }

    database::LedgerReading read_ledger(base::Stop) override {
        database::LedgerReading reading{ledger::Ledger(stage_.rows), "ledger", std::nullopt};
        if (stage_.busy_readings > 0) {
            --stage_.busy_readings;
            reading.holder = database::Session{"somebody"};
        }
        return reading;
    }
    database::Surroundings read_surroundings(base::Stop) override {
        for (const auto& id : std::exchange(stage_.rows_after_surroundings, {})) {
            ledger::Row row;
            row.sequence = std::ssize(stage_.rows) + 1;
            row.revision = id;
            stage_.rows.push_back(row);
        }
        return stage_.surroundings;
    }

    database::StepsResult apply_steps(std::span<const database::StepScript> steps, const ledger::Expectation&,
                                      database::Progress& progress, base::Stop) override {
        database::StepsResult result;
        for (const auto& step : steps) {
            ++stage_.tries;
            const auto part = next_part();
            std::this_thread::sleep_for(part.duration);
            if (part.end == StepEnd::committed || part.is_applied) record(step);
            result.end = part.end;
            stage_.busy_readings += part.busy_readings;
            if (part.end != StepEnd::committed) {
                result.error = base::Error(part.kind, "as the part says");
                break;
            }
            result.durations.emplace_back(1);
            progress.step_committed(result.committed++, Milliseconds(1));
        }
        result.ledger = ledger::Ledger(stage_.rows).expectation();
        return result;
    }

    std::unique_ptr<database::StatementSession> try_begin_statements(std::string_view, const sql::Script&,
                                                                     base::Stop) override {
        return nullptr;  // no revision of these cases asks for one
    }

    std::vector<database::Failure> read_failures(base::Stop) override { return stage_.failures; }
    void remember_failure(const database::Failure& failure, base::Stop) override {
        stage_.remembered.push_back(failure.revision);
    }
    void forget_failure(const std::string& revision, base::Stop) override { stage_.forgotten.push_back(revision); }

private:
    Part next_part() {
        if (stage_.parts.empty()) return {};
        const auto part = stage_.parts.front();
        stage_.parts.pop_front();
        return part;
    }

    void record(const database::StepScript& step) {
        const auto& change = step.changes.front();
        if (const auto* undone = std::get_if<database::DeleteRow>(&change)) {
            std::erase_if(stage_.rows, [&](const auto& row) { return row.revision == undone->revision; });
            return;
        }
        auto row = std::get<database::InsertRow>(change).row;
        row.sequence = std::ssize(stage_.rows) + 1;
        stage_.rows.push_back(row);
    }

    Stage& stage_;
    bool is_writable_;
};

Stage* current_stage = nullptr;

std::unique_ptr<database::Connection> connect(const url::DatabaseUrl&, const database::ConnectOptions& options,
                                              base::EventLog&, base::Stop) {
    return std::make_unique<ActingConnection>(*current_stage, options.access);
}

const database::Driver driver{base::DialectId::sqlite, connect, [] { return std::string("stage"); }};

struct Ending {
    apply::Report report;
    std::optional<base::Error> error;
    std::vector<std::string> events;
};

using Run = std::function<apply::Report(apply::Migration&)>;

Ending play_run(Stage& stage, apply::Options options, const Run& run) {
    const Folder folder;
    const revision::Graph graph(revision::read_folder(folder.path(), base::DialectId::sqlite));
    apply::Connector connector{.driver = &driver, .url = [](base::Stop) { return url::DatabaseUrl{}; }};
    SilentLog log;
    current_stage = &stage;
    options.lock_timeout = Milliseconds(10);
    Ending ending;
    try {
        apply::Migration migration(connector, graph, options, log, base::Stop());
        ending.report = run(migration);
    } catch (const base::Error& error) {
        ending.error = error;
    }
    ending.events = log.names;
    return ending;
}

Ending play(Stage& stage, apply::Options options = {}, const char* target = "head") {
    return play_run(stage, std::move(options),
                    [&](apply::Migration& migration) { return migration.upgrade(plan::parse_target(target)); });
}

Ending play_back(Stage& stage, apply::Options options = {}, const char* target = "base") {
    return play_run(stage, std::move(options),
                    [&](apply::Migration& migration) { return migration.downgrade(plan::parse_target(target)); });
}

using Ids = std::vector<std::string>;

}  // namespace

TEST_CASE("every pending step is tried once, in order") {
    Stage stage;
    const auto ending = play(stage);
    CHECK(ending.report.steps == Ids{"a", "b"});
    CHECK(ending.report.heads == Ids{"b"});
    CHECK(stage.tries == 2);
    CHECK(stage.connections == 1);
}

TEST_CASE("a relative target means the same after its first step: +1 applies one revision") {
    Stage stage;
    CHECK(play(stage, {}, "+1").report.steps == Ids{"a"});
    CHECK(play(stage, {}, "+1").report.steps == Ids{"b"});
}

TEST_CASE("a first step that another gate took meanwhile is not run again") {
    // The first look finds no ledger, the look around comes after the other gate's commit.
    Stage stage{.rows_after_surroundings = {"a"}};
    CHECK(play(stage).report.steps == Ids{"b"});
    CHECK(stage.tries == 1);
}

TEST_CASE("nothing pending tries nothing") {
    Stage stage;
    play(stage);
    stage.tries = 0;
    CHECK(play(stage).report.steps.empty());
    CHECK(stage.tries == 0);
}

TEST_CASE("a step whose lock is busy or whose ledger moved is planned again") {
    Stage stage{.parts = {{StepEnd::lock_busy}, {StepEnd::ledger_moved}}};
    CHECK(play(stage).report.steps == Ids{"a", "b"});
    CHECK(stage.tries == 4);
}

TEST_CASE("nothing is sent while somebody else holds the lock") {
    Stage stage{.busy_readings = 3};
    CHECK(play(stage).report.steps == Ids{"a", "b"});
    CHECK(stage.tries == 2);
}

TEST_CASE("a lock that stays busy past gate_timeout is busy, not a failure of the step") {
    Stage stage{.busy_readings = 1000};
    const auto ending = play(stage, {.gate_timeout = Milliseconds(50)});
    REQUIRE(ending.error);
    CHECK(ending.error->kind == ErrorKind::busy);
    CHECK(ending.error->message.contains("somebody"));
    CHECK(stage.tries == 0);
}

TEST_CASE("gate_timeout does not count what the run itself was at work") {
    const Milliseconds timeout{300};
    const Milliseconds longer{400};
    Stage working{.parts = {{.duration = longer}, {StepEnd::lock_busy}}, .busy_readings = 2};
    CHECK(play(working, {.gate_timeout = timeout}).report.steps == Ids{"a", "b"});

    Stage retrying{.parts = {{.end = StepEnd::retryable, .duration = longer}, {StepEnd::lock_busy}},
                   .busy_readings = 2};
    CHECK(play(retrying, {.gate_timeout = timeout}).report.steps == Ids{"a", "b"});

    Stage losing{.parts = {{.end = StepEnd::unknown, .busy_readings = 1, .duration = longer}}, .busy_readings = 2};
    CHECK(play(losing, {.gate_timeout = timeout}).report.steps == Ids{"a", "b"});
}

TEST_CASE("a step that met lock_timeout is tried again, until retry_timeout") {
    Stage stage{.parts = {{StepEnd::retryable}, {StepEnd::retryable}}};
    CHECK(play(stage).report.steps == Ids{"a", "b"});
    CHECK(stage.tries == 4);

    Stage stubborn{.parts = std::deque<Part>(1000, Part{StepEnd::retryable})};
    const auto ending = play(stubborn, {.retry_timeout = Milliseconds(100)});
    REQUIRE(ending.error);
    CHECK(ending.error->kind == ErrorKind::busy);
}

TEST_CASE("a failed step ends the run and says what was committed before it") {
    Stage stage{.parts = {{StepEnd::committed}, {StepEnd::rolled_back}}};
    const auto ending = play(stage);
    REQUIRE(ending.error);
    CHECK(ending.error->kind == ErrorKind::step_failed);
    CHECK(ending.error->applied == Ids{"a"});
}

TEST_CASE("a failed downgrade says what stays applied, and what was undone before it") {
    Stage stage;
    REQUIRE(play(stage).report.steps == Ids{"a", "b"});
    stage.parts = {{StepEnd::committed}, {StepEnd::rolled_back}};
    const auto ending = play_back(stage);
    REQUIRE(ending.error);
    CHECK(ending.error->kind == ErrorKind::step_failed);
    CHECK(ending.error->message == "undoing revision a was rolled back, it is still applied: as the part says");
    CHECK(ending.error->undone == Ids{"b"});
    CHECK(ending.error->applied.empty());
}

TEST_CASE("whoever could not see how a downgrade ended is sent to it, not to the next start") {
    Stage stage;
    REQUIRE(play(stage).report.steps == Ids{"a", "b"});
    stage.parts = {{.end = StepEnd::unknown, .busy_readings = 1000}};
    const auto ending = play_back(stage, {.gate_timeout = Milliseconds(50)});
    REQUIRE(ending.error);
    CHECK(ending.error->kind == ErrorKind::outcome_unknown);
    CHECK(ending.error->message.starts_with("how undoing revision b ended is not known: "));
    CHECK(ending.error->hint.contains("headgate current"));
    CHECK(ending.error->hint.contains("downgrade"));
    CHECK_FALSE(ending.error->hint.contains("start"));
}

TEST_CASE("a lost connection whose step was committed goes on with the next, on a new connection") {
    Stage stage{.parts = {{.end = StepEnd::unknown, .is_applied = true}}};
    CHECK(play(stage).report.steps == Ids{"a", "b"});
    CHECK(stage.tries == 2);
    CHECK(stage.connections == 2);
}

TEST_CASE("how a step ended is asked of the primary: a standby may not have it yet") {
    Stage stage{.parts = {{.end = StepEnd::unknown, .is_applied = true}}};
    CHECK(play(stage).report.steps == Ids{"a", "b"});
    CHECK(stage.access == database::Access::read_write);
}

TEST_CASE("a lost connection whose step was not committed runs it again") {
    Stage stage{.parts = {{.end = StepEnd::unknown}}};
    CHECK(play(stage).report.steps == Ids{"a", "b"});
    CHECK(stage.tries == 3);
}

TEST_CASE("a connection that is lost in the same step again and again is given up after retry_timeout") {
    Stage stage{.parts = std::deque<Part>(1000, {.end = StepEnd::unknown})};
    const auto ending = play(stage, {.retry_timeout = Milliseconds(300)});
    REQUIRE(ending.error);
    CHECK(ending.error->kind == ErrorKind::step_failed);
    CHECK(ending.error->revision == "a");
    CHECK(stage.tries > 1);
    CHECK(stage.tries < 10);
}

TEST_CASE("what is pending on a standby is written to the primary, and nothing is tried before") {
    Stage stage{.is_standby = true};
    CHECK(play(stage).report.steps == Ids{"a", "b"});
    CHECK(stage.tries == 2);
    CHECK(stage.connections == 2);
}

TEST_CASE("at head a standby is good enough") {
    Stage stage;
    REQUIRE(play(stage).report.steps == Ids{"a", "b"});
    stage.is_standby = true;
    stage.connections = 0;
    CHECK(play(stage).report.steps.empty());
    CHECK(stage.connections == 1);
}

TEST_CASE("a downgrade never reads its plan from a standby, which may lag") {
    Stage stage;
    REQUIRE(play(stage).report.steps == Ids{"a", "b"});
    stage.is_standby = true;
    stage.connections = 0;
    CHECK(play_back(stage).report.steps == Ids{"b", "a"});
    CHECK(stage.connections == 1);
}

TEST_CASE("a step that a server refuses as read-only is tried on the primary") {
    Stage stage{.parts = {{.end = StepEnd::read_only, .kind = ErrorKind::unreachable}}};
    CHECK(play(stage).report.steps == Ids{"a", "b"});
    CHECK(stage.tries == 3);
    CHECK(stage.connections == 2);
}

TEST_CASE("no ledger beside tables is refused before anything runs, unless it was accepted") {
    Stage stage{.surroundings = {.tables = {"users"}}};
    const auto ending = play(stage);
    REQUIRE(ending.error);
    CHECK(ending.error->kind == ErrorKind::history_mismatch);
    CHECK(stage.tries == 0);
    CHECK(play(stage, {.existing_tables = apply::ExistingTables::accept}).report.steps == Ids{"a", "b"});
}
