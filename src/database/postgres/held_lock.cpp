// SPDX-License-Identifier: Apache-2.0
#include "database/postgres/held_lock.hpp"

#include <format>
#include <string>
#include <utility>

#include <poll.h>

#include "base/error.hpp"
#include "database/postgres/connect.hpp"
#include "database/postgres/exchange.hpp"
#include "database/postgres/ledger_sql.hpp"
#include "database/postgres/server_error.hpp"

namespace headgate::database::postgres {

namespace {

using base::Clock;
using base::Error;
using base::ErrorKind;

// A server that says nothing gives the lock back by itself, later.
constexpr std::chrono::milliseconds time_to_give_back{250};

// However long the work takes: as long as it is asked something now and then, no time-out of the server's ends it.
std::string lock_message(const PGconn* session, std::string_view ledger) {
    std::string message =
        "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SET LOCAL idle_in_transaction_session_timeout = '60s'; "
        "SET LOCAL statement_timeout = 0; ";
    if (PQserverVersion(session) >= 170000) message += "SET LOCAL transaction_timeout = 0; ";
    return message + std::format("SELECT pg_catalog.pg_try_advisory_xact_lock({})", lock_key(ledger));
}

OwnedConnection open(const url::DatabaseUrl& url, const ConnectOptions& options, base::Stop stop) {
    auto own = options;
    own.application_name += " lock";
    own.access = Access::read_write;
    auto session = open_session(url, own, stop);
    if (PQsetnonblocking(session.get(), 1) != 0) throw make_lost_connection_error(session.get());
    return session;
}

}  // namespace

Error make_second_connection_error(const Error& reason) {
    return Error(ErrorKind::database_refused,
                 std::format("a revision with transaction = false needs two connections at once, and the second one "
                             "failed: {}",
                             reason.message))
        .with_code(reason.code)
        .with_hint(
            "is a connection pool of one in between, or are there too many clients? HEADGATE_DATABASE_URL may "
            "name the server itself");
}

HeldLock::HeldLock(OwnedConnection session, LockQuestions questions)
    : session_(std::move(session)), questions_(questions) {}

HeldLock::~HeldLock() {
    try {
        if (!is_lost_ && PQstatus(session_.get()) == CONNECTION_OK) give_back();
    } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): the end of the connection gives it back
    }
}

void HeldLock::give_back() {
    const auto bounded = base::Stop().within(time_to_give_back);
    await_answer(bounded);
    if (!is_lost_ && !is_asked_) exchange(session_.get(), "COMMIT", [](std::size_t, const PGresult*) {}, bounded);
}

// Nothing else can be said before it is there.
void HeldLock::await_answer(base::Stop bounded) {
    if (is_asked_ && !flush_output(session_.get(), bounded)) return;
    while (is_asked_ && !is_lost_) {
        take_answer();
        if (!is_asked_ || bounded.wait_for(PQsocket(session_.get()), POLLIN) != base::Stop::Wake::ready) return;
        if (PQconsumeInput(session_.get()) == 0) is_lost_ = true;
    }
}

std::unique_ptr<HeldLock> HeldLock::try_take(const url::DatabaseUrl& url, const ConnectOptions& options,
                                             std::string_view ledger, base::Stop stop, LockQuestions questions) {
    const auto bounded = stop.within(time_for_second_connection);
    try {
        auto session = open(url, options, bounded);
        bool has_it = false;
        exchange(
            session.get(), lock_message(session.get(), ledger),
            [&](std::size_t, const PGresult* row) { has_it = *PQgetvalue(row, 0, 0) == 't'; }, bounded);
        if (!has_it) return nullptr;
        return std::unique_ptr<HeldLock>(new HeldLock(std::move(session), questions));
    } catch (const Error& error) {
        const bool is_silence = bounded.is_past_deadline() && !stop.is_requested();
        const bool is_refused = error.code == "53300";  // too many clients
        if (error.kind != ErrorKind::unreachable || !(is_silence || is_refused)) throw;
        throw make_second_connection_error(error);
    }
}

bool HeldLock::is_lost() {
    if (is_lost_) return true;
    if (PQconsumeInput(session_.get()) == 0 || PQstatus(session_.get()) != CONNECTION_OK) is_lost_ = true;
    if (!is_lost_ && is_asked_) take_answer();
    if (!is_lost_ && !is_asked_ && Clock::now() - asked_at_ >= questions_.pause) ask();
    if (is_asked_ && Clock::now() - asked_at_ >= questions_.longest_silence) is_lost_ = true;
    return is_lost_;
}

void HeldLock::take_answer() {
    while (PQisBusy(session_.get()) == 0) {
        const OwnedResult result(PQgetResult(session_.get()));
        if (!result) {
            is_asked_ = false;
            break;
        }
        // An error ends the transaction, and the lock with it.
        if (PQresultStatus(result.get()) == PGRES_FATAL_ERROR) is_lost_ = true;
    }
    if (!is_asked_ && PQtransactionStatus(session_.get()) != PQTRANS_INTRANS) is_lost_ = true;
}

void HeldLock::ask() {
    asked_at_ = Clock::now();
    is_asked_ = PQsendQuery(session_.get(), "SELECT 1") != 0 && PQflush(session_.get()) >= 0;
    if (!is_asked_) is_lost_ = true;
}

}  // namespace headgate::database::postgres
