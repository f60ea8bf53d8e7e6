// SPDX-License-Identifier: Apache-2.0
#include "database/postgres/exchange.hpp"

#include <optional>
#include <string_view>
#include <utility>

#include <poll.h>

#include "base/error.hpp"
#include "database/postgres/server_error.hpp"

namespace headgate::database::postgres {

namespace {

using base::Error;
using base::ErrorKind;
using base::Stop;

void wait_for_result(PGconn* connection, Stop stop) {
    while (PQisBusy(connection) != 0) {
        if (stop.wait_for(PQsocket(connection), POLLIN) != Stop::Wake::ready) {
            stop.throw_if_interrupted();
            throw Error(ErrorKind::unreachable, "the database did not answer in time");
        }
        if (PQconsumeInput(connection) == 0) throw make_lost_connection_error(connection);
    }
}

void send(PGconn* connection, const std::string& message, Stop stop) {
    if (PQsendQuery(connection, message.c_str()) == 0) throw make_lost_connection_error(connection);
    PQsetSingleRowMode(connection);
    if (flush_output(connection, stop)) return;
    stop.throw_if_interrupted();
    throw Error(ErrorKind::unreachable, "the database did not take a query in time");
}

bool has_setting(const PGconn* connection, const char* name, std::string_view value) {
    const char* reported = PQparameterStatus(connection, name);
    return reported != nullptr && value == reported;
}

}  // namespace

void make_ready(PGconn* connection, Stop stop) {
    if (PQstatus(connection) != CONNECTION_OK) throw make_lost_connection_error(connection);
    if (PQtransactionStatus(connection) != PQTRANS_IDLE) {
        throw Error(ErrorKind::unreachable, "the connection still waits for an answer: a new one is needed");
    }
    const auto ignore = [](std::size_t, const PGresult*) {};
    if (has_setting(connection, "standard_conforming_strings", "off")) {
        exchange(connection, "SET standard_conforming_strings = on", ignore, stop);
    }
    if (!has_setting(connection, "client_encoding", "UTF8")) {
        exchange(connection, "SET client_encoding = 'UTF8'", ignore, stop);
    }
}

bool flush_output(PGconn* connection, Stop stop) {
    while (true) {
        const int left = PQflush(connection);
        if (left < 0) throw make_lost_connection_error(connection);
        if (left == 0) return true;
        // Reading meanwhile, or two sides that both only send wait for each other.
        if (stop.wait_for(PQsocket(connection), POLLIN | POLLOUT) != Stop::Wake::ready) return false;
        if (PQconsumeInput(connection) == 0) throw make_lost_connection_error(connection);
    }
}

void exchange(PGconn* connection, const std::string& message, const OnRow& on_row, Stop stop) {
    send(connection, message, stop);
    std::optional<Error> failure;
    std::size_t statement = 0;
    while (true) {
        wait_for_result(connection, stop);
        const OwnedResult result(PQgetResult(connection));
        if (!result) break;
        const auto status = PQresultStatus(result.get());
        if (status == PGRES_SINGLE_TUPLE) {
            on_row(statement, result.get());
        } else if (status == PGRES_FATAL_ERROR) {
            const auto error = read_server_error(result.get());
            if (!failure) failure = error.code.empty() ? make_lost_connection_error(connection) : translate(error);
        } else {
            ++statement;
        }
    }
    if (failure) throw *std::move(failure);
}

}  // namespace headgate::database::postgres
