// SPDX-License-Identifier: Apache-2.0
// Alembic's row algebra: what becomes of the rows of `alembic_version` when a revision is applied or undone. The table
// has one row for each applied revision that no other applied revision stands on, by down_revision or depends_on
// (alembic/runtime/migration.py, HeadMaintainer). Pure.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "ledger/ledger.hpp"
#include "ledger/version_step.hpp"
#include "plan/planner.hpp"

namespace headgate::plan {

class VersionRows {
public:
    VersionRows() = default;  // at base
    // The rows that go with this ledger. What is half done stands where it began.
    explicit VersionRows(const ledger::Ledger& ledger);

    std::vector<std::string> rows() const { return {rows_.begin(), rows_.end()}; }  // sorted

    void apply(const std::string& revision, std::vector<std::string> parents);
    void undo(const std::string& revision);
    void take(const Step& step);

private:
    std::unordered_map<std::string, std::vector<std::string>> parents_;  // of every applied revision
    std::unordered_map<std::string, int> standing_;                      // how many applied revisions stand on it
    std::set<std::string> rows_;
};

// One row is moved where one goes and one comes; all others are deleted and inserted.
std::vector<ledger::VersionChange> find_version_changes(const std::vector<std::string>& before,
                                                        const std::vector<std::string>& after);

// Tells every step of the plan what it does to the table, whose rows are those of the ledger now. Where the table is
// not there yet, the first step makes it, and fills it with all that belongs into it.
enum class VersionTableState { absent, there };
void add_version_steps(Plan& plan, const ledger::Ledger& ledger, VersionTableState state);

}  // namespace headgate::plan
