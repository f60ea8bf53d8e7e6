// SPDX-License-Identifier: Apache-2.0
#include "contract/steps.hpp"
#include "contract/subject.hpp"
#include "database/sqlite/driver.hpp"

namespace headgate::contract {

url::DatabaseUrl SqliteSubject::url() const {
    url::DatabaseUrl url;
    url.dialect = dialect;
    url.path = folder_ / "app.db";
    return url;
}

std::unique_ptr<database::Connection> SqliteSubject::connect(database::Access access) const {
    database::ConnectOptions options;
    options.access = access;
    return database::sqlite::driver().connect(url(), options, silent_log(), base::Stop());
}

std::string SqliteSubject::slow_statement() {
    return "WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 1e12) SELECT count(*) FROM c;";
}

std::string SqliteSubject::temporary_ledger() {
    return "CREATE TEMP TABLE headgate_ledger AS SELECT * FROM headgate_ledger;";
}

}  // namespace headgate::contract
