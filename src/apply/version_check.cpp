// SPDX-License-Identifier: Apache-2.0
#include "apply/version_check.hpp"

#include <format>

#include "base/error.hpp"
#include "plan/version_rows.hpp"

namespace headgate::apply {

void check_versions(const database::LedgerReading& reading) {
    if (!reading.versions || !reading.versions->exists) return;
    const auto expected = plan::VersionRows(reading.ledger).rows();
    if (reading.versions->rows == expected) return;
    throw base::Error(
        reading.ledger.has_partial() ? base::ErrorKind::outcome_unknown : base::ErrorKind::history_mismatch,
        std::format("{} is at {}, and the ledger at {}: Alembic has moved on without headgate",
                    reading.versions->qualified_name, ledger::render_heads(reading.versions->rows),
                    ledger::render_heads(expected)))
        .with_hint("headgate adopt takes over what Alembic has done");
}

void add_version_steps(plan::Plan& plan, const database::LedgerReading& reading) {
    if (!reading.versions) return;
    plan::add_version_steps(
        plan, reading.ledger,
        reading.versions->exists ? plan::VersionTableState::there : plan::VersionTableState::absent);
}

}  // namespace headgate::apply
