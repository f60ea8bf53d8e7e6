// SPDX-License-Identifier: Apache-2.0
// A fresh database of one kind, and what the contract's cases need to say in that database's own words. Everything else
// they do goes through the public interface of the drivers.
#pragma once

#include <memory>
#include <string>

#include "base/stop.hpp"
#include "database/connection.hpp"
#include "database/driver.hpp"
#include "support/temp_folder.hpp"
#include "support/test_database.hpp"

namespace headgate::contract {

class SqliteSubject {
public:
    static constexpr base::DialectId dialect = base::DialectId::sqlite;

    url::DatabaseUrl url() const;
    std::unique_ptr<database::Connection> connect(database::Access access = database::Access::read_write) const;

    // A statement that runs for minutes, with nothing before or after it.
    static std::string slow_statement();
    // What a step calls a second table of the ledger's name that only its connection sees.
    static std::string temporary_ledger();
    static std::string duplicate_key_code() { return "SQLITE_CONSTRAINT_UNIQUE"; }

private:
    support::TempFolder folder_;
};

class PostgresSubject {
public:
    static constexpr base::DialectId dialect = base::DialectId::postgresql;

    url::DatabaseUrl url() const;
    std::unique_ptr<database::Connection> connect(database::Access access = database::Access::read_write) const;

    static std::string slow_statement();
    static std::string temporary_ledger();
    static std::string duplicate_key_code() { return "23505"; }

private:
    support::TestDatabase database_;
};

}  // namespace headgate::contract
