// SPDX-License-Identifier: Apache-2.0
#include "apply/statement_run.hpp"

#include <format>
#include <utility>

#include "apply/elapsed.hpp"
#include "apply/step_progress.hpp"
#include "apply/step_script.hpp"
#include "base/text.hpp"

namespace headgate::apply {

namespace {

using base::Clock;
using base::Error;
using base::ErrorKind;
using base::Milliseconds;
using database::AloneEnd;
using database::StepEnd;
using ledger::Course;
using ledger::Journal;

// What was done is recorded even while the run is being stopped; the database has this long to take it.
constexpr std::chrono::seconds time_to_record{10};

Course course_of(const plan::Step& step) {
    return step.direction == revision::Direction::upgrade ? Course::upgrade : Course::downgrade;
}

Error make_course_error(const std::string& revision, Course course) {
    const auto* command = course == Course::upgrade ? "upgrade" : "downgrade";
    return Error(ErrorKind::history_mismatch, std::format("revision {} is in the middle of its {}", revision, command))
        .with_hint(std::format("headgate {} goes on with it", command));
}

Error make_changed_error(const revision::Revision& revision, std::size_t done) {
    return Error(ErrorKind::history_mismatch,
                 std::format("the first {} statements of revision {} were run, and are not what the file has now", done,
                             revision.id))
        .at({revision.path.string(), 0, 0})
        .with_hint(std::format("put them back as they were; what follows them may be changed. To go on at another "
                               "statement all the same: headgate repair {} --resume-at N",
                               revision.id));
}

}  // namespace

StatementRun::StatementRun(database::Connection& connection, const plan::Step& step, base::DialectId dialect,
                           const Options& options, GatePatience& gate_patience, base::EventLog& log, base::Stop stop)
    : connection_(connection),
      step_(step),
      revision_(*step.revision),
      options_(options),
      gate_patience_(gate_patience),
      log_(log),
      stop_(stop),
      script_(*step.revision, step.direction, dialect) {
    journal_.course = course_of(step);
}

StatementRun::End StatementRun::run(const ledger::Expectation& expected) try {
    session_ = connection_.try_begin_statements(revision_.id, script_.whole(), stop_);
    if (!session_) return End::busy;
    wait_for_left_behind();
    const auto reading = connection_.read_ledger(stop_.within(options_.wait_timeout));
    expected_ = reading.ledger.expectation();
    if (expected_ != expected) return End::plan_again;
    if (const auto ending = take_up(reading.ledger)) return *ending;
    return run_all().value_or(End::done);
} catch (const Error& error) {
    // Between two statements, too: the ledger tells how far it came.
    if (error.kind != ErrorKind::unreachable || stop_.is_requested()) throw;
    lost_ = error;
    return End::lost;
}

Milliseconds StatementRun::duration() const {
    return duration_before_ + Milliseconds(milliseconds_since(start_));
}

// A killed client's statement goes on at the server, and may still commit.
void StatementRun::wait_for_left_behind() {
    while (const auto somebody = session_->find_left_behind(revision_.id, stop_.within(options_.wait_timeout))) {
        gate_patience_.pause(somebody->description);
    }
}

StatementRun::Ending StatementRun::take_up(const ledger::Ledger& ledger) {
    // Between the plan and the lock, whoever had it may have finished the very row that was half done.
    if (journal_.course == Course::upgrade && ledger.is_applied(revision_.id)) return End::plan_again;
    const auto* row = ledger.find(revision_.id);
    has_row_ = row != nullptr;
    if (has_row_ && row->state == ledger::State::partial) read_journal(*row);
    done_ = script_.next_work(done_);
    return journal_.has_begun ? settle() : std::nullopt;
}

void StatementRun::read_journal(const ledger::Row& row) {
    const auto written = ledger::parse_journal(row.journal);
    const auto done = static_cast<std::size_t>(row.statements_done);
    if (written.course != journal_.course) throw make_course_error(revision_.id, written.course);
    const bool is_same = done <= script_.size() && script_.fingerprint(done) == written.fingerprint;
    if (!is_same) throw make_changed_error(revision_, done);
    journal_ = written;
    journal_text_ = row.journal;
    done_ = done;
    duration_before_ = row.duration;
    log_.write({base::Level::info,
                "step_resumed",
                std::format("revision {} goes on: {} of {} statements are done", revision_.id, done, script_.size()),
                {{"revision", revision_.id},
                 {"statements_done", static_cast<std::int64_t>(done)},
                 {"statements", static_cast<std::int64_t>(script_.size())}}});
}

// What is asked on behalf of a statement fails as the statement does; a lost connection is seen to elsewhere.
template <typename Question>
auto StatementRun::ask(Question question) const try {
    return question();
} catch (const Error& error) {
    if (error.kind == ErrorKind::unreachable) throw;
    throw explain(error);
}

// The statement that was begun, and whose end nobody recorded.
StatementRun::Ending StatementRun::settle() {
    if (done_ == script_.size()) throw make_changed_error(revision_, done_ + 1);
    switch (ask([&] { return session_->find_outcome(loose_statement(), journal_.note, stop_); })) {
        case database::Outcome::done:
            return record(after_this(), false, "");
        case database::Outcome::not_done:
            return std::nullopt;
        case database::Outcome::unprovable:
            break;
    }
    throw unprovable();
}

StatementRun::Ending StatementRun::run_all() {
    while (done_ < script_.size()) {
        stop_.throw_if_interrupted();
        const auto start = Clock::now();
        if (const auto ending = script_.must_run_alone(done_) ? run_alone() : run_in_transaction()) return ending;
        write_done(start);
    }
    return is_recorded_ ? std::nullopt : record(done_, false, "");
}

StatementRun::Ending StatementRun::run_in_transaction() {
    const auto after = after_this();
    const auto journal = journal_at(after, false, "");
    auto step = make_step(after, journal);
    step.script = script_.script_of(done_);
    auto result = run_patiently(step);
    return result.end == StepEnd::needs_alone ? run_alone() : take(std::move(result), after, journal);
}

// Somebody's lock may be in the way of a mere record, too: a reader of a SQLite file is enough.
database::StepsResult StatementRun::run_patiently(const database::StepScript& step) {
    LockPatience patience(options_.retry_timeout, revision_.lock_timeout.value_or(options_.lock_timeout), log_, stop_);
    const bool is_record = step.script.statements.empty();
    while (true) {
        StepProgress progress({&step_, 1}, log_);
        auto result = session_->run_in_transaction(step, expected_, progress,
                                                   is_record ? stop_.undoing_within(time_to_record) : stop_);
        progress.clear();
        if (result.end != StepEnd::retryable) return result;
        patience.pause(revision_.id, explain(*std::move(result.error)), progress.holder());
    }
}

StatementRun::Ending StatementRun::run_alone() {
    LockPatience patience(options_.retry_timeout, revision_.lock_timeout.value_or(options_.lock_timeout), log_, stop_);
    const auto statement = loose_statement();
    while (true) {
        const auto note = ask([&] { return session_->note_before(statement, stop_); });
        if (const auto ending = record(done_, true, note)) return ending;
        StepProgress progress({&step_, 1}, log_);
        auto result = session_->run_alone(statement, progress, stop_);
        progress.clear();
        switch (result.end) {
            case AloneEnd::done:
                return record(after_this(), false, "");
            case AloneEnd::unknown:
                lost_ = std::move(result.error);
                return End::lost;
            case AloneEnd::failed_late:
                throw explain(*std::move(result.error));
            case AloneEnd::failed_open:
                throw explain_open(*std::move(result.error));
            case AloneEnd::failed:
                take_back();
                break;
        }
        if (result.error->kind != ErrorKind::busy) throw explain(*std::move(result.error));
        patience.pause(revision_.id, *result.error, progress.holder());
    }
}

StatementRun::Ending StatementRun::record(std::size_t done, bool has_begun, const std::string& note) {
    const auto journal = journal_at(done, has_begun, note);
    auto result = run_patiently(make_step(done, journal));
    return take(std::move(result), done, journal);
}

// The statement that was begun left nothing; where it was the first one, nothing is left of the revision at all.
StatementRun::Ending StatementRun::take_back() {
    const bool is_first = journal_.course == Course::upgrade && done_ == script_.next_work(0);
    if (!is_first) return record(done_, false, "");
    auto step = make_step(done_, journal_);
    step.changes.clear();
    step.changes.emplace_back(database::DeleteRow{revision_.id});
    auto result = run_patiently(step);
    if (result.end != StepEnd::committed) return take(std::move(result), done_, journal_);
    expected_ = result.ledger;
    has_row_ = is_recorded_ = false;
    journal_text_.clear();
    return std::nullopt;
}

StatementRun::Ending StatementRun::take(database::StepsResult result, std::size_t done, const Journal& journal) {
    switch (result.end) {
        case StepEnd::committed:
            expected_ = result.ledger;
            has_row_ = is_recorded_ = true;
            done_ = done;
            journal_ = journal;
            journal_text_ = done == script_.size() && !journal.has_begun ? "" : ledger::render(journal);
            return std::nullopt;
        case StepEnd::read_only:
        case StepEnd::unknown:
            lost_ = std::move(result.error);
            return End::lost;
        case StepEnd::lock_busy:
        case StepEnd::ledger_moved:
            return End::plan_again;
        case StepEnd::retryable:
        case StepEnd::needs_alone:
        case StepEnd::rolled_back:
            break;
    }
    throw explain(*std::move(result.error));
}

Journal StatementRun::journal_at(std::size_t done, bool has_begun, const std::string& note) const {
    return {course_of(step_), script_.fingerprint(done), has_begun, note};
}

bool StatementRun::is_end(std::size_t done, const Journal& journal) const {
    return done == script_.size() && !journal.has_begun;
}

// Alembic knows no half revision: its rows are moved by the last record.
std::optional<ledger::VersionStep> StatementRun::versions_at(std::size_t done, const Journal& journal) const {
    auto versions = step_.versions;
    if (!versions || is_end(done, journal)) return versions;
    if (!versions->exists) return std::nullopt;
    versions->changes.clear();
    return versions;
}

database::LedgerChange StatementRun::change_to(std::size_t done, const Journal& journal) const {
    const bool is_final = is_end(done, journal);
    if (is_final && journal.course == Course::downgrade) return database::DeleteRow{revision_.id};
    const auto state = is_final ? ledger::State::applied : ledger::State::partial;
    const auto text = is_final ? std::string() : ledger::render(journal);
    const auto count = static_cast<int>(done);
    if (has_row_) {
        return database::UpdateJournal{revision_.id, journal_text_, text, state, count, revision_.upgrade.checksums,
                                       duration()};
    }
    auto row = make_row(revision_, options_.author);
    row.state = state;
    row.statements_done = count;
    row.journal = text;
    return database::InsertRow{std::move(row)};
}

database::StepScript StatementRun::make_step(std::size_t done, const Journal& journal) const {
    return {.label = revision_.id,
            .statement = done_ + 1,
            .script = {},
            .changes = {change_to(done, journal)},
            .lock_timeout = revision_.lock_timeout.value_or(options_.lock_timeout),
            .versions = versions_at(done, journal)};
}

database::LooseStatement StatementRun::loose_statement() const {
    return {revision_.id, done_ + 1, script_.script_of(done_)};
}

void StatementRun::write_done(Clock::time_point start) const {
    const auto duration = milliseconds_since(start);
    log_.write({base::Level::info,
                "statement_done",
                std::format("{}: {} of {} statements are done ({})", revision_.id, done_, script_.size(),
                            base::render_duration(duration)),
                {{"revision", revision_.id},
                 {"statements_done", static_cast<std::int64_t>(done_)},
                 {"statements", static_cast<std::int64_t>(script_.size())},
                 {"duration_ms", duration}}});
}

Error StatementRun::name_statement(Error error) const {
    error.revision = revision_.id;
    if (done_ == script_.size()) return error;
    error.message = std::format("statement {} of revision {}: {}", done_ + 1, revision_.id, error.message);
    if (error.spot.file.empty()) error.spot = script_.spot_of(done_);
    return error;
}

// Where something of the revision stays, whoever is called has to know how far it came.
Error StatementRun::explain(Error error) const {
    error = name_statement(std::move(error));
    const bool is_partial = !journal_text_.empty();
    if (!is_partial || error.kind == ErrorKind::interrupted || error.kind == ErrorKind::busy) return error;
    error.kind = ErrorKind::outcome_unknown;
    if (!error.hint.empty()) error.hint += "; ";
    error.hint += std::format(
        "{} statements of it are done and recorded, and stay: mend statement {} and start again, the run goes on there",
        done_, done_ + 1);
    return error;
}

// Parts of the statement may be committed, whatever ended it: a signal, too.
Error StatementRun::explain_open(Error error) const {
    error = name_statement(std::move(error));
    error.kind = ErrorKind::outcome_unknown;
    if (!error.hint.empty()) error.hint += "; ";
    error.hint += "parts of it may be committed: " + repair_hint();
    return error;
}

Error StatementRun::unprovable() const {
    return Error(ErrorKind::outcome_unknown,
                 std::format("statement {} of revision {} was begun, and nobody recorded how it ended: {}", done_ + 1,
                             revision_.id, script_.first_line_of(done_)))
        .at(script_.spot_of(done_))
        .with_hint(repair_hint());
}

std::string StatementRun::repair_hint() const {
    return std::format(
        "look whether it did its work; if so: headgate repair {0} --resume-at {1}; to run it again: headgate repair "
        "{0} --resume-at {2}",
        revision_.id, done_ + 2, done_ + 1);
}

}  // namespace headgate::apply
