// SPDX-License-Identifier: Apache-2.0
#include "url/postgres_parameters.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.hpp"

namespace headgate::url {

namespace {

// PostgreSQL 17, "Parameter Key Words" of libpq. Left out: what headgate decides itself (client_encoding, replication).
constexpr auto libpq_names = std::to_array<std::string_view>({
    "application_name",
    "channel_binding",
    "connect_timeout",
    "fallback_application_name",
    "gssdelegation",
    "gssencmode",
    "gsslib",
    "hostaddr",
    "keepalives",
    "keepalives_count",
    "keepalives_idle",
    "keepalives_interval",
    "krbsrvname",
    "load_balance_hosts",
    "options",
    "passfile",
    "require_auth",
    "requirepeer",
    "service",
    "ssl_max_protocol_version",
    "ssl_min_protocol_version",
    "sslcert",
    "sslcertmode",
    "sslcompression",
    "sslcrl",
    "sslcrldir",
    "sslkey",
    "sslnegotiation",
    "sslpassword",
    "sslrootcert",
    "sslsni",
    "target_session_attrs",
    "tcp_user_timeout",
});

constexpr auto translated_names = std::to_array<std::string_view>({
    "dbname",
    "host",
    "password",
    "port",
    "requiressl",
    "ssl",
    "sslmode",
    "unix_sock",
    "user",
});

// asyncpg, psycopg, psycopg2, pg8000, SQLAlchemy's pool, Prisma and pgx.
constexpr auto application_names = std::to_array<std::string_view>({
    "async_creator_fn",
    "async_fallback",
    "autocommit",
    "charset",
    "client_encoding",
    "command_timeout",
    "connection_factory",
    "connection_limit",
    "currentSchema",
    "cursor_factory",
    "default_query_exec_mode",
    "direct_tls",
    "echo",
    "executemany_batch_page_size",
    "executemany_mode",
    "isolation_level",
    "max_cacheable_statement_size",
    "max_cached_statement_lifetime",
    "max_overflow",
    "pgbouncer",
    "pool_max_conns",
    "pool_min_conns",
    "pool_pre_ping",
    "pool_recycle",
    "pool_size",
    "pool_timeout",
    "prepare_threshold",
    "prepared_statement_cache_size",
    "prepared_statement_name_func",
    "replication",
    "row_factory",
    "schema",
    "search_path",
    "socket_timeout",
    "source_address",
    "sslaccept",
    "ssl_context",
    "statement_cache_capacity",
    "statement_cache_size",
    "tcp_keepalive",
    "timeout",
    "use_native_unicode",
});

constexpr auto ssl_modes =
    std::to_array<std::string_view>({"disable", "allow", "prefer", "require", "verify-ca", "verify-full"});

// What drivers accept beside libpq's own words. "no-verify" is node-postgres: encrypted, the certificate not looked at.
constexpr auto other_ssl_words = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"true", "require"},
    {"1", "require"},
    {"yes", "require"},
    {"on", "require"},
    {"no-verify", "require"},
    {"false", "disable"},
    {"0", "disable"},
    {"no", "disable"},
    {"off", "disable"},
});

}  // namespace

ParameterUse use_of_postgres_parameter(std::string_view name) {
    if (std::ranges::contains(libpq_names, name)) return ParameterUse::libpq;
    if (std::ranges::contains(translated_names, name)) return ParameterUse::translated;
    if (std::ranges::contains(application_names, name)) return ParameterUse::application;
    return ParameterUse::unknown;
}

std::optional<std::string> find_similar_postgres_parameter(std::string_view name) {
    auto similar = base::find_nearest(name, libpq_names);
    return similar ? similar : base::find_nearest(name, translated_names);
}

std::optional<std::string_view> find_sslmode(std::string_view written) {
    const auto word = base::to_lower(written);
    if (const auto* mode = std::ranges::find(ssl_modes, word); mode != ssl_modes.end()) return *mode;
    const auto* other = std::ranges::find(other_ssl_words, word, &decltype(other_ssl_words)::value_type::first);
    return other == other_ssl_words.end() ? std::nullopt : std::optional(other->second);
}

}  // namespace headgate::url
