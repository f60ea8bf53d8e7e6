// SPDX-License-Identifier: Apache-2.0
#include "apply/migration.hpp"

#include <format>
#include <optional>
#include <utility>

#include "apply/history_check.hpp"
#include "apply/step_progress.hpp"
#include "apply/step_script.hpp"
#include "apply/wait.hpp"
#include "base/text.hpp"
#include "plan/standing.hpp"

namespace headgate::apply {

namespace {

using base::Error;
using base::ErrorKind;
using base::Milliseconds;
using database::StepEnd;
using revision::Direction;

// Said before anything runs.
void check_runnable(const plan::Plan& plan) {
    for (const auto& step : plan.steps) {
        if (step.revision->transaction == revision::TransactionMode::one_transaction) continue;
        throw Error(ErrorKind::bad_revisions,
                    std::format("revision {} says transaction = false, which this version of headgate cannot run",
                                step.revision->id))
            .at({step.revision->path.string(), 0, 0})
            .with_hint("run its statements by hand, then: headgate stamp REV");
    }
}

Error name_step(Error error, const plan::Step& step) {
    error.message = std::format("revision {} was rolled back: {}", step.revision->id, error.message);
    error.revision = step.revision->id;
    return error;
}

bool is_done(const plan::Step& step, const ledger::Ledger& ledger) {
    return ledger.is_applied(step.revision->id) == (step.direction == Direction::upgrade);
}

}  // namespace

Migration::Migration(const Connector& connector, const revision::Graph& graph, const Options& options,
                     base::EventLog& log, base::Stop stop)
    : connector_(connector),
      graph_(graph),
      options_(options),
      log_(log),
      stop_(stop),
      gate_patience_(options.gate_timeout, log, stop),
      known_failures_(options, stop) {}

// A relative target means something else once a step is done: it is settled with the first reading, for good.
Report Migration::upgrade(const plan::Target& target) {
    std::optional<plan::Goals> goals;
    return run([&] {
        check_upgrade();
        if (!goals) goals = plan::find_upgrade_goals(graph_, reading_.ledger, target);
        return plan::plan_upgrade(graph_, reading_.ledger, *goals);
    });
}

Report Migration::downgrade(const plan::Target& target) {
    std::optional<plan::Plan> whole;
    return run([&] {
        if (!whole) whole = plan::plan_downgrade(graph_, reading_.ledger, target);
        return plan::still_to_undo(*whole, reading_.ledger);
    });
}

Report Migration::run(const Planning& planning) {
    try {
        connect();
        apply_until_done(planning);
    } catch (Error& error) {
        error.applied = report_.steps;
        throw;
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
        const auto plan = planning();
        if (plan.is_empty()) return;
        check_runnable(plan);
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

void Migration::connect() {
    options_.enter(base::Phase::connect);
    connection_ = wait_for_database(connector_, options_.wait_timeout, log_, stop_);
}

// A connection that was lost while nothing was under way is simply made anew.
void Migration::read_ledger() {
    const auto patient = stop_.within(options_.wait_timeout);
    base::Backoff backoff(Milliseconds(25), Milliseconds(1000));
    while (true) {
        options_.enter(base::Phase::ledger);
        try {
            reading_ = connection_->read_ledger(patient);
            expected_ = reading_.ledger.expectation();
            return;
        } catch (const Error& error) {
            if (error.kind != ErrorKind::unreachable || patient.is_past_deadline()) throw;
            log_.write({base::Level::info,
                        "connection_lost",
                        std::format("reading the ledger failed: {}", error.message),
                        {{"reason", error.message}, {"code", error.code}}});
        }
        patient.sleep_for(backoff.next());
        connect();
    }
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
    const auto around = connection_->read_surroundings(stop_.within(options_.wait_timeout));
    read_ledger();
    options_.enter(base::Phase::plan);
    if (reading_.ledger.is_empty()) check_surroundings(around, reading_.qualified_name);
}

Migration::Next Migration::apply_plan(const plan::Plan& plan) {
    for (const auto& step : plan.steps) {
        LockPatience patience(options_.retry_timeout, step.revision->lock_timeout.value_or(options_.lock_timeout), log_,
                              stop_);
        auto next = Next::same_step;
        while (next == Next::same_step) next = apply_step(step, patience);
        if (next == Next::plan_again) return next;
    }
    return Next::plan_again;
}

Migration::Next Migration::apply_step(const plan::Step& step, LockPatience& patience) {
    stop_.throw_if_interrupted();
    known_failures_.check(step);
    const auto script = make_step_script(step, connector_.driver->dialect, options_);
    StepProgress progress(step, log_);
    auto result = connection_->apply_steps({&script, 1}, expected_, progress, stop_);
    progress.clear();
    switch (result.end) {
        case StepEnd::committed:
            expected_ = result.ledger;
            note_committed(step, result.durations.front());
            return Next::next_step;
        case StepEnd::lock_busy:
        case StepEnd::ledger_moved:
            known_failures_.note_busy(step);
            gate_patience_.pause("");
            return Next::plan_again;
        case StepEnd::retryable:
            patience.pause(step.revision->id, *result.error, progress.holder());
            return Next::same_step;
        case StepEnd::unknown:
            return find_out(step, *result.error);
        case StepEnd::rolled_back:
            break;
    }
    known_failures_.remember(*connection_, step, *result.error);
    throw name_step(*std::move(result.error), step);
}

// The connection was lost after the step was sent: its session may be gone, still at work, or have committed. The lock
// tells when it is over, the ledger how it ended.
Migration::Next Migration::find_out(const plan::Step& step, const Error& lost) {
    log_.write({base::Level::warning,
                "connection_lost",
                std::format("the connection was lost during revision {}: {}; looking how it ended", step.revision->id,
                            lost.message),
                {{"revision", step.revision->id}, {"reason", lost.message}, {"code", lost.code}}});
    connection_.reset();
    try {
        connect();
        read_ledger();
        while (reading_.holder) {
            gate_patience_.pause(reading_.holder->description);
            read_ledger();
        }
    } catch (Error& error) {
        error.message = std::format("how revision {} ended is not known: {}; then: {}", step.revision->id, lost.message,
                                    error.message);
        error.hint =
            "the step is either done whole or not at all: the ledger tells, and the next start goes on from there";
        error.kind = ErrorKind::outcome_unknown;
        error.revision = step.revision->id;
        throw;
    }
    if (is_done(step, reading_.ledger)) note_committed(step, Milliseconds(0));
    return Next::plan_again;
}

void Migration::note_committed(const plan::Step& step, Milliseconds duration) {
    report_.steps.push_back(step.revision->id);
    known_failures_.forget(*connection_, step);
    const bool is_upgrade = step.direction == Direction::upgrade;
    log_.write(
        {base::Level::info,
         is_upgrade ? "step_applied" : "step_undone",
         std::format("{} {} {} ({})", is_upgrade ? "applied" : "undone", step.revision->id, step.revision->message,
                     base::render_duration(duration.count())),
         {{"revision", step.revision->id}, {"message", step.revision->message}, {"duration_ms", duration.count()}}});
}

}  // namespace headgate::apply
