// SPDX-License-Identifier: Apache-2.0
// What the database says was applied: one row a revision.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/checksums.hpp"
#include "base/stop.hpp"

namespace headgate::ledger {

// The layout of the ledger's table that this program writes. A newer one is refused.
inline constexpr int layout_version = 1;
inline constexpr std::string_view table_name = "headgate_ledger";

enum class State { applied, partial };
std::string_view name_of(State state);
// Throws Error(history_mismatch) for a state that this version does not know.
State parse_state(std::string_view name);

struct Row {
    std::int64_t sequence = 0;  // given by the database, never used twice: the order of application
    int layout = layout_version;
    std::string kind = "revision";
    std::string revision;
    std::vector<std::string> parents;
    std::vector<std::string> depends_on;
    std::string message;
    base::Checksums checksums;  // of the upgrade section
    State state = State::applied;
    int statements_done = 0;
    std::string applied_at;  // UTC, ISO 8601
    base::Milliseconds duration{0};
    std::string applied_by;  // database role and operating system user
    std::string host;
    std::string run_id;
    std::string image_label;
    std::string headgate_version;
    bool is_breaking = false;
    std::string journal;  // of a partial row (ledger/journal.hpp); empty for an applied one
};

// Revision ids hold no comma, so a list of them is one text.
std::string render_ids(const std::vector<std::string>& ids);
std::vector<std::string> parse_ids(std::string_view text);

}  // namespace headgate::ledger
