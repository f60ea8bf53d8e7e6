// SPDX-License-Identifier: Apache-2.0
// A step that failed and was rolled back, as the table headgate_attempts beside the ledger keeps it: fifty replicas
// need not each repeat a step that fails after four minutes.
#pragma once

#include <string>
#include <string_view>

#include "base/stop.hpp"

namespace headgate::database {

inline constexpr std::string_view attempts_table_name = "headgate_attempts";

struct Failure {
    std::string revision;
    std::string checksum;  // of the section's tokens
    std::string host;
    std::string run_id;
    std::string code;
    std::string error;
    // Both by the database's clock, and filled in by it.
    std::string failed_at;      // 2026-11-23T12:00:03Z
    base::Milliseconds age{0};  // negative: its clock was put back
};

}  // namespace headgate::database
