// SPDX-License-Identifier: Apache-2.0
// The ledger's SQL in PostgreSQL's dialect: pure text. Every name is qualified, because the search_path is not ours.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "database/dialect.hpp"
#include "ledger/ledger.hpp"

namespace headgate::database::postgres {

class PostgresDialect final : public Dialect {
public:
    std::string create_ledger(std::string_view qualified_name) const override;
    // One statement each. An INSERT returns sequence and duration_ms; the others fail unless they hit exactly one row.
    std::string change_ledger(std::string_view qualified_name, const LedgerChange& change) const override;
    std::string select_ledger(std::string_view qualified_name) const override;
};

// "schema"."headgate_ledger".
std::string qualify_ledger(std::string_view schema);

// The key of the advisory lock: the first 8 bytes of SHA-256 of "headgate:" and the qualified name. Never change it:
// two versions of headgate must exclude each other.
std::int64_t lock_key(std::string_view qualified_name);
// The same, computed by the server from an SQL expression that gives the qualified name.
std::string lock_key_expression(std::string_view qualified_name_expression);

// A list of SQL statements without their semicolons. Under the lock: the ledger is as expected (created where it was
// expected not to exist), or the transaction fails with our own SQLSTATE; without plpgsql (`plain`) with 22P02.
enum class Language { plpgsql, plain };
std::vector<std::string> guard_statements(std::string_view qualified_name, std::string_view schema,
                                          const ledger::Expectation& expected, Language language);

// For those who only wait: one statement, which does nothing where the role may read already. A setting may be newer
// than the ledger.
std::string grant_reading(std::string_view qualified_name, std::string_view role, Language language);

// Number of rows and last sequence.
std::string select_expectation(std::string_view qualified_name);

}  // namespace headgate::database::postgres
