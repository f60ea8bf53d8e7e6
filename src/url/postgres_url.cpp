// SPDX-License-Identifier: Apache-2.0
#include "url/postgres_url.hpp"

#include <algorithm>
#include <format>
#include <utility>

#include "base/text.hpp"
#include "url/fault.hpp"
#include "url/percent.hpp"
#include "url/postgres_parameters.hpp"

namespace headgate::url {

namespace {

bool is_known(std::string_view name) {
    return use_of_postgres_parameter(name) != ParameterUse::unknown;
}

// SQLAlchemy writes a host of the parameter "host" as "name:port"; libpq does not know that form.
HostPort split_host(std::string_view text) {
    const bool is_socket_folder = text.starts_with('/') || text.starts_with('@');
    if (is_socket_folder || std::ranges::count(text, ':') != 1) return {std::string(text), ""};
    const auto colon = text.find(':');
    check_port(text.substr(colon + 1));
    return {std::string(text.substr(0, colon)), std::string(text.substr(colon + 1))};
}

}  // namespace

PostgresBuilder::PostgresBuilder() {
    url_.dialect = base::DialectId::postgresql;
    url_.hosts.emplace_back();
}

PostgresBuilder::PostgresBuilder(Authority authority) {
    url_.dialect = base::DialectId::postgresql;
    url_.user = std::move(authority.user);
    url_.password = std::move(authority.password);
    url_.hosts = std::move(authority.hosts);
    url_.database = decode_percent(authority.path);
}

void PostgresBuilder::set(std::string_view name, const std::string& value) {
    if (set_part(name, value) || set_translated(name, value)) return;
    if (use_of_postgres_parameter(name) == ParameterUse::libpq) {
        url_.parameters.insert_or_assign(std::string(name), value);
        return;
    }
    if (name == "schema" || name == "search_path" || name == "currentSchema") refuse_other_schema(value);
    leave_out_or_refuse(name);
}

bool PostgresBuilder::set_part(std::string_view name, const std::string& value) {
    if (name == "user")
        url_.user = value;
    else if (name == "password")
        url_.password = base::Secret(value);
    else if (name == "dbname")
        url_.database = value;
    else if (name == "host")
        set_hosts(value);
    else if (name == "port") {
        ports_.clear();
        for (const auto port : base::split_at(value, ',')) ports_.emplace_back(port);
    } else
        return false;
    return true;
}

bool PostgresBuilder::set_translated(std::string_view name, const std::string& value) {
    if (name == "ssl" || name == "sslmode")
        set_sslmode(value);
    else if (name == "requiressl")
        set_sslmode(value == "1" ? "require" : "prefer");
    else if (name == "unix_sock")
        set_socket_file(value);
    else
        return false;
    if (name != "sslmode") url_.notes.push_back(std::format("the parameter {} was translated for libpq", name));
    return true;
}

void PostgresBuilder::set_sslmode(const std::string& written) {
    const auto mode = find_sslmode(written);
    if (!mode)
        throw fault("has an sslmode (ssl) that is not known",
                    "it is one of disable, allow, prefer, require, verify-ca, verify-full");
    url_.parameters.insert_or_assign("sslmode", std::string(*mode));
}

// The parameter replaces the hosts before the path; SQLAlchemy repeats it, one host each time.
void PostgresBuilder::set_hosts(const std::string& value) {
    if (!std::exchange(hosts_are_from_parameter_, true)) url_.hosts.clear();
    for (const auto part : base::split_at(value, ',')) {
        url_.hosts.push_back(split_host(part));
        check_host(url_.hosts.back().host);
    }
}

// pg8000 names the socket itself ("/run/postgresql/.s.PGSQL.5432"), libpq its folder.
void PostgresBuilder::set_socket_file(const std::string& value) {
    const std::filesystem::path file(value);
    const auto name = file.filename().string();
    constexpr std::string_view prefix = ".s.PGSQL.";
    if (!file.is_absolute() || !name.starts_with(prefix))
        throw fault("has a unix_sock that is not of the form /folder/.s.PGSQL.port");
    check_port(name.substr(prefix.size()));
    url_.hosts = {{file.parent_path().string(), name.substr(prefix.size())}};
    hosts_are_from_parameter_ = true;
}

// Leaving it out would create tables in another schema than the application's, so only the usual one is let through.
void PostgresBuilder::refuse_other_schema(const std::string& value) const {
    if (value == "public") return;
    throw fault("names a schema in a parameter that libpq does not know",
                "write it as options=-csearch_path%3Dthe_schema, or set the role's search_path");
}

void PostgresBuilder::leave_out_or_refuse(std::string_view name) {
    if (use_of_postgres_parameter(name) == ParameterUse::application) {
        url_.notes.push_back(std::format("the parameter {} was left out: it is for the application's driver", name));
        return;
    }
    if (const auto similar = find_similar_postgres_parameter(name))
        throw fault("has an unknown parameter", std::format("is it a mistyped \"{}\"?", *similar));
    url_.notes.push_back(std::format("the parameter {} was left out: libpq does not know it", quotable_name(name)));
}

void PostgresBuilder::spread_ports() {
    if (ports_.empty()) return;
    if (ports_.size() != 1 && ports_.size() != url_.hosts.size())
        throw fault(std::format("has {} ports for {} hosts", ports_.size(), url_.hosts.size()));
    for (std::size_t i = 0; i < url_.hosts.size(); ++i) {
        const auto& port = ports_[ports_.size() == 1 ? 0 : i];
        check_port(port);
        url_.hosts[i].port = port;
    }
}

DatabaseUrl PostgresBuilder::finish() {
    spread_ports();
    return std::move(url_);
}

DatabaseUrl parse_postgres_url(std::string_view rest, std::string_view driver) {
    auto authority = parse_authority(rest, is_known);
    // SQLAlchemy reads a query as HTML forms do, where '+' is a space; to libpq it is a plus sign.
    const auto parameters = parse_query(authority.query, driver.empty() ? Plus::is_itself : Plus::is_space);
    PostgresBuilder builder(std::move(authority));
    for (const auto& [name, value] : parameters) builder.set(name, value);
    return builder.finish();
}

}  // namespace headgate::url
