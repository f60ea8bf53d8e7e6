// SPDX-License-Identifier: Apache-2.0
#include "url/sqlserver_url.hpp"

#include <algorithm>
#include <array>
#include <format>
#include <utility>

#include "base/text.hpp"
#include "url/authority.hpp"
#include "url/fault.hpp"
#include "url/percent.hpp"

namespace headgate::url {

namespace {

// ODBC's connection attributes that mean something to any client, and JDBC's instanceName; compared without case.
constexpr auto known_names = std::to_array<std::string_view>({
    "app",
    "applicationintent",
    "authentication",
    "database",
    "driver",
    "encrypt",
    "hostnameincertificate",
    "instancename",
    "multisubnetfailover",
    "odbc_connect",
    "servercertificate",
    "trustservercertificate",
});

bool is_known(std::string_view name) {
    return std::ranges::contains(known_names, base::to_lower(name));
}

void add_parameter(DatabaseUrl& url, std::string_view written, const std::string& value) {
    const auto name = base::to_lower(written);
    if (name == "odbc_connect")
        throw fault("holds an ODBC connection string (odbc_connect)",
                    "write mssql+pyodbc://user:password@host:1433/database");
    if (name == "database")
        url.database = value;
    else if (name != "driver" && is_known(name))
        url.parameters.insert_or_assign(name, value);
    else
        url.notes.push_back(
            std::format("the parameter {} was left out: it is for the application's driver", quotable_name(name)));
}

}  // namespace

DatabaseUrl parse_sqlserver_url(std::string_view rest) {
    auto authority = parse_authority(rest, is_known);
    DatabaseUrl url;
    url.dialect = base::DialectId::sqlserver;
    url.user = std::move(authority.user);
    url.password = std::move(authority.password);
    url.hosts = std::move(authority.hosts);
    url.database = decode_percent(authority.path);
    for (const auto& [name, value] : parse_query(authority.query, Plus::is_space)) add_parameter(url, name, value);
    return url;
}

}  // namespace headgate::url
