// SPDX-License-Identifier: Apache-2.0
#include "apply/step_errors.hpp"

#include <format>

#include "ledger/journal.hpp"

namespace headgate::apply {

using base::Error;
using base::ErrorKind;

namespace {

bool is_upgrade(const plan::Step& step) {
    return step.direction == revision::Direction::upgrade;
}

}  // namespace

void check_not_half_done(const plan::Step& step, const ledger::Ledger& ledger) {
    const auto* row = ledger.find(step.revision->id);
    if (row == nullptr || row->state == ledger::State::applied) return;
    throw Error(
        ErrorKind::outcome_unknown,
        std::format("revision {} was begun with transaction = false, {} statements of it are done, and its file "
                    "says one transaction now",
                    row->revision, row->statements_done))
        .at({step.revision->path.string(), 0, 0})
        .with_hint("put transaction = false back and start again");
}

void check_not_half_applied(const plan::Plan& plan, const ledger::Ledger& ledger) {
    for (const auto& step : plan.steps) {
        const auto* row = ledger.find(step.revision->id);
        if (row == nullptr || row->state == ledger::State::applied) continue;
        if (ledger::parse_journal(row->journal).course == ledger::Course::downgrade) continue;
        throw Error(ErrorKind::history_mismatch,
                    std::format("revision {} is in the middle of its upgrade: {} statements are done", row->revision,
                                row->statements_done))
            .with_hint("headgate upgrade goes on with it");
    }
}

Error name_step(Error error, const plan::Step& step) {
    error.message = is_upgrade(step) ? std::format("revision {} was rolled back: {}", step.revision->id, error.message)
                                     : std::format("undoing revision {} was rolled back, it is still applied: {}",
                                                   step.revision->id, error.message);
    error.revision = step.revision->id;
    return error;
}

Error make_not_done_error(const plan::Step& step, Error lost) {
    const bool is_whole = step.revision->transaction == revision::TransactionMode::one_transaction;
    lost.kind = is_whole ? ErrorKind::step_failed : ErrorKind::outcome_unknown;
    return lost;
}

Error make_unseen_error(const plan::Step& step, const Error& lost, Error why) {
    why.message = std::format("how {}revision {} ended is not known: {}; then: {}", is_upgrade(step) ? "" : "undoing ",
                              step.revision->id, lost.message, why.message);
    why.hint =
        is_upgrade(step)
            ? "the ledger tells how far it came, and the next start goes on from there"
            : "headgate current tells how far it came; then give the downgrade again, with a revision to go back to";
    why.kind = ErrorKind::outcome_unknown;
    why.revision = step.revision->id;
    return why;
}

}  // namespace headgate::apply
