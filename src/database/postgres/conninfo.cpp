// SPDX-License-Identifier: Apache-2.0
#include "database/postgres/conninfo.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <format>
#include <memory>

#include <libpq-fe.h>
#include <unistd.h>

#include "base/error.hpp"
#include "base/text.hpp"
#include "database/postgres/handles.hpp"
#include "database/postgres/server_error.hpp"

namespace headgate::database::postgres {

namespace {

constexpr base::Milliseconds usual_attempt_time{10'000};
constexpr int longest_attempt_seconds = 3600;

std::string find_or(const std::map<std::string, std::string>& values, const std::string& name,
                    const std::string& fallback) {
    const auto found = values.find(name);
    return found == values.end() || found->second.empty() ? fallback : found->second;
}

std::string effective(const url::DatabaseUrl& url, const Defaults& defaults, const std::string& name) {
    return find_or(url.parameters, name, find_or(defaults, name, ""));
}

bool names_host(const url::DatabaseUrl& url) {
    return std::ranges::any_of(url.hosts, [](const url::HostPort& place) { return !place.host.empty(); });
}

// A dead peer is noticed within about a minute, also while a long statement runs and nothing is sent.
void add_liveness(Keywords& keywords) {
    keywords.try_emplace("keepalives", "1");
    keywords.try_emplace("keepalives_idle", "30");
    keywords.try_emplace("keepalives_interval", "10");
    keywords.try_emplace("keepalives_count", "3");
    keywords.try_emplace("tcp_user_timeout", "60000");
}

// libpq looks for authorities in the home folder only, and OpenSSL where it was built: neither is there in an image.
void add_authorities(Keywords& keywords, const url::DatabaseUrl& url, const Defaults& defaults,
                     const Certificates& certificates) {
    if (!certificates.bundle) return;
    const auto root = effective(url, defaults, "sslrootcert");
    const auto mode = effective(url, defaults, "sslmode");
    if (root == "system") {
        keywords["sslmode"] = "verify-full";
    } else if (!root.empty() || certificates.has_own_root || !mode.starts_with("verify-")) {
        return;
    }
    keywords["sslrootcert"] = certificates.bundle->string();
}

// "prefer" goes on without TLS where somebody in between says that there is none.
void want_tls(Keywords& keywords, const url::DatabaseUrl& url, const Defaults& defaults) {
    const auto mode = effective(url, defaults, "sslmode");
    if (mode.empty() || mode == "prefer" || mode == "allow") keywords["sslmode"] = "require";
}

void add_user(Keywords& keywords, const url::DatabaseUrl& url, const Defaults& defaults) {
    if (!url.user.empty()) keywords["user"] = url.user;
    const bool has_service = !effective(url, defaults, "service").empty();
    if (!url.user.empty() || has_service || !find_or(defaults, "user", "").empty()) return;
    throw base::Error(
        base::ErrorKind::bad_configuration,
        std::format("the database URL names no user, and user id {} has no name on this machine", getuid()))
        .with_hint("write the user into the URL: postgresql://USER@HOST/DATABASE");
}

}  // namespace

// PQconndefaults knows PGSERVICE but not a service that is named otherwise. So libpq is asked to connect in a way that
// it does not know: it tells what it would have taken, and has connected nowhere.
Defaults read_defaults(const url::DatabaseUrl& url) {
    constexpr auto poisoned = "load_balance_hosts";  // the last that libpq checks
    const auto service = find_or(url.parameters, "service", "");
    // Empty values count as none. Without a user libpq looks for the one it runs as: in a container nobody knows that.
    const std::array names{poisoned, "service", "user", static_cast<const char*>(nullptr)};
    const std::array values{"?", service.c_str(), url.user.c_str(), static_cast<const char*>(nullptr)};
    const OwnedConnection probe(PQconnectStartParams(names.data(), values.data(), 0));
    const std::string_view said = PQerrorMessage(probe.get());
    if (url.user.empty() && said.contains("local user")) return {};
    if (!said.contains(poisoned)) throw translate_connect_failure(said);
    const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(PQconninfo(probe.get()),
                                                                               &PQconninfoFree);
    Defaults defaults;
    if (!options) return defaults;
    for (const auto* each = options.get(); each->keyword != nullptr; ++each) {
        if (each->val != nullptr) defaults.emplace(each->keyword, each->val);
    }
    return defaults;
}

Keywords make_keywords(const url::DatabaseUrl& url, const ConnectOptions& options, const Defaults& defaults,
                       const Certificates& certificates) {
    Keywords keywords(url.parameters.begin(), url.parameters.end());
    for (const char* ours : {"host", "port", "connect_timeout", "load_balance_hosts"}) keywords.erase(ours);
    add_user(keywords, url, defaults);
    if (!url.password.is_empty()) keywords["password"] = url.password.reveal();
    if (!url.database.empty()) keywords["dbname"] = url.database;
    if (const auto address = find_or(defaults, "hostaddr", ""); !names_host(url) && !address.empty())
        keywords.try_emplace("hostaddr", address);
    keywords["client_encoding"] = "UTF8";
    keywords["application_name"] = options.application_name;
    // Looking for a Kerberos ticket reads files and may ask servers, without a deadline.
    keywords.try_emplace("gssencmode", "disable");
    add_liveness(keywords);
    // connect.cpp asks the server: poolers go on saying what it was at their first login.
    if (options.access == Access::read_write) keywords["target_session_attrs"] = "any";
    if (options.wants_tls) want_tls(keywords, url, defaults);
    add_authorities(keywords, url, defaults, certificates);
    return keywords;
}

std::vector<url::HostPort> list_hosts(const url::DatabaseUrl& url, const Defaults& defaults) {
    auto hosts = url.hosts;
    if (!names_host(url)) {
        const auto port = hosts.empty() ? std::string() : hosts.front().port;
        const auto names = find_or(defaults, "host", "");
        hosts.clear();
        for (const auto name : base::split_at(names, ',')) hosts.push_back({std::string(base::trim(name)), port});
    }
    const auto written = find_or(defaults, "port", "5432");
    const auto ports = base::split_at(written, ',');
    for (std::size_t i = 0; i < hosts.size(); ++i) {
        if (hosts[i].port.empty()) hosts[i].port = std::string(ports[ports.size() == hosts.size() ? i : 0]);
    }
    return hosts;
}

bool is_unix_socket(const std::string& host) {
    return host.empty() || host.starts_with('/') || host.starts_with('@');
}

base::Milliseconds attempt_time(const url::DatabaseUrl& url) {
    const auto given = find_or(url.parameters, "connect_timeout", "");
    int seconds = 0;
    const auto [end, fault] = std::from_chars(given.data(), given.data() + given.size(), seconds);
    const bool is_number = fault == std::errc() && end == given.data() + given.size();
    if (!is_number || seconds <= 0) return usual_attempt_time;
    return std::chrono::seconds(std::min(seconds, longest_attempt_seconds));
}

}  // namespace headgate::database::postgres
