// SPDX-License-Identifier: Apache-2.0
#include "contract/steps.hpp"
#include "contract/subject.hpp"
#include "database/postgres/driver.hpp"

namespace headgate::contract {

url::DatabaseUrl PostgresSubject::url() const {
    return url::parse_database_url(database_.url());
}

std::unique_ptr<database::Connection> PostgresSubject::connect(database::Access access) const {
    database::ConnectOptions options;
    options.application_name = "headgate contract";
    options.access = access;
    return database::postgres::driver().connect(url(), options, silent_log(),
                                                base::Stop().within(std::chrono::seconds(20)));
}

std::string PostgresSubject::slow_statement() {
    return "SELECT pg_sleep(600);";
}

std::string PostgresSubject::temporary_ledger() {
    return "CREATE TEMP TABLE headgate_ledger (LIKE headgate_ledger INCLUDING ALL);";
}

}  // namespace headgate::contract
