// SPDX-License-Identifier: Apache-2.0
#include "support/test_database.hpp"

#include <atomic>
#include <chrono>
#include <format>
#include <random>
#include <sstream>
#include <stdexcept>

#include <pqxx/pqxx>
#include <unistd.h>

namespace headgate::support {
namespace {

// Unique over processes that share a server, and over hosts that do.
std::string unique_name() {
    static std::atomic<int> count = 0;
    static const auto salt = std::random_device{}();
    return std::format("headgate_test_{}_{:08x}_{}", ::getpid(), salt, count++);
}

bool is_dump_noise(const std::string& line) {
    return line.empty() || line.starts_with("--") || line.starts_with("\\restrict") ||
           line.starts_with("\\unrestrict") || line.starts_with("SET ") ||
           line.starts_with("SELECT pg_catalog.set_config");
}

bool is_our_table(const std::string& line) {
    for (const std::string_view start :
         {"CREATE TABLE ", "CREATE TABLE IF NOT EXISTS ", "INSERT INTO ", "CREATE INDEX ", "CREATE UNIQUE INDEX "})
        for (const std::string_view name : {"headgate_", "\"headgate_"})
            if (line.starts_with(std::string(start) + std::string(name))) return true;
    return false;
}

// The ledger counts its rows, as other tables may.
bool is_counter_of_ledger(const std::string& line) {
    return line == "DELETE FROM sqlite_sequence;" || line.starts_with("INSERT INTO sqlite_sequence VALUES('headgate_");
}

}  // namespace

std::string quote_name(std::string_view name) {
    std::string quoted = "\"";
    for (const char c : name) quoted += c == '"' ? "\"\"" : std::string(1, c);
    return quoted + "\"";
}

std::vector<TextRow> query_postgres(const std::string& url, std::string_view sql) {
    pqxx::connection connection(url);
    pqxx::nontransaction session(connection);
    std::vector<TextRow> rows;
    for (const auto& row : session.exec(sql)) {
        TextRow& texts = rows.emplace_back();
        for (const auto& field : row) texts.emplace_back(field.is_null() ? "NULL" : field.c_str());
    }
    return rows;
}

TestDatabase::TestDatabase(PostgresAddress server, std::string_view create_options)
    : server_(std::move(server)), name_(unique_name()) {
    query_postgres(server_.url(), std::format("CREATE DATABASE {} TEMPLATE template0 {}", name_, create_options));
}

TestDatabase::~TestDatabase() {
    try {
        query_postgres(server_.url(), std::format("DROP DATABASE IF EXISTS {} WITH (FORCE)", name_));
    } catch (const std::exception&) {
        // The server may be gone, by the test's own hand: then so is the database.
    }
}

void TestDatabase::execute(std::string_view sql) const {
    query_postgres(url(), sql);
}

std::vector<TextRow> TestDatabase::rows(std::string_view sql) const {
    return query_postgres(url(), sql);
}

std::string TestDatabase::value(std::string_view sql) const {
    const auto all = rows(sql);
    if (all.size() != 1 || all[0].empty())
        throw std::runtime_error(std::format("{} rows instead of one from: {}", all.size(), sql));
    return all[0][0];
}

void run_psql(const std::string& url, std::string_view script) {
    require_output({.executable = "psql",
                    .arguments = {"--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1",
                                  "--dbname=" + url, "--file=-"},
                    .input = std::string(script)});
}

std::string dump_postgres(const std::string& url, DumpContent content) {
    Program program{.executable = "pg_dump", .arguments = {"--dbname=" + url, "--exclude-table=*.headgate_*"}};
    if (content == DumpContent::schema) program.arguments.emplace_back("--schema-only");
    std::istringstream lines(require_output(program));
    std::string kept;
    for (std::string line; std::getline(lines, line);)
        if (!is_dump_noise(line)) kept += line + "\n";
    return kept;
}

std::string run_sqlite(const std::filesystem::path& file, std::string_view sql) {
    return require_output({.executable = "sqlite3",
                           .arguments = {"-batch", "-bail", "-cmd", ".timeout 10000", file.string()},
                           .input = std::string(sql)});
}

std::string dump_sqlite(const std::filesystem::path& file) {
    std::istringstream lines(run_sqlite(file, ".dump"));
    std::string kept;
    bool is_ours = false;
    for (std::string line; std::getline(lines, line);) {
        is_ours = is_ours || is_our_table(line);
        if (!is_ours && !is_counter_of_ledger(line)) kept += line + "\n";
        if (line.ends_with(';')) is_ours = false;
    }
    return kept;
}

}  // namespace headgate::support
