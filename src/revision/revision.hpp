// SPDX-License-Identifier: Apache-2.0
// A revision: one SQL file of the history. Kept small on purpose: texts stay in their files, only their places
// and checksums are here, so that memory does not grow with the history's size.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/checksums.hpp"
#include "base/dialect_id.hpp"
#include "base/stop.hpp"

namespace headgate::revision {

enum class Direction { upgrade, downgrade };
std::string_view name_of(Direction direction);

// One section of the file that is right for the dialect in use.
struct Section {
    std::size_t offset = 0;  // of the first byte after the marker's line
    std::size_t size = 0;
    std::size_t line = 1;  // of that byte
    base::Checksums checksums;
    bool is_empty = true;  // nothing but comments
};

enum class TransactionMode { one_transaction, none };

// Where the header says what other revisions have to agree with, so that faults of the graph have a line too.
struct HeaderLines {
    std::size_t revision = 0;
    std::size_t down_revision = 0;
    std::size_t depends_on = 0;
    std::size_t branch_labels = 0;
};

struct Revision {
    std::string id;
    std::vector<std::string> down_revisions;  // parents; empty for a base
    std::vector<std::string> depends_on;      // ids, once they are in a graph; a header may name labels too
    std::vector<std::string> branch_labels;
    std::string message;
    std::string create_date;  // as the header has it
    TransactionMode transaction = TransactionMode::one_transaction;
    bool is_breaking = false;
    std::optional<base::Milliseconds> lock_timeout;
    std::filesystem::path path;  // as messages name it
    HeaderLines lines;
    Section upgrade;
    std::optional<Section> downgrade;  // none: irreversible

    bool is_base() const { return down_revisions.empty(); }
};

}  // namespace headgate::revision
