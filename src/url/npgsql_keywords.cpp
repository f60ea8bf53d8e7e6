// SPDX-License-Identifier: Apache-2.0
#include "url/npgsql_keywords.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace headgate::url {

namespace {

// Keywords and what they are to libpq.
constexpr auto libpq_names = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"host", "host"},
    {"server", "host"},
    {"port", "port"},
    {"database", "dbname"},
    {"db", "dbname"},
    {"username", "user"},
    {"user", "user"},
    {"userid", "user"},
    {"uid", "user"},
    {"password", "password"},
    {"pwd", "password"},
    {"psw", "password"},
    {"passfile", "passfile"},
    {"sslmode", "sslmode"},
    {"sslcertificate", "sslcert"},
    {"sslkey", "sslkey"},
    {"sslpassword", "sslpassword"},
    {"rootcertificate", "sslrootcert"},
    {"sslnegotiation", "sslnegotiation"},
    {"channelbinding", "channel_binding"},
    {"targetsessionattributes", "target_session_attrs"},
    {"timeout", "connect_timeout"},
    {"applicationname", "application_name"},
    {"options", "options"},
    {"searchpath", "search_path"},
    {"kerberosservicename", "krbsrvname"},
});

// Of Npgsql too, but about its pool, its commands and its types.
constexpr auto own_names = std::to_array<std::string_view>({
    "arraynullabilitymode",
    "autoprepareminusages",
    "cancellationtimeout",
    "checkcertificaterevocation",
    "clientencoding",
    "commandtimeout",
    "connectionidlelifetime",
    "connectionlifetime",
    "connectionpruninginterval",
    "convertinfinitydatetime",
    "encoding",
    "enlist",
    "gssencryptionmode",
    "hostrecheckseconds",
    "includeerrordetail",
    "includeerrordetails",
    "includefailedbatchedcommand",
    "includerealm",
    "integratedsecurity",
    "internalcommandtimeout",
    "keepalive",
    "loadbalancehosts",
    "loadtablecomposites",
    "logparameters",
    "maxautoprepare",
    "maximumpoolsize",
    "maxpoolsize",
    "minimumpoolsize",
    "minpoolsize",
    "multiplexing",
    "noresetonclose",
    "persistsecurityinfo",
    "pooling",
    "readbuffersize",
    "requireauth",
    "servercompatibilitymode",
    "socketreceivebuffersize",
    "socketsendbuffersize",
    "tcpkeepalive",
    "tcpkeepaliveinterval",
    "tcpkeepalivetime",
    "timezone",
    "trustservercertificate",
    "usesslstream",
    "writebuffersize",
    "writecoalescingbufferthresholdbytes",
});

}  // namespace

std::optional<std::string_view> find_libpq_name(std::string_view key) {
    const auto* found = std::ranges::find(libpq_names, key, &decltype(libpq_names)::value_type::first);
    if (found == libpq_names.end()) return std::nullopt;
    return found->second;
}

bool is_for_npgsql_alone(std::string_view key) {
    return std::ranges::contains(own_names, key);
}

}  // namespace headgate::url
