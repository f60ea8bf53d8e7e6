// SPDX-License-Identifier: Apache-2.0
// A PostgreSQL database of a test's own, dropped at the end whoever is still connected; and what tests ask of databases
// with other clients than ours: libpqxx, psql, pg_dump, sqlite3.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "support/postgres_server.hpp"
#include "support/shared_server.hpp"

namespace headgate::support {

using TextRow = std::vector<std::string>;  // null is "NULL"

class TestDatabase {
public:
    explicit TestDatabase(PostgresAddress server = shared_server(), std::string_view create_options = "");
    ~TestDatabase();
    TestDatabase(const TestDatabase&) = delete;
    TestDatabase& operator=(const TestDatabase&) = delete;

    const std::string& name() const { return name_; }
    const PostgresAddress& server() const { return server_; }
    std::string url() const { return server_.url(name_); }
    // The same database for another role.
    std::string url(const std::string& user, const std::string& password) const {
        return server_.with_login(user, password).url(name_);
    }

    // Several statements are one transaction, unless they contain their own.
    void execute(std::string_view sql) const;
    std::vector<TextRow> rows(std::string_view sql) const;
    // The first column of the only row.
    std::string value(std::string_view sql) const;

private:
    PostgresAddress server_;
    std::string name_;
};

// Runs one statement or script on any URL that libpq knows.
std::vector<TextRow> query_postgres(const std::string& url, std::string_view sql);

// Quoted as a PostgreSQL name.
std::string quote_name(std::string_view name);

// What `psql --single-transaction` makes of a script; throws std::runtime_error where psql fails.
void run_psql(const std::string& url, std::string_view script);

enum class DumpContent { schema, schema_and_data };
// pg_dump without what changes from run to run (\restrict, comments, versions) and without headgate's own tables.
std::string dump_postgres(const std::string& url, DumpContent content = DumpContent::schema);

// The sqlite3 shell on a file; throws std::runtime_error where it fails. Columns are joined by '|'.
std::string run_sqlite(const std::filesystem::path& file, std::string_view sql);
// The shell's .dump without headgate's own tables.
std::string dump_sqlite(const std::filesystem::path& file);

}  // namespace headgate::support
