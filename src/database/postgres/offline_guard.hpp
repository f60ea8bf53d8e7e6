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
    bool is_version_schema_assumed = false;
    std::string version_table;
    std::string versions;  // quoted, with its schema; empty: left alone
};

// Before the first step: whether the schemas that were assumed are those of an online run. Asked as the login, before a
// role is taken on, because "$user" in the search_path means the one or the other. May be empty.
std::string make_place_guard(const OfflineNames& names, const AssumedHistory& assumed);

std::string make_offline_guard(const OfflineNames& names, const AssumedHistory& assumed,
                               const std::optional<ledger::VersionStep>& versions, LockSpan span);

}  // namespace headgate::database::postgres
