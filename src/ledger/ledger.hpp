// SPDX-License-Identifier: Apache-2.0
// The ledger as it was read at one moment: its rows in the order of application.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "ledger/row.hpp"

namespace headgate::ledger {

// Throws Error(history_mismatch) for a layout newer than this program's, naming the version that wrote it.
void check_layout(int layout, std::string_view headgate_version);

// What a step takes for granted about the ledger; looked at again under the lock. Sequence numbers are never used
// twice, so the same count and the same last number mean the same rows. Not the same states: a row that was partial may
// be applied by now, which a run of its statements looks at for itself.
struct Expectation {
    bool exists = false;
    std::int64_t rows = 0;
    std::int64_t last_sequence = 0;

    bool operator==(const Expectation&) const = default;
};

// Move-only: the index looks into the rows.
class Ledger {
public:
    Ledger() = default;  // no table
    Ledger(Ledger&&) = default;
    Ledger& operator=(Ledger&&) = default;
    // Sorts by sequence. Throws Error(history_mismatch) for a layout newer than this program's.
    explicit Ledger(std::vector<Row> rows);

    bool exists() const { return exists_; }
    bool is_empty() const { return rows_.empty(); }
    const std::vector<Row>& rows() const { return rows_; }
    const Row* find(std::string_view revision) const;
    bool is_applied(std::string_view revision) const;  // a partial row is not applied
    bool has_partial() const;
    // Applied revisions that are parent of no applied revision, in the order of application.
    std::vector<const Row*> heads() const;
    Expectation expectation() const;

private:
    bool exists_ = false;
    std::vector<Row> rows_;
    std::unordered_map<std::string_view, std::size_t> index_;
};

// Where a database is: "9f3c1a7be204, c416a9f8e27b", or "base".
std::string render_heads(const std::vector<std::string>& heads);

}  // namespace headgate::ledger
