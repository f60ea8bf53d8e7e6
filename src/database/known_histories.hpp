// SPDX-License-Identifier: Apache-2.0
// The tables in which other migration tools remember what they applied. A database that holds one with rows has a
// history, even where headgate's own ledger is absent.
#pragma once

#include <span>
#include <string_view>

namespace headgate::database {

struct KnownHistory {
    std::string_view table;
    std::string_view column;  // that the table must have: several tools share a table's name
    std::string_view tool;
};

// Several entries with one table name: the first whose column is there is meant.
std::span<const KnownHistory> known_histories();

}  // namespace headgate::database
