// SPDX-License-Identifier: Apache-2.0
#include "apply/lasting_connection.hpp"

#include <chrono>
#include <format>
#include <utility>

#include "apply/wait.hpp"
#include "base/backoff.hpp"
#include "base/error.hpp"

namespace headgate::apply {

LastingConnection::LastingConnection(Connector connector, const Options& options, base::EventLog& log, base::Stop stop)
    : connector_(std::move(connector)), options_(options), log_(log), stop_(stop) {
    connector_.options.access = database::Access::read_first;
}

// The old one goes first: a pool may have room for one only.
void LastingConnection::connect_within(base::Stop stop) {
    connection_.reset();
    options_.enter(base::Phase::connect);
    connection_ = wait_for_database(connector_, options_.wait_timeout, log_, stop);
    connected_at_ = base::Clock::now();
}

void LastingConnection::connect() {
    connect_within(stop_);
}

void LastingConnection::want_primary() {
    connector_.options.access = database::Access::read_write;
}

// Another host may be the primary, or this one be promoted.
void LastingConnection::connect_to_primary() {
    log_.write({base::Level::info,
                "primary_wanted",
                "something is to be written and this server is read-only: connecting to the primary",
                {}});
    want_primary();
    connect();
}

void LastingConnection::renew_login() {
    constexpr std::chrono::minutes fresh{1};
    const bool can_change = connector_.login_timeout.count() != 0;
    if (!can_change || base::Clock::now() - connected_at_ < fresh) return;
    want_primary();
    connect();
}

void LastingConnection::ask(const std::function<void(base::Stop)>& question) {
    const auto patient = stop_.within(options_.wait_timeout);
    base::Backoff backoff(base::Milliseconds(25), base::Milliseconds(1000));
    while (true) {
        try {
            return question(patient);
        } catch (const base::Error& error) {
            if (error.kind != base::ErrorKind::unreachable || patient.is_past_deadline()) throw;
            log_.write({base::Level::info,
                        "connection_lost",
                        std::format("reading the ledger failed: {}", error.message),
                        {{"reason", error.message}, {"code", error.code}}});
        }
        patient.sleep_for(backoff.next());
        connect_within(patient);
    }
}

}  // namespace headgate::apply
