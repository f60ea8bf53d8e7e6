// SPDX-License-Identifier: Apache-2.0
// The DO block that a script for psql begins each step with: it takes headgate's lock, compares the database with what
// the script was made for, and raises where either fails. Pure text, meant to be read by people.
#pragma once

#include <optional>
#include <string>

#include "database/offline.hpp"

namespace headgate::database::postgres {

enum class LockSpan { transaction, session };

struct OfflineNames {
    std::string schema;  // of the ledger
    bool is_schema_assumed = false;
    std::string ledger;          // quoted, with its schema
    std::string version_schema;  // of Alembic's table
    std::string version_table;
    std::string versions;  // quoted, with its schema; empty: left alone
};

std::string make_offline_guard(const OfflineNames& names, const AssumedHistory& assumed,
                               const std::optional<ledger::VersionStep>& versions, LockSpan span);

}  // namespace headgate::database::postgres
