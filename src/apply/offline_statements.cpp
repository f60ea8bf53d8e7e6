// SPDX-License-Identifier: Apache-2.0
#include "apply/offline_statements.hpp"

#include <optional>
#include <string_view>

#include "apply/author_text.hpp"
#include "apply/offline_marks.hpp"
#include "apply/statement_script.hpp"
#include "apply/step_script.hpp"
#include "ledger/journal.hpp"

namespace headgate::apply {

namespace {

using ledger::Course;
using revision::Direction;

class Records {
public:
    Records(const plan::Step& step, const StatementScript& script, const database::OfflineDialect& offline,
            const Options& options)
        : step_(step), revision_(*step.revision), script_(script), offline_(offline), options_(options) {}

    // That `done` statements are done, and the next one, if there is one, is about to begin.
    database::StepScript next(std::size_t done) {
        const bool is_end = done == script_.size();
        const auto journal = is_end ? std::string() : ledger::render(journal_at(done));
        database::StepScript record{.label = revision_.id, .script = {}, .changes = {change(done, journal)}};
        record.versions = versions(is_end);
        has_row_ = true;
        journal_ = journal;
        return record;
    }

    database::Standing standing_of(std::size_t index) const {
        return offline_.standing_of(script_.must_run_alone(index));
    }

private:
    ledger::Journal journal_at(std::size_t done) const {
        return {course(), script_.fingerprint(done), standing_of(done) == database::Standing::alone, ""};
    }

    // Alembic knows no half revision: its rows are moved by the last record. Its table is looked at, and made, before
    // the first statement.
    std::optional<ledger::VersionStep> versions(bool is_end) const {
        auto versions = step_.versions;
        if (versions && !is_end) versions->changes.clear();
        return versions;
    }

    Course course() const { return step_.direction == Direction::upgrade ? Course::upgrade : Course::downgrade; }

    database::LedgerChange change(std::size_t done, const std::string& journal) const {
        if (journal.empty() && course() == Course::downgrade) return database::DeleteRow{revision_.id};
        const auto state = journal.empty() ? ledger::State::applied : ledger::State::partial;
        const auto count = static_cast<int>(done);
        if (has_row_) {
            return database::UpdateJournal{
                revision_.id, journal_, journal, state, count, revision_.upgrade.checksums, base::Milliseconds(0)};
        }
        auto row = make_row(revision_, options_.author);
        row.state = state;
        row.statements_done = count;
        row.journal = journal;
        return database::InsertRow{std::move(row)};
    }

    const plan::Step& step_;
    const revision::Revision& revision_;
    const StatementScript& script_;
    const database::OfflineDialect& offline_;
    const Options& options_;
    std::string journal_;
    bool has_row_ = step_.direction == Direction::downgrade;
};

std::string part(std::string_view mark, const std::string& text) {
    return std::string(mark).append(text);
}

std::string render_nothing(const database::OfflineDialect& offline, const database::StepScript& record,
                           const database::AssumedHistory& assumed) {
    return part(mark::begin, offline.begin(record, assumed)) + std::string(mark::nothing) +
           part(mark::record, offline.end(record));
}

std::string render_record(const database::OfflineDialect& offline, const database::StepScript& record,
                          database::Standing standing, bool is_end) {
    return is_end ? part(mark::record, offline.end_alone(record, standing))
                  : part(mark::record_part, offline.end_statement(record, standing));
}

}  // namespace

std::string render_offline_statements(const plan::Step& step, base::DialectId dialect,
                                      const database::OfflineDialect& offline, const database::AssumedHistory& assumed,
                                      const Options& options) {
    const StatementScript script(*step.revision, step.direction, dialect);
    Records records(step, script, offline, options);
    const auto first = script.next_work(0);
    if (first == script.size()) return render_nothing(offline, records.next(first), assumed);
    auto text = part(mark::begin, offline.begin_alone(records.next(first), assumed));
    for (std::size_t index = 0; index < script.size(); ++index) {
        const bool is_setting = script.next_work(index) != index;
        const auto standing = records.standing_of(index);
        if (!is_setting) text += offline.begin_statement(standing);
        text += part(mark::revision, render_author_statement(script.whole(), index, dialect));
        if (is_setting) continue;
        const auto next = script.next_work(index + 1);
        text += render_record(offline, records.next(next), standing, next == script.size());
        if (next == script.size()) break;  // what follows are settings for nothing
    }
    return text;
}

}  // namespace headgate::apply
