// SPDX-License-Identifier: Apache-2.0
#include "plan/version_rows.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "ledger/journal.hpp"

namespace headgate::plan {

namespace {

std::vector<std::string> joined(std::vector<std::string> parents, const std::vector<std::string>& depends_on) {
    parents.insert(parents.end(), depends_on.begin(), depends_on.end());
    return parents;
}

// The last record of a revision that runs statement by statement moves the rows: until then it counts as it did before.
bool counts_as_applied(const ledger::Row& row) {
    return row.state == ledger::State::applied ||
           ledger::parse_journal(row.journal).course == ledger::Course::downgrade;
}

}  // namespace

VersionRows::VersionRows(const ledger::Ledger& ledger) {
    for (const auto& row : ledger.rows()) {
        if (counts_as_applied(row)) apply(row.revision, joined(row.parents, row.depends_on));
    }
}

// In any order: a child may come before its parent, as after a splice.
void VersionRows::apply(const std::string& revision, std::vector<std::string> parents) {
    for (const auto& parent : parents) {
        ++standing_[parent];
        rows_.erase(parent);
    }
    if (standing_[revision] == 0) rows_.insert(revision);
    parents_.insert_or_assign(revision, std::move(parents));
}

void VersionRows::undo(const std::string& revision) {
    auto undone = parents_.extract(revision);
    if (undone.empty()) return;
    rows_.erase(revision);
    for (const auto& parent : undone.mapped()) {
        if (--standing_[parent] == 0 && parents_.contains(parent)) rows_.insert(parent);
    }
}

void VersionRows::take(const Step& step) {
    const auto& revision = *step.revision;
    if (step.direction == revision::Direction::upgrade) {
        apply(revision.id, joined(revision.down_revisions, revision.depends_on));
    } else {
        undo(revision.id);
    }
}

std::vector<ledger::VersionChange> find_version_changes(const std::vector<std::string>& before,
                                                        const std::vector<std::string>& after) {
    std::vector<std::string> going;
    std::vector<std::string> coming;
    std::ranges::set_difference(before, after, std::back_inserter(going));
    std::ranges::set_difference(after, before, std::back_inserter(coming));
    std::vector<ledger::VersionChange> changes;
    const bool is_move = !going.empty() && !coming.empty();
    for (std::size_t i = is_move ? 1 : 0; i < going.size(); ++i) changes.push_back({going[i], ""});
    for (std::size_t i = is_move ? 1 : 0; i < coming.size(); ++i) changes.push_back({"", coming[i]});
    if (is_move) changes.push_back({going.front(), coming.front()});
    return changes;
}

void add_version_steps(Plan& plan, const ledger::Ledger& ledger, VersionTableState state) {
    VersionRows rows(ledger);
    auto before = state == VersionTableState::there ? rows.rows() : std::vector<std::string>{};
    bool exists = state == VersionTableState::there;
    for (auto& step : plan.steps) {
        rows.take(step);
        auto after = rows.rows();
        auto changes = find_version_changes(before, after);
        step.versions =
            ledger::VersionStep{std::exchange(exists, true), std::exchange(before, after), std::move(changes)};
    }
}

}  // namespace headgate::plan
