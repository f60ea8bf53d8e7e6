// SPDX-License-Identifier: Apache-2.0
#include <format>
#include <string>
#include <string_view>

#include "url/database_url.hpp"
#include "url/percent.hpp"
#include "url/sqlite_url.hpp"

namespace headgate::url {

namespace {

bool can_hold_a_secret(std::string_view parameter) {
    return parameter == "sslpassword";
}

std::string render_host(const HostPort& place) {
    const bool is_ipv6 = place.host.contains(':') && !place.host.starts_with('/') && !place.host.starts_with('@');
    const auto host = is_ipv6 ? std::format("[{}]", encode_percent(place.host, ":")) : encode_percent(place.host);
    return place.port.empty() ? host : std::format("{}:{}", host, place.port);
}

std::string render_user(const DatabaseUrl& url) {
    if (url.user.empty() && url.password.is_empty()) return "";
    const auto password = url.password.is_empty() ? "" : std::format(":{}", url.password);
    return std::format("{}{}@", encode_percent(url.user), password);
}

std::string render_parameters(const DatabaseUrl& url) {
    std::string text;
    for (const auto& [name, value] : url.parameters) {
        const auto shown = can_hold_a_secret(name) ? base::redacted : encode_percent(value);
        text += std::format("{}{}={}", text.empty() ? '?' : '&', encode_percent(name), shown);
    }
    return text;
}

std::string render_network_url(std::string_view scheme, const DatabaseUrl& url) {
    std::string hosts;
    for (const auto& place : url.hosts) hosts += (hosts.empty() ? "" : ",") + render_host(place);
    const auto database = url.database.empty() ? "" : "/" + encode_percent(url.database);
    return std::format("{}://{}{}{}{}", scheme, render_user(url), hosts, database, render_parameters(url));
}

}  // namespace

std::string DatabaseUrl::render_redacted() const {
    switch (dialect) {
        case base::DialectId::sqlite:
            return render_sqlite_url(*this);
        case base::DialectId::postgresql:
            return render_network_url("postgresql", *this);
        case base::DialectId::sqlserver:
            return render_network_url("mssql", *this);
    }
    return base::redacted;
}

}  // namespace headgate::url
