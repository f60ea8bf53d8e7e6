// SPDX-License-Identifier: Apache-2.0
// What a step does to Alembic's own table (`alembic_version`), which holds one row a head. Only the words; which rows
// those are is worked out in plan/version_rows.hpp.
#pragma once

#include <string>
#include <vector>

namespace headgate::ledger {

// One row. No `from`: it is added; no `to`: it is removed; both: the row is moved, as Alembic does it.
struct VersionChange {
    std::string from;
    std::string to;

    bool operator==(const VersionChange&) const = default;
};

// The rows that the step takes for granted, looked at again under the lock, and what becomes of them.
struct VersionStep {
    bool exists = true;               // else the step makes the table
    std::vector<std::string> before;  // all rows, sorted
    std::vector<VersionChange> changes;

    bool operator==(const VersionStep&) const = default;
};

}  // namespace headgate::ledger
