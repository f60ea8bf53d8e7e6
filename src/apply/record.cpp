// SPDX-License-Identifier: Apache-2.0
#include "apply/record.hpp"

#include <format>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "apply/adoption.hpp"
#include "apply/patience.hpp"
#include "apply/statement_script.hpp"
#include "apply/wait.hpp"
#include "base/error.hpp"
#include "ledger/journal.hpp"
#include "plan/planner.hpp"

namespace headgate::apply {

namespace {

using base::Error;
using base::ErrorKind;

class NoProgress : public database::Progress {
public:
    void step_committed(std::size_t, base::Milliseconds) override {}
    void still_running(std::size_t, base::Milliseconds) override {}
    void notice(std::size_t, std::string_view, std::string_view) override {}
};

// What to record; nothing: there is nothing to be done.
using Decision = std::function<std::optional<StampPlan>(const database::LedgerReading&)>;

bool was_overtaken(database::StepEnd end) {
    return end == database::StepEnd::lock_busy || end == database::StepEnd::ledger_moved;
}

// Nobody else looks how a lost COMMIT ended, or tries again.
Error explain(database::StepsResult result) {
    auto error = *std::move(result.error);
    if (result.end == database::StepEnd::unknown) {
        error.kind = ErrorKind::outcome_unknown;
        error.message = std::format("whether the ledger was changed is not known: {}", error.message);
        error.hint = "headgate current shows it; giving the command again is safe, unless its target is relative";
    }
    if (result.end == database::StepEnd::retryable) {
        error.kind = ErrorKind::busy;
        error.hint = "nothing was changed; trying again is right, when the ledger is less busy";
    }
    return error;
}

// Decides from the ledger as it is and records, all or nothing; again where the ledger has moved meanwhile.
void record(const Connector& connector, const Options& options, base::EventLog& log, base::Stop stop,
            const Decision& decide) {
    options.enter(base::Phase::connect);
    const auto connection = wait_for_database(connector, options.wait_timeout, log, stop);
    GatePatience patience(options.gate_timeout, log, stop);
    while (true) {
        options.enter(base::Phase::ledger);
        const auto reading = connection->read_ledger(stop.within(options.wait_timeout));
        auto plan = decide(reading);
        if (!plan || plan->is_empty()) return;
        const database::StepScript step{.label = "stamp",
                                        .script = {},
                                        .changes = std::move(plan->changes),
                                        .lock_timeout = options.lock_timeout,
                                        .versions = std::move(plan->versions)};
        options.enter(base::Phase::step);
        NoProgress progress;
        auto result = connection->apply_steps({&step, 1}, reading.ledger.expectation(), progress, stop);
        if (result.end == database::StepEnd::committed) return;
        if (!was_overtaken(result.end)) throw explain(std::move(result));
        patience.pause(reading.holder ? reading.holder->description : "");
    }
}

StampPlan only(database::LedgerChange change) {
    return {{std::move(change)}, std::nullopt, {}};
}

Adoption describe(const StampPlan& plan) {
    Adoption adoption{.heads = plan.heads, .recorded = {}, .taken_out = {}};
    for (const auto& change : plan.changes) {
        if (const auto* added = std::get_if<database::InsertRow>(&change))
            adoption.recorded.push_back(added->row.revision);
        if (const auto* removed = std::get_if<database::DeleteRow>(&change))
            adoption.taken_out.push_back(removed->revision);
    }
    return adoption;
}

}  // namespace

std::vector<std::string> stamp(const Connector& connector, const revision::Graph& graph,
                               const std::vector<plan::Target>& targets, UnknownRows unknown, const Options& options,
                               base::EventLog& log, base::Stop stop) {
    std::vector<std::string> heads;
    record(connector, options, log, stop, [&](const database::LedgerReading& reading) {
        auto plan = plan_stamp(graph, reading, targets, unknown, options.author);
        heads = plan.heads;
        return plan;
    });
    return heads;
}

void repair(const Connector& connector, const revision::Revision& revision, const Options& options, base::EventLog& log,
            base::Stop stop) {
    record(connector, options, log, stop, [&](const database::LedgerReading& reading) {
        const auto* row = reading.ledger.find(revision.id);
        if (row != nullptr && row->state == ledger::State::partial) {
            throw Error(ErrorKind::usage, std::format("revision {} stopped between its statements", revision.id))
                .with_hint(std::format("start again once it is mended, or say where it goes on: headgate repair {} "
                                       "--resume-at N",
                                       revision.id));
        }
        if (row == nullptr) {
            throw Error(ErrorKind::usage,
                        std::format("revision {} is not applied: there is nothing to repair", revision.id))
                .with_hint("a revision that is not applied may be edited freely");
        }
        return only(database::UpdateChecksums{revision.id, revision.upgrade.checksums});
    });
}

void resume_at(const Connector& connector, const revision::Revision& revision, std::size_t number,
               const Options& options, base::EventLog& log, base::Stop stop) {
    record(connector, options, log, stop, [&](const database::LedgerReading& reading) {
        const auto* row = reading.ledger.find(revision.id);
        if (row == nullptr || row->state == ledger::State::applied) {
            throw Error(ErrorKind::usage, std::format("revision {} did not stop between its statements", revision.id));
        }
        auto journal = ledger::parse_journal(row->journal);
        const bool is_upgrade = journal.course == ledger::Course::upgrade;
        const auto direction = is_upgrade ? revision::Direction::upgrade : revision::Direction::downgrade;
        const StatementScript script(revision, direction, connector.driver->dialect);
        if (number == 0 || number > script.size() + 1) {
            throw Error(ErrorKind::usage,
                        std::format("revision {} has the statements 1 to {}", revision.id, script.size()));
        }
        const auto done = number - 1;
        journal = {journal.course, script.fingerprint(done), false, ""};
        return only(database::UpdateJournal{revision.id, row->journal, ledger::render(journal), ledger::State::partial,
                                            static_cast<int>(done), revision.upgrade.checksums, row->duration});
    });
}

Adoption adopt(const Connector& connector, const revision::Graph& graph, Extent extent, const Options& options,
               base::EventLog& log, base::Stop stop) {
    Adoption adoption;
    record(connector, options, log, stop, [&](const database::LedgerReading& reading) -> std::optional<StampPlan> {
        auto plan = plan_adoption(graph, reading, options.author);
        adoption = describe(plan);
        if (extent == Extent::look_only) return std::nullopt;
        return plan;
    });
    return adoption;
}

}  // namespace headgate::apply
