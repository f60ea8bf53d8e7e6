// SPDX-License-Identifier: Apache-2.0
#include "url/ado_net.hpp"

#include <algorithm>
#include <array>
#include <format>
#include <string>
#include <utility>
#include <vector>

#include "base/text.hpp"
#include "url/ado_net_pairs.hpp"
#include "url/authority.hpp"
#include "url/fault.hpp"
#include "url/npgsql_keywords.hpp"
#include "url/postgres_url.hpp"

namespace headgate::url {

namespace {

using Pairs = std::vector<AdoNetPair>;

// Only one of the two databases' clients knows these.
constexpr auto postgres_marks = std::to_array<std::string_view>(
    {"host", "port", "username", "sslmode", "searchpath", "sslcertificate", "rootcertificate", "pooling"});
constexpr auto sqlserver_marks = std::to_array<std::string_view>(
    {"addr", "address", "applicationintent", "attachdbfilename", "authentication", "datasource", "driver", "encrypt",
     "initialcatalog", "multipleactiveresultsets", "multisubnetfailover", "networkaddress", "trustedconnection"});

// What SqlClient calls the same; beside those above.
constexpr auto server_keys =
    std::to_array<std::string_view>({"server", "host", "datasource", "addr", "address", "networkaddress"});
constexpr auto database_keys = std::to_array<std::string_view>({"database", "initialcatalog"});
constexpr auto user_keys = std::to_array<std::string_view>({"userid", "uid", "user"});
constexpr auto password_keys = std::to_array<std::string_view>({"password", "pwd"});

bool is_server_of_sqlserver(const std::string& value) {
    const auto server = base::to_lower(value);
    const bool names_protocol = server.starts_with("tcp:") || server.starts_with("np:") || server.starts_with("lpc:");
    return names_protocol || server.contains('\\') || server.starts_with("(localdb)") ||
           server.contains(".database.windows.net");
}

bool is_server(const AdoNetPair& pair, bool (*is_such)(const std::string&)) {
    return std::ranges::contains(server_keys, pair.key) && is_such(pair.value);
}

bool is_server_of_postgres(const std::string& value) {
    return base::to_lower(value).contains(".postgres.");
}

// Positive: PostgreSQL; negative: SQL Server; 0: it could be either.
int lean(const Pairs& pairs, bool (*is_mark_of_postgres)(const AdoNetPair&),
         bool (*is_mark_of_sqlserver)(const AdoNetPair&)) {
    return int{std::ranges::any_of(pairs, is_mark_of_postgres)} - int{std::ranges::any_of(pairs, is_mark_of_sqlserver)};
}

// The keywords weigh more than how the server is written: people write "tcp:host" for PostgreSQL too.
base::DialectId find_dialect(const Pairs& pairs) {
    int side = lean(
        pairs, [](const AdoNetPair& pair) { return std::ranges::contains(postgres_marks, pair.key); },
        [](const AdoNetPair& pair) { return std::ranges::contains(sqlserver_marks, pair.key); });
    if (side == 0)
        side = lean(
            pairs, [](const AdoNetPair& pair) { return is_server(pair, is_server_of_postgres); },
            [](const AdoNetPair& pair) { return is_server(pair, is_server_of_sqlserver); });
    if (side == 0)
        throw fault("is an ADO.NET connection string that can be for PostgreSQL or for SQL Server",
                    "for PostgreSQL, write Host= instead of Server=, or add Port=5432");
    return side > 0 ? base::DialectId::postgresql : base::DialectId::sqlserver;
}

bool is_number(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == text.npos;
}

// "tcp:host,1433", which people write for PostgreSQL too.
HostPort split_server(std::string_view text) {
    if (base::to_lower(text.substr(0, 4)) == "tcp:") text.remove_prefix(4);
    const auto comma = text.rfind(',');
    if (comma == text.npos || !is_number(base::trim(text.substr(comma + 1)))) return {std::string(text), ""};
    return {std::string(text.substr(0, comma)), std::string(base::trim(text.substr(comma + 1)))};
}

// "VerifyFull" is "verify-full" to libpq.
std::string translate_sslmode(const std::string& value) {
    const auto mode = base::to_lower(value);
    if (mode == "verifyfull") return "verify-full";
    return mode == "verifyca" ? "verify-ca" : mode;
}

void set_server(PostgresBuilder& builder, const std::string& value) {
    const auto place = split_server(value);
    builder.set("host", place.host);
    if (!place.port.empty()) builder.set("port", place.port);
}

// The keyword is not repeated: it may be a piece of a password that holds a ';'.
void set_for_postgres(PostgresBuilder& builder, const AdoNetPair& pair, std::size_t position) {
    if (is_for_npgsql_alone(pair.key)) return;
    const auto name = find_libpq_name(pair.key);
    if (!name)
        throw fault(std::format("has a keyword (number {}) that Npgsql does not know", position),
                    "a value that holds a ';' is written in quotes");
    if (name == "host") return set_server(builder, pair.value);
    if (name == "sslmode") return builder.set("sslmode", translate_sslmode(pair.value));
    const bool is_word = name == "channel_binding" || name == "target_session_attrs";
    builder.set(*name, is_word ? base::to_lower(pair.value) : pair.value);
}

DatabaseUrl for_postgres(const Pairs& pairs) {
    PostgresBuilder builder;
    for (std::size_t i = 0; i < pairs.size(); ++i) set_for_postgres(builder, pairs[i], i + 1);
    return builder.finish();
}

// "host\instance"; a pipe or a file of SQL Server's own is no host.
void set_server(DatabaseUrl& url, const std::string& value) {
    auto place = split_server(value);
    const auto backslash = place.host.find('\\');
    if (backslash != std::string::npos) {
        url.parameters.insert_or_assign("instancename", place.host.substr(backslash + 1));
        place.host.erase(backslash);
    }
    check_host(place.host);
    check_port(place.port);
    url.hosts = {std::move(place)};
}

DatabaseUrl for_sqlserver(const Pairs& pairs) {
    DatabaseUrl url;
    url.dialect = base::DialectId::sqlserver;
    for (const auto& [key, value] : pairs) {
        if (std::ranges::contains(server_keys, key)) set_server(url, value);
        if (std::ranges::contains(database_keys, key)) url.database = value;
        if (std::ranges::contains(user_keys, key)) url.user = value;
        if (std::ranges::contains(password_keys, key)) url.password = base::Secret(value);
    }
    return url;
}

bool is_known_key(std::string_view key) {
    return find_libpq_name(key) || is_for_npgsql_alone(key) || std::ranges::contains(sqlserver_marks, key);
}

bool starts_with_ado_net_key(std::string_view text) {
    return text.contains('=') && is_known_key(plain_ado_net_key(text.substr(0, text.find('='))));
}

}  // namespace

// Where the first key is libpq's too, a ';' has to end its value and such a key, or nothing, to follow.
bool looks_like_ado_net(std::string_view text) {
    if (!starts_with_ado_net_key(text)) return false;
    const auto first = base::to_lower(base::trim(text.substr(0, text.find('='))));
    constexpr auto keys_of_both =
        std::to_array<std::string_view>({"host", "options", "passfile", "password", "port", "sslkey", "sslmode",
                                         "sslnegotiation", "sslpassword", "user"});
    if (!std::ranges::contains(keys_of_both, first)) return true;
    const auto semicolon = text.find(';');
    if (semicolon == std::string_view::npos || text.substr(0, semicolon).contains(' ')) return false;
    const auto rest = base::trim(text.substr(semicolon + 1));
    return rest.empty() || starts_with_ado_net_key(rest);
}

DatabaseUrl parse_ado_net(std::string_view text, std::optional<base::DialectId> meant) {
    const auto pairs = read_ado_net_pairs(text);
    const bool is_postgres = meant.value_or(base::DialectId::sqlite) == base::DialectId::sqlite
                                 ? find_dialect(pairs) == base::DialectId::postgresql
                                 : meant == base::DialectId::postgresql;
    return is_postgres ? for_postgres(pairs) : for_sqlserver(pairs);
}

}  // namespace headgate::url
