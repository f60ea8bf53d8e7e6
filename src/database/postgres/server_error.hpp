// SPDX-License-Identifier: Apache-2.0
// What PostgreSQL, libpq and libpqxx say when something fails, and what that means to headgate. All translation of
// foreign errors is here. SQLSTATEs are PostgreSQL's appendix "Error Codes"; texts are looked at only where libpq
// itself writes them, because the server's own are in the server's language.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/error.hpp"

// libpq's PGconn and PGresult, so that the pure parts do without its header.
struct pg_conn;
struct pg_result;

namespace headgate::database::postgres {

// Our own, raised by a step's guard.
inline constexpr std::string_view lock_busy_code = "HG001";
inline constexpr std::string_view ledger_moved_code = "HG002";

struct ServerError {
    std::string code;      // SQLSTATE
    std::string severity;  // ERROR, FATAL, PANIC: never localised
    std::string message;
    std::string detail;
    std::string hint;
    std::string context;
    std::string table;            // of a violated constraint
    std::string source_function;  // the server's C function, which no translation touches
    std::size_t position = 0;     // characters from the start of the message, from 1; 0: not known
};

ServerError read_server_error(const pg_result* result);

// The whole transaction may be tried again: a lock_timeout that ran out (not a NOWAIT of the step's own), a deadlock,
// a serialization failure.
bool is_worth_retrying(const ServerError& error);
// The server ends the session, or never was asked: how the transaction ended is not in this error.
bool is_connection_loss(const ServerError& error);

// An error of SQL that headgate itself wrote.
base::Error translate(const ServerError& error);

// `message` is libpq's, with verbosity VERBOSE, so that it holds the SQLSTATE where the server sent one.
base::Error translate_connect_failure(std::string_view message);

// The connection is gone: unreachable.
base::Error make_lost_connection_error(const pg_conn* connection);

// To be called in a catch block: throws the base::Error for an exception of libpqxx, and anything else as it is.
[[noreturn]] void rethrow_translated();

}  // namespace headgate::database::postgres
