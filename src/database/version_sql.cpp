// SPDX-License-Identifier: Apache-2.0
#include "database/version_sql.hpp"

#include <format>

#include "sql/quote.hpp"

namespace headgate::database {

using sql::quote_literal;

std::string create_versions(std::string_view qualified_name, std::string_view table) {
    return std::format("CREATE TABLE {} (version_num VARCHAR(32) NOT NULL, CONSTRAINT {} PRIMARY KEY (version_num))",
                       qualified_name, sql::quote_identifier(std::format("{}_pkc", table)));
}

std::string change_version(std::string_view qualified_name, const ledger::VersionChange& change) {
    if (change.from.empty()) {
        // A row that somebody else has added is no row of this statement, with or without a primary key
        // (version_table_pk = False).
        return std::format(
            "INSERT INTO {0} (version_num) SELECT {1} WHERE NOT EXISTS (SELECT 1 FROM {0} WHERE "
            "version_num = {1})",
            qualified_name, quote_literal(change.to));
    }
    const auto where = std::format("WHERE version_num = {}", quote_literal(change.from));
    if (change.to.empty()) return std::format("DELETE FROM {} {}", qualified_name, where);
    return std::format("UPDATE {} SET version_num = {} {}", qualified_name, quote_literal(change.to), where);
}

}  // namespace headgate::database
