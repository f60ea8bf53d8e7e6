// SPDX-License-Identifier: Apache-2.0
#include "apply/migration.hpp"

#include <format>
#include <optional>
#include <utility>

#include "apply/history_check.hpp"
#include "apply/statement_run.hpp"
#include "apply/step_errors.hpp"
#include "apply/step_progress.hpp"
#include "apply/step_script.hpp"
#include "apply/version_check.hpp"
#include "plan/downgrade.hpp"
#include "plan/standing.hpp"

namespace headgate::apply {

namespace {

using base::Error;
using base::ErrorKind;
using base::Milliseconds;
using database::StepEnd;
using revision::Direction;

bool is_done(const plan::Step& step, const ledger::Ledger& ledger) {
    return ledger.is_applied(step.revision->id) == (step.direction == Direction::upgrade);
}

}  // namespace

Migration::Migration(const Connector& connector, const revision::Graph& graph, const Options& options,
                     base::EventLog& log, base::Stop stop)
    : dialect_(connector.driver->dialect),
      graph_(graph),
      options_(options),
      log_(log),
      stop_(stop),
      gate_patience_(options.gate_timeout, log, stop),
      server_patience_(options.retry_timeout, log, stop),
      known_failures_(options, stop),
      connection_(connector, options, log, stop) {}

// A relative target means something else once a step is done: it is settled with the first reading, for good.
Report Migration::upgrade(const plan::Target& target) {
    std::optional<plan::Goals> goals;
    return run(Direction::upgrade, [&] {
        check_upgrade();
        if (!goals) goals = plan::find_upgrade_goals(graph_, reading_.ledger, target);
        return plan::plan_upgrade(graph_, reading_.ledger, *goals);
    });
}

// What a standby says may be old, and here the first reading settles what is undone.
Report Migration::downgrade(const plan::Target& target) {
    connection_.want_primary();
    std::optional<plan::Plan> whole;
    return run(Direction::downgrade, [&] {
        if (!whole) whole = plan::plan_downgrade(graph_, reading_.ledger, target);
        check_not_half_applied(*whole, reading_.ledger);
        return plan::still_to_undo(*whole, reading_.ledger);
    });
}

Report Migration::run(Direction direction, const Planning& planning) {
    try {
        connection_.connect();
        apply_until_done(planning);
    } catch (Error& error) {
        auto& done = direction == Direction::upgrade ? error.applied : error.undone;
        done = std::exchange(report_.steps, {});
        throw;
    }
    if (!connection_->is_writable()) {
        log_.write({base::Level::info,
                    "standby_is_enough",
                    "this server is a standby: at head, nothing is to be written",
                    {}});
    }
    for (const auto* row : reading_.ledger.heads()) report_.heads.push_back(row->revision);
    return std::move(report_);
}

// Reads, plans and applies until a fresh reading of the ledger leaves nothing to do. The first reading is the fast
// path: at head there is no lock and no second query.
void Migration::apply_until_done(const Planning& planning) {
    while (true) {
        read_ledger();
        options_.enter(base::Phase::plan);
        check_versions(reading_);
        auto plan = planning();
        if (plan.is_empty()) return;
        add_version_steps(plan, reading_);
        if (!connection_->is_writable()) {
            connection_.connect_to_primary();
            continue;
        }
        options_.enter(base::Phase::step);
        if (reading_.holder) {
            known_failures_.note_busy(plan.steps.front());
            gate_patience_.pause(reading_.holder->description);
            continue;
        }
        known_failures_.read(*connection_, plan);
        apply_plan(plan);
    }
}

void Migration::read_ledger() {
    connection_.ask([this](base::Stop stop) {
        options_.enter(base::Phase::ledger);
        reading_ = connection_->read_ledger(stop);
    });
    expected_ = reading_.ledger.expectation();
}

void Migration::check_upgrade() {
    check_not_foreign();
    const auto standing = plan::find_standing(graph_, reading_.ledger);
    check_history(standing, options_);
    if (!std::exchange(is_history_checked_, true)) write_history_warnings(standing, options_, log_);
}

// "No ledger" is not "base". What was read may be old by now (another gate's first step): only what is still so after
// looking around counts.
void Migration::check_not_foreign() {
    const bool is_of_no_interest = graph_.is_empty() || options_.existing_tables == ExistingTables::accept;
    if (is_of_no_interest || !reading_.ledger.is_empty()) return;
    database::Surroundings around;
    connection_.ask([&](base::Stop stop) { around = connection_->read_surroundings(stop); });
    read_ledger();
    options_.enter(base::Phase::plan);
    if (!reading_.ledger.is_empty()) return;
    if (auto foreign = find_foreign(around, reading_.qualified_name)) throw std::move(*foreign);
}

Migration::Next Migration::apply_plan(const plan::Plan& plan) {
    std::span<const plan::Step> left = plan.steps;
    while (!left.empty()) {
        const bool by_statement = left.front().revision->transaction == revision::TransactionMode::none;
        const auto done =
            by_statement ? apply_statements(left.front()) : apply_steps(left.first(count_handed_together(left)));
        if (done.next == Next::plan_again) return Next::plan_again;
        left = left.subspan(done.steps);
    }
    return Next::plan_again;
}

Migration::Advance Migration::apply_steps(std::span<const plan::Step> steps) {
    stop_.throw_if_interrupted();
    steps = steps.first(known_failures_.count_to_try(steps));
    for (const auto& step : steps) check_not_half_done(step, reading_.ledger);
    const auto scripts = make_step_scripts(steps, dialect_, options_);
    StepProgress progress(steps, log_, [this](const auto& step, auto duration) { note_committed(step, duration); });
    auto result = connection_->apply_steps(scripts, expected_, progress, stop_);
    progress.clear();
    expected_ = result.ledger;
    known_failures_.forget(*connection_, steps.first(result.committed));
    if (result.end == StepEnd::committed) return {Next::go_on, steps.size()};
    const auto left = steps.subspan(result.committed);
    return {take_failure(left, std::move(result), progress.holder()), steps.size() - left.size()};
}

// The first of `steps` was not committed, as far as it is known.
Migration::Next Migration::take_failure(std::span<const plan::Step> steps, database::StepsResult result,
                                        const std::string& holder) {
    const auto& step = steps.front();
    switch (result.end) {
        case StepEnd::lock_busy:
        case StepEnd::ledger_moved:
            known_failures_.note_busy(step);
            gate_patience_.pause("");
            return Next::plan_again;
        case StepEnd::retryable:
            gate_patience_.begin_anew();
            lock_patience_for(step).pause(step.revision->id, *result.error, holder);
            return Next::go_on;
        case StepEnd::read_only:
            connection_.connect_to_primary();
            server_patience_.pause(step.revision->id, 0, *result.error);
            return Next::plan_again;
        case StepEnd::unknown:
            return find_out(steps, *result.error);
        case StepEnd::committed:
        case StepEnd::needs_alone:
        case StepEnd::rolled_back:
            break;
    }
    // What another tool did to the history says nothing about the step.
    if (result.error->kind != ErrorKind::history_mismatch) known_failures_.remember(*connection_, step, *result.error);
    throw name_step(*std::move(result.error), step);
}

LockPatience& Migration::lock_patience_for(const plan::Step& step) {
    if (!lock_patience_ || patient_step_ != step.revision) {
        patient_step_ = step.revision;
        lock_patience_.emplace(options_.retry_timeout, step.revision->lock_timeout.value_or(options_.lock_timeout),
                               log_, stop_);
    }
    return *lock_patience_;
}

Migration::Advance Migration::apply_statements(const plan::Step& step) {
    stop_.throw_if_interrupted();
    connection_.renew_login();
    std::optional<Error> lost;
    {
        // Ends before the connection is looked at again: it has the lock.
        StatementRun run(*connection_, step, dialect_, options_, gate_patience_, log_, stop_);
        const auto end = run.run(expected_);
        if (end == StatementRun::End::done) {
            expected_ = run.ledger();
            note_committed(step, run.duration());
            return {Next::go_on, 1};
        }
        if (end == StatementRun::End::lost) lost = run.lost_because();
    }
    if (lost) return {find_out({&step, 1}, *lost), 0};
    gate_patience_.pause("");
    return {Next::plan_again, 0};
}

// The connection was lost after the steps were sent: its session may be gone, still at work, or have committed. The
// lock tells when it is over, the ledger how it ended.
Migration::Next Migration::find_out(std::span<const plan::Step> steps, const Error& lost) {
    const auto& step = steps.front();
    log_.write({base::Level::warning,
                "connection_lost",
                std::format("the connection was lost during revision {}: {}; looking how it ended", step.revision->id,
                            lost.message),
                {{"revision", step.revision->id}, {"reason", lost.message}, {"code", lost.code}}});
    gate_patience_.begin_anew();
    connection_.want_primary();
    try {
        connection_.connect();
        read_ledger();
        while (reading_.holder) {
            gate_patience_.pause(reading_.holder->description);
            read_ledger();
        }
    } catch (const Error& error) {
        throw make_unseen_error(step, lost, error);
    }
    if (!is_done(step, reading_.ledger)) {
        const auto* row = reading_.ledger.find(step.revision->id);
        const int statements_done = row == nullptr ? 0 : row->statements_done;
        server_patience_.pause(step.revision->id, statements_done, make_not_done_error(step, lost));
    }
    for (const auto& sent : steps) {
        if (is_done(sent, reading_.ledger)) note_committed(sent, Milliseconds(0));
    }
    return Next::plan_again;
}

void Migration::note_committed(const plan::Step& step, Milliseconds duration) {
    report_.steps.push_back(step.revision->id);
    gate_patience_.begin_anew();
    write_committed(step, duration, log_);
}

}  // namespace headgate::apply
