// SPDX-License-Identifier: Apache-2.0
#include "url/database_url.hpp"

#include <algorithm>
#include <array>
#include <format>
#include <optional>

#include "base/text.hpp"
#include "url/ado_net.hpp"
#include "url/fault.hpp"
#include "url/postgres_url.hpp"
#include "url/sqlite_url.hpp"
#include "url/sqlserver_url.hpp"

namespace headgate::url {

namespace {

constexpr std::string_view supported =
    "write postgresql://user:password@host:5432/database or sqlite:///path/to/file.db";

// Longer than any real one; keeps the work on a text that is no URL at all small.
constexpr std::size_t longest_url = 16'384;

struct Scheme {
    std::string name;    // "postgresql"
    std::string driver;  // SQLAlchemy's, after the '+': "asyncpg"
    std::string_view rest;
};

bool is_scheme_byte(char byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte == '+' || byte == '.' || byte == '-' ||
           byte == '_';
}

std::optional<Scheme> find_scheme(std::string_view text) {
    const auto end = text.find("://");
    if (end == std::string_view::npos || end == 0) return std::nullopt;
    const auto written = base::to_lower(text.substr(0, end));
    if (!std::ranges::all_of(written, is_scheme_byte)) return std::nullopt;
    const auto plus = std::min(written.find('+'), written.size());
    return Scheme{written.substr(0, plus), written.substr(std::min(plus + 1, written.size())), text.substr(end + 3)};
}

// Databases that people may well have; any other word before "://" is not repeated.
constexpr auto unsupported_names = std::to_array<std::string_view>({
    "clickhouse",
    "cockroachdb",
    "db2",
    "duckdb",
    "firebird",
    "libsql",
    "mariadb",
    "mongodb",
    "mysql",
    "oracle",
    "redis",
    "redshift",
    "snowflake",
    "spanner",
    "trino",
});

base::Error unsupported_scheme(std::string_view name) {
    if (name == "sqlite3") return fault("starts with sqlite3://", "write sqlite:///path/to/file.db");
    if (std::ranges::contains(unsupported_names, name))
        return fault(std::format("is for {}, which headgate does not support", name), std::string(supported));
    return fault("has a scheme that headgate does not know", std::string(supported));
}

DatabaseUrl parse_by_scheme(const Scheme& scheme) {
    if (scheme.name == "postgresql" || scheme.name == "postgres") return parse_postgres_url(scheme.rest, scheme.driver);
    if (scheme.name == "sqlite" && scheme.driver == "pysqlcipher")
        throw fault("is for an encrypted SQLite file, which headgate does not support");
    if (scheme.name == "sqlite") return parse_sqlite_url(scheme.rest);
    if (scheme.name == "mssql" || scheme.name == "sqlserver") return parse_sqlserver_url(scheme.rest);
    throw unsupported_scheme(scheme.name);
}

DatabaseUrl parse_without_scheme(std::string_view text, std::optional<base::DialectId> meant) {
    if (!text.contains('=')) throw fault("is not a URL", std::string(supported));
    if (looks_like_ado_net(text)) return parse_ado_net(text, meant);
    return parse_keyword_string(text);
}

bool is_control_byte(char byte) {
    return static_cast<unsigned char>(byte) < 0x20 || byte == 0x7F;
}

void check_text(std::string_view text) {
    if (text.empty()) throw fault("is empty", std::string(supported));
    if (text.size() > longest_url) throw fault(std::format("is longer than {} bytes", longest_url));
    const bool has_quotes =
        text.size() > 1 && text.front() == text.back() && (text.front() == '"' || text.front() == '\'');
    if (has_quotes)
        throw fault("is in quotes that belong to it",
                    "docker's --env-file and Kubernetes take quotes as part of a value");
    if (text.contains('\0')) throw fault("holds a zero byte");
}

}  // namespace

DatabaseUrl parse_database_url(std::string_view text, std::optional<base::DialectId> meant) {
    text = base::trim(text);
    check_text(text);
    if (base::to_lower(text.substr(0, 5)) == "jdbc:") throw fault("is one for Java (jdbc:)", std::string(supported));
    const auto scheme = find_scheme(text);
    if (!scheme) return parse_without_scheme(text, meant);
    if (std::ranges::any_of(text, is_control_byte)) throw fault("holds a line end or another control character");
    return parse_by_scheme(*scheme);
}

}  // namespace headgate::url
