// SPDX-License-Identifier: Apache-2.0
#include "url/authority.hpp"

#include <algorithm>
#include <charconv>
#include <expected>

#include "base/text.hpp"
#include "url/fault.hpp"

namespace headgate::url {

namespace {

constexpr std::string_view letters_and_digits = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

bool consists_of(std::string_view text, std::string_view first_set, std::string_view second_set) {
    return std::ranges::all_of(text, [&](char byte) { return first_set.contains(byte) || second_set.contains(byte); });
}

bool is_port(std::string_view text) {
    unsigned number = 0;
    const auto [end, fault_code] = std::from_chars(text.data(), text.data() + text.size(), number);
    return text.empty() ||
           (fault_code == std::errc{} && end == text.data() + text.size() && number >= 1 && number <= 65535);
}

bool is_host(std::string_view host) {
    const bool is_socket_folder = host.starts_with('/') || host.starts_with('@');
    return is_socket_folder || consists_of(host, letters_and_digits, "._-");
}

// With a zone after it: "fe80::1%eth0".
bool is_ipv6(std::string_view host) {
    const auto zone = std::min(host.find('%'), host.size());
    return host.contains(':') && consists_of(host.substr(0, zone), "0123456789abcdefABCDEF", ":.") &&
           consists_of(host.substr(zone), letters_and_digits, "%._-");
}

// The reasons are sentences about the URL; none quotes it.
using HostResult = std::expected<HostPort, std::string_view>;
constexpr std::string_view bad_port = "has a port that is not a number from 1 to 65535";
constexpr std::string_view bad_host = "has a host that is not a name, an address or a socket folder (%2F…)";
constexpr std::string_view bad_bracket = "has an IPv6 address that is not of the form [address] or [address]:port";

HostResult read_bracketed(std::string_view text) {
    const auto end = text.find(']');
    if (end == std::string_view::npos || end == 1) return std::unexpected(bad_bracket);
    const auto host = text.substr(1, end - 1);
    const auto rest = text.substr(end + 1);
    if (!is_ipv6(host)) return std::unexpected(bad_bracket);
    if (!rest.empty() && !rest.starts_with(':')) return std::unexpected(bad_bracket);
    const auto port = rest.substr(rest.empty() ? 0 : 1);
    if (!is_port(port)) return std::unexpected(bad_port);
    return HostPort{decode_percent(host), std::string(port)};
}

HostResult read_host(std::string_view text) {
    if (text.starts_with('[')) return read_bracketed(text);
    const auto colon = text.find(':');
    const auto written = text.substr(0, colon);
    if (!consists_of(written, letters_and_digits, "._-%~")) return std::unexpected(bad_host);
    const auto host = decode_percent(written);
    if (!is_host(host)) return std::unexpected(bad_host);
    const auto port = colon == std::string_view::npos ? std::string_view() : text.substr(colon + 1);
    if (!is_port(port)) return std::unexpected(bad_port);
    return HostPort{host, std::string(port)};
}

std::expected<std::vector<HostPort>, std::string_view> read_hosts(std::string_view text) {
    std::vector<HostPort> hosts;
    for (const auto part : base::split_at(text, ',')) {
        auto host = read_host(part);
        if (!host) return std::unexpected(host.error());
        hosts.push_back(std::move(*host));
    }
    return hosts;
}

using Reading = std::expected<Authority, std::string_view>;

Reading read_host_and_path(std::string_view text) {
    const auto slash = text.find('/');
    auto hosts = read_hosts(text.substr(0, slash));
    if (!hosts) return std::unexpected(hosts.error());
    Authority authority;
    authority.hosts = std::move(*hosts);
    if (slash != std::string_view::npos) authority.path = text.substr(slash + 1);
    return authority;
}

Reading read_with_user(std::string_view userinfo, std::string_view rest) {
    const auto colon = userinfo.find(':');
    const auto user = userinfo.substr(0, colon);
    if (user.contains('/') || user.contains('?')) return std::unexpected("has a user with an unescaped '/' or '?'");
    auto reading = read_host_and_path(rest);
    if (!reading) return reading;
    reading->user = decode_percent(user);
    if (colon != std::string_view::npos) reading->password = base::Secret(decode_percent(userinfo.substr(colon + 1)));
    return reading;
}

// Everything but the query. A bad host after the last '@' is not a reason to look at an earlier one: what would then
// pass for a host or a database may be a piece of the password. Where no ':' shows that there is one, it is.
Reading read_before_query(std::string_view text) {
    for (auto at = text.rfind('@'); at != std::string_view::npos; at = at == 0 ? text.npos : text.rfind('@', at - 1)) {
        const auto userinfo = text.substr(0, at);
        const bool is_user = userinfo.contains(':') || !userinfo.contains('/');
        if (is_user) return read_with_user(userinfo, text.substr(at + 1));
    }
    return read_host_and_path(text);
}

enum class QueryLook { none, unknown_names, known_names };

bool is_name(std::string_view text) {
    return !text.empty() && consists_of(text, letters_and_digits, "_-.");
}

QueryLook look_of_query(std::string_view text, const IsKnownParameter& is_known) {
    auto look = QueryLook::known_names;
    for (const auto part : base::split_at(text, '&')) {
        const auto equals = part.find('=');
        const auto name = part.substr(0, equals);
        if (equals == std::string_view::npos || !is_name(name)) return QueryLook::none;
        if (!is_known(name)) look = QueryLook::unknown_names;
    }
    return look;
}

// Where the query begins, though an '@' may stand in it; the end of the text where there is none.
std::size_t find_query(std::string_view text, const IsKnownParameter& is_known) {
    for (auto mark = text.find('?'); mark != std::string_view::npos; mark = text.find('?', mark + 1)) {
        const auto query = text.substr(mark + 1);
        if (!query.contains('@')) return mark;
        const auto look = look_of_query(query, is_known);
        if (look == QueryLook::none || !read_before_query(text.substr(0, mark))) continue;
        if (look == QueryLook::known_names) return mark;
        throw fault("can be read in two ways: it is not clear where the password ends",
                    "write '@' as %40 and '?' as %3F wherever they belong to a password or a parameter");
    }
    return text.size();
}

}  // namespace

Authority parse_authority(std::string_view text, const IsKnownParameter& is_known) {
    const auto mark = find_query(text, is_known);
    auto reading = read_before_query(text.substr(0, mark));
    if (!reading)
        throw fault(
            std::string(reading.error()),
            "in a user, password or database, write '@' as %40, ':' as %3A, '/' as %2F, '?' as %3F, '%' as %25");
    if (mark < text.size()) reading->query = text.substr(mark + 1);
    return std::move(*reading);
}

Parameters parse_query(std::string_view query, Plus plus) {
    Parameters parameters;
    for (const auto part : base::split_at(query, '&')) {
        if (part.empty()) continue;
        const auto equals = part.find('=');
        if (equals == std::string_view::npos) throw fault("has a parameter without '=' after its '?'");
        parameters.emplace_back(decode_percent(part.substr(0, equals), plus),
                                decode_percent(part.substr(equals + 1), plus));
    }
    return parameters;
}

std::string_view quotable_name(std::string_view name) {
    return is_name(name) ? name : "(not a name)";
}

void check_host(std::string_view host) {
    if (!is_host(host) && !is_ipv6(host)) throw fault(std::string(bad_host));
}

void check_port(std::string_view port) {
    if (!is_port(port)) throw fault(std::string(bad_port));
}

}  // namespace headgate::url
