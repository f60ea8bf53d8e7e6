// SPDX-License-Identifier: Apache-2.0
#include "ledger/ledger.hpp"

#include <algorithm>
#include <format>
#include <unordered_set>
#include <utility>

#include "base/error.hpp"
#include "base/text.hpp"

namespace headgate::ledger {

void check_layout(int layout, std::string_view headgate_version) {
    if (layout <= layout_version) return;
    throw base::Error(base::ErrorKind::history_mismatch,
                      std::format("the ledger has layout {}, this headgate knows up to {}", layout, layout_version))
        .with_hint(std::format("headgate {} wrote it: use that version or a newer one", headgate_version));
}

Ledger::Ledger(std::vector<Row> rows) : exists_(true), rows_(std::move(rows)) {
    for (const auto& row : rows_) check_layout(row.layout, row.headgate_version);
    std::ranges::sort(rows_, {}, &Row::sequence);
    index_.reserve(rows_.size());
    for (std::size_t i = 0; i < rows_.size(); ++i) index_.emplace(rows_[i].revision, i);
}

const Row* Ledger::find(std::string_view revision) const {
    const auto found = index_.find(revision);
    return found == index_.end() ? nullptr : &rows_[found->second];
}

bool Ledger::is_applied(std::string_view revision) const {
    const auto* row = find(revision);
    return row != nullptr && row->state == State::applied;
}

bool Ledger::has_partial() const {
    return std::ranges::contains(rows_, State::partial, &Row::state);
}

std::vector<const Row*> Ledger::heads() const {
    std::unordered_set<std::string_view> parents;
    for (const auto& row : rows_) {
        if (row.state == State::applied) parents.insert(row.parents.begin(), row.parents.end());
    }
    std::vector<const Row*> heads;
    for (const auto& row : rows_) {
        if (row.state == State::applied && !parents.contains(row.revision)) heads.push_back(&row);
    }
    return heads;
}

Expectation Ledger::expectation() const {
    return {exists_, static_cast<std::int64_t>(rows_.size()), rows_.empty() ? 0 : rows_.back().sequence};
}

std::string render_heads(const std::vector<std::string>& heads) {
    return heads.empty() ? "base" : base::join(heads, ", ");
}

}  // namespace headgate::ledger
