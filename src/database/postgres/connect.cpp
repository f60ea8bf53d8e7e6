// SPDX-License-Identifier: Apache-2.0
#include "database/postgres/connect.hpp"

#include <cstdlib>
#include <filesystem>
#include <format>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <poll.h>

#include "base/error.hpp"
#include "database/postgres/conninfo.hpp"
#include "database/postgres/exchange.hpp"
#include "database/postgres/passfile.hpp"
#include "database/postgres/server_error.hpp"
#include "net/resolve.hpp"
#include "tls/trust.hpp"

namespace headgate::database::postgres {

namespace {

using base::Error;
using base::ErrorKind;

constexpr int oldest_server = 130000;

Certificates find_certificates() {
    const char* home = std::getenv("HOME");
    std::error_code ignored;
    const bool has_own_root =
        home != nullptr && std::filesystem::exists(std::filesystem::path(home) / ".postgresql/root.crt", ignored);
    return {tls::find_ca_bundle(), has_own_root};
}

OwnedConnection start(const Keywords& keywords) {
    std::vector<const char*> names;
    std::vector<const char*> values;
    for (const auto& [name, value] : keywords) {
        names.push_back(name.c_str());
        values.push_back(value.c_str());
    }
    names.push_back(nullptr);
    values.push_back(nullptr);
    OwnedConnection connection(PQconnectStartParams(names.data(), values.data(), 0));
    if (!connection) throw Error(ErrorKind::internal, "out of memory");
    // Without this libpq prints notices on stderr.
    PQsetNoticeReceiver(connection.get(), [](void*, const PGresult*) {}, nullptr);
    // The only way to see the SQLSTATE of a refused login.
    PQsetErrorVerbosity(connection.get(), PQERRORS_VERBOSE);
    return connection;
}

Error make_silence_error(const url::HostPort& place) {
    const auto host = place.host.empty() ? std::string("the default socket") : place.host;
    return Error(ErrorKind::unreachable, std::format("{} port {} did not answer in time", host, place.port));
}

// One address, one login.
OwnedConnection attempt(const Keywords& keywords, const url::HostPort& place, base::Milliseconds allowed,
                        base::Stop stop) {
    const auto bounded = stop.within(allowed);
    auto connection = start(keywords);
    auto wanted = PGRES_POLLING_WRITING;
    while (PQstatus(connection.get()) != CONNECTION_BAD) {
        const short events = wanted == PGRES_POLLING_READING ? POLLIN : POLLOUT;
        if (bounded.wait_for(PQsocket(connection.get()), events) != base::Stop::Wake::ready) {
            stop.throw_if_interrupted();
            throw make_silence_error(place);
        }
        wanted = PQconnectPoll(connection.get());
        if (wanted == PGRES_POLLING_OK) return connection;
        if (wanted == PGRES_POLLING_FAILED) break;
    }
    throw translate_connect_failure(PQerrorMessage(connection.get()));
}

void check_server(const PGconn* connection) {
    const char* version = PQparameterStatus(connection, "server_version");
    if (PQserverVersion(connection) < oldest_server) {
        throw Error(ErrorKind::database_refused, std::format("the server is PostgreSQL {}, headgate needs 13 or newer",
                                                             version == nullptr ? "of an unknown version" : version));
    }
}

// A default of read-only is overruled by every step, unless the URL wants better than that.
std::string ask_for_standby(const url::DatabaseUrl& url) {
    const auto wanted = url.parameters.find("target_session_attrs");
    const bool is_picky = wanted != url.parameters.end() && wanted->second == "read-write";
    return std::string("SELECT pg_catalog.pg_is_in_recovery()") +
           (is_picky ? " OR pg_catalog.current_setting('transaction_read_only')::boolean" : "");
}

// Worth another try: a standby may be promoted, and another host may be the primary.
void check_primary(PGconn* connection, const std::string& question, base::Stop stop) {
    bool is_standby = false;
    const auto take = [&](std::size_t, const PGresult* row) { is_standby = *PQgetvalue(row, 0, 0) == 't'; };
    exchange(connection, question, take, stop);
    if (!is_standby) return;
    const char* host = PQhost(connection);
    throw Error(ErrorKind::unreachable, std::format("the server {} port {} is a standby: it can be read only",
                                                    host == nullptr ? "" : host, PQport(connection)));
}

// The addresses of a host as libpq is to be given them; nothing for a Unix socket.
std::vector<std::optional<std::string>> list_addresses(const url::HostPort& place, const Keywords& keywords,
                                                       base::Stop stop) {
    if (is_unix_socket(place.host) || keywords.contains("hostaddr")) return {std::nullopt};
    std::vector<std::optional<std::string>> addresses;
    for (auto& each : net::resolve_host(place.host, stop)) addresses.emplace_back(std::move(each));
    return addresses;
}

// Tries what is left after a failure that says nothing about the login: another address or host may answer.
class Attempts {
public:
    // `standby_question` is empty where a standby will do.
    Attempts(Keywords keywords, std::string standby_question, base::Milliseconds allowed, base::Stop stop)
        : keywords_(std::move(keywords)),
          standby_question_(std::move(standby_question)),
          allowed_(allowed),
          stop_(stop) {}

    OwnedConnection try_host(const url::HostPort& place) {
        try {
            for (const auto& address : list_addresses(place, keywords_, stop_)) {
                if (auto connection = try_address(place, address)) return connection;
            }
        } catch (const Error& error) {
            note(error);
        }
        return nullptr;
    }

    const Error& first_failure() const { return *failure_; }

private:
    OwnedConnection try_address(const url::HostPort& place, const std::optional<std::string>& address) try {
        auto keywords = keywords_;
        if (!place.host.empty()) keywords["host"] = place.host;
        if (address) keywords["hostaddr"] = *address;
        keywords["port"] = place.port;
        auto connection = attempt(keywords, place, allowed_, stop_);
        check_server(connection.get());
        if (!standby_question_.empty()) check_primary(connection.get(), standby_question_, stop_.within(allowed_));
        return connection;
    } catch (const Error& error) {
        note(error);
        return nullptr;
    }

    // The first failure is the one of the host that was meant first.
    void note(const Error& error) {
        if (error.kind != ErrorKind::unreachable) throw error;
        if (!failure_) failure_ = error;
    }

    Keywords keywords_;
    std::string standby_question_;
    base::Milliseconds allowed_;
    base::Stop stop_;
    std::optional<Error> failure_;
};

}  // namespace

OwnedConnection open_session(const url::DatabaseUrl& url, const ConnectOptions& options, base::Stop stop) {
    tls::start_openssl();
    check_passfile(url);
    const auto defaults = read_defaults(url);
    const bool needs_primary = options.access == Access::read_write;
    Attempts attempts(make_keywords(url, options, defaults, find_certificates()),
                      needs_primary ? ask_for_standby(url) : "", attempt_time(url), stop);
    for (const auto& place : list_hosts(url, defaults)) {
        if (auto connection = attempts.try_host(place)) return connection;
    }
    throw attempts.first_failure();
}

}  // namespace headgate::database::postgres
