// SPDX-License-Identifier: Apache-2.0
// The ledger's SQL in PostgreSQL's dialect: pure text. Every name is qualified, because the search_path is not ours.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
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

// A condition: the schema has something with that name, a view or an index too.
std::string table_exists(std::string_view schema, std::string_view table);

std::string busy_message(std::string_view ledger);

// The key of the advisory lock: the first 8 bytes of SHA-256 of "headgate:" and the qualified name. Never change it:
// two versions of headgate must exclude each other.
std::int64_t lock_key(std::string_view qualified_name);
// The same, computed by the server from an SQL expression that gives the qualified name.
std::string lock_key_expression(std::string_view qualified_name_expression);

// What a step takes for granted that follows another one in the same message: the row of that one is the last, and
// ours. Its number is not known yet; but numbers only grow, so nobody can have come in between unseen.
struct Foregoing {
    std::int64_t rows = 0;
    std::string revision;
    std::string run_id;
};
using AssumedLedger = std::variant<ledger::Expectation, Foregoing>;

// Said by the guard of such a step. It makes the server send the answers that it has so far.
inline constexpr std::string_view next_step_notice = "headgate: next step";

// A list of SQL statements without their semicolons. Under the lock: the ledger is as expected (created where it was
// expected not to exist), or the transaction fails with our own SQLSTATE; without plpgsql (`plain`) with 22P02.
enum class Language { plpgsql, plain };
enum class Locking { take, held };  // held: by another session of this run
std::vector<std::string> guard_statements(std::string_view qualified_name, std::string_view schema,
                                          const AssumedLedger& assumed, Language language,
                                          Locking locking = Locking::take);

// For those who only wait: one statement, which does nothing where the role may read already. A setting may be newer
// than the ledger.
std::string grant_reading(std::string_view qualified_name, std::string_view role, Language language);

// The change as one statement that fails with 22P02 unless it hits exactly one row; the complaint is followed by how
// many there were.
std::string require_one_row(std::string_view change, std::string_view complaint);

// Number of rows and last sequence.
std::string select_expectation(std::string_view qualified_name);

}  // namespace headgate::database::postgres
