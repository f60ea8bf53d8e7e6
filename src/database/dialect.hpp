// SPDX-License-Identifier: Apache-2.0
// The ledger's SQL for a dialect, as text: everything headgate itself says to a database about its ledger. Pure
// functions, so that a script for another day (--sql) needs no connection.
#pragma once

#include <string>
#include <string_view>

#include "base/dialect_id.hpp"
#include "database/connection.hpp"

namespace headgate::database {

class Dialect {
public:
    virtual ~Dialect() = default;
    virtual std::string create_ledger(std::string_view qualified_name) const = 0;
    virtual std::string change_ledger(std::string_view qualified_name, const LedgerChange& change) const = 0;
    // The columns of ledger::Row in its order, from `qualified_name`, ordered by sequence.
    virtual std::string select_ledger(std::string_view qualified_name) const = 0;
};

}  // namespace headgate::database
