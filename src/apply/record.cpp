// SPDX-License-Identifier: Apache-2.0
#include "apply/record.hpp"

#include <format>
#include <functional>
#include <memory>
#include <unordered_set>

#include "apply/patience.hpp"
#include "apply/statement_script.hpp"
#include "apply/step_script.hpp"
#include "apply/wait.hpp"
#include "base/error.hpp"
#include "ledger/journal.hpp"
#include "plan/planner.hpp"

namespace headgate::apply {

namespace {

using base::Error;
using base::ErrorKind;
using Changes = std::vector<database::LedgerChange>;

class NoProgress : public database::Progress {
public:
    void step_committed(std::size_t, base::Milliseconds) override {}
    void still_running(std::size_t, base::Milliseconds) override {}
    void notice(std::size_t, std::string_view, std::string_view) override {}
};

// Decides from the ledger as it is and records, all or nothing; again where the ledger has moved meanwhile.
void record(const Connector& connector, const Options& options, base::EventLog& log, base::Stop stop,
            const std::function<Changes(const ledger::Ledger&)>& decide) {
    options.enter(base::Phase::connect);
    const auto connection = wait_for_database(connector, options.wait_timeout, log, stop);
    GatePatience patience(options.gate_timeout, log, stop);
    while (true) {
        options.enter(base::Phase::ledger);
        const auto reading = connection->read_ledger(stop.within(options.wait_timeout));
        database::StepScript step{
            .label = "stamp", .script = {}, .changes = decide(reading.ledger), .lock_timeout = options.lock_timeout};
        if (step.changes.empty()) return;
        options.enter(base::Phase::step);
        NoProgress progress;
        auto result = connection->apply_steps({&step, 1}, reading.ledger.expectation(), progress, stop);
        if (result.end == database::StepEnd::committed) return;
        if (result.error) throw *std::move(result.error);
        patience.pause(reading.holder ? reading.holder->description : "");
    }
}

void check_known(const revision::Graph& graph, const ledger::Ledger& ledger) {
    for (const auto& row : ledger.rows()) {
        if (graph.find(row.revision) != nullptr) continue;
        throw Error(ErrorKind::history_mismatch,
                    std::format("the ledger has revision {}, which has no file here", row.revision))
            .with_hint("use the checkout that has it; --purge forgets it");
    }
}

Changes changes_towards(const std::vector<const revision::Revision*>& wanted, const ledger::Ledger& ledger,
                        const Author& author) {
    Changes changes;
    std::unordered_set<std::string_view> kept;
    for (const auto* revision : wanted) kept.insert(revision->id);
    for (const auto& row : ledger.rows()) {
        if (!kept.contains(row.revision)) changes.emplace_back(database::DeleteRow{row.revision});
    }
    for (const auto* revision : wanted) {
        if (ledger.is_applied(revision->id)) continue;
        if (ledger.find(revision->id) != nullptr) changes.emplace_back(database::DeleteRow{revision->id});
        changes.emplace_back(database::InsertRow{make_row(*revision, author)});
    }
    return changes;
}

std::vector<std::string> heads_of(const std::vector<const revision::Revision*>& wanted) {
    std::unordered_set<std::string_view> parents;
    for (const auto* revision : wanted) {
        parents.insert(revision->down_revisions.begin(), revision->down_revisions.end());
    }
    std::vector<std::string> heads;
    for (const auto* revision : wanted) {
        if (!parents.contains(revision->id)) heads.push_back(revision->id);
    }
    return heads;
}

}  // namespace

std::vector<std::string> stamp(const Connector& connector, const revision::Graph& graph,
                               const std::vector<plan::Target>& targets, UnknownRows unknown, const Options& options,
                               base::EventLog& log, base::Stop stop) {
    std::vector<std::string> heads;
    record(connector, options, log, stop, [&](const ledger::Ledger& ledger) {
        if (unknown == UnknownRows::keep) check_known(graph, ledger);
        const ledger::Ledger nothing;
        const auto& kept = unknown == UnknownRows::keep ? ledger : nothing;
        const auto goals = plan::find_stamp_goals(graph, kept, targets);
        const auto wanted = plan::revisions_up_to(graph, goals);
        heads = heads_of(wanted);
        return changes_towards(wanted, ledger, options.author);
    });
    return heads;
}

void repair(const Connector& connector, const revision::Revision& revision, const Options& options, base::EventLog& log,
            base::Stop stop) {
    record(connector, options, log, stop, [&](const ledger::Ledger& ledger) -> Changes {
        const auto* row = ledger.find(revision.id);
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
        return {database::UpdateChecksums{revision.id, revision.upgrade.checksums}};
    });
}

void resume_at(const Connector& connector, const revision::Revision& revision, std::size_t number,
               const Options& options, base::EventLog& log, base::Stop stop) {
    record(connector, options, log, stop, [&](const ledger::Ledger& ledger) -> Changes {
        const auto* row = ledger.find(revision.id);
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
        return {database::UpdateJournal{revision.id, row->journal, ledger::render(journal), ledger::State::partial,
                                        static_cast<int>(done), revision.upgrade.checksums, row->duration}};
    });
}

}  // namespace headgate::apply
