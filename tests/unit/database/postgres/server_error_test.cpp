// SPDX-License-Identifier: Apache-2.0
#include "database/postgres/server_error.hpp"

#include <catch2/catch_test_macros.hpp>

namespace headgate::database::postgres {

namespace {

using base::ErrorKind;

ServerError error_with(std::string code, std::string source_function = "") {
    ServerError error;
    error.code = std::move(code);
    error.source_function = std::move(source_function);
    return error;
}

}  // namespace

TEST_CASE("a refused login is told by its SQLSTATE, in whatever language the server speaks") {
    const auto error = translate_connect_failure(
        "connection to server at \"10.0.0.7\", port 5432 failed: FATAL:  28P01: Passwort-Authentifizierung für "
        "Benutzer "
        "»app« fehlgeschlagen\nLOCATION:  auth_failed, auth.c:329\n");
    CHECK(error.kind == ErrorKind::access_refused);
    CHECK(error.code == "28P01");
    CHECK(error.message ==
          "connection to server at \"10.0.0.7\", port 5432 failed: Passwort-Authentifizierung für "
          "Benutzer »app« fehlgeschlagen");
}

TEST_CASE("SQLSTATEs of a connection are worth another try, or final") {
    const std::vector<std::pair<std::string, ErrorKind>> cases = {
        {"57P03", ErrorKind::unreachable},       {"57P01", ErrorKind::unreachable},
        {"53300", ErrorKind::unreachable},       {"08006", ErrorKind::unreachable},
        {"08P01", ErrorKind::unreachable},       {"28000", ErrorKind::access_refused},
        {"28P01", ErrorKind::access_refused},    {"42501", ErrorKind::access_refused},
        {"3D000", ErrorKind::database_refused},  {"55000", ErrorKind::database_refused},
        {"22023", ErrorKind::bad_configuration},
    };
    for (const auto& [code, kind] : cases) {
        INFO(code);
        const auto error = translate_connect_failure("connection to server failed: FATAL:  " + code + ": words\n");
        CHECK(error.kind == kind);
        CHECK(error.code == code);
    }
}

TEST_CASE("where libpq tried twice, the last answer counts") {
    const auto error = translate_connect_failure(
        "connection to server at \"h\", port 1 failed: FATAL:  28000: no pg_hba.conf entry, SSL encryption\n"
        "connection to server at \"h\", port 1 failed: FATAL:  3D000: database \"d\" does not exist\n");
    CHECK(error.code == "3D000");
}

TEST_CASE("libpq's own words: the network is worth another try, TLS and settings are final") {
    const std::vector<std::pair<std::string, ErrorKind>> cases = {
        {"connection to server at \"10.0.0.7\", port 5432 failed: Connection refused\n\tIs the server running?\n",
         ErrorKind::unreachable},
        {"connection to server at \"10.0.0.7\", port 5432 failed: No route to host\n", ErrorKind::unreachable},
        {"connection to server at \"h\", port 5432 failed: server closed the connection unexpectedly\n",
         ErrorKind::unreachable},
        {"connection to server on socket \"/x/.s.PGSQL.5432\" failed: No such file or directory\n",
         ErrorKind::unreachable},
        {"connection to server at \"h\", port 5432 failed: SSL error: certificate verify failed\n",
         ErrorKind::database_refused},
        {"connection to server at \"h\", port 5432 failed: server does not support SSL, but SSL was required\n",
         ErrorKind::database_refused},
        {"connection to server at \"h\", port 5432 failed: fe_sendauth: no password supplied\n",
         ErrorKind::access_refused},
        {"invalid sslmode value: \"sometimes\"\n", ErrorKind::bad_configuration},
        {"invalid integer value \"x\" for connection option \"keepalives\"\n", ErrorKind::bad_configuration},
        {"", ErrorKind::unreachable},
    };
    for (const auto& [message, kind] : cases) {
        INFO(message);
        const auto error = translate_connect_failure(message);
        CHECK(error.kind == kind);
        CHECK_FALSE(error.message.empty());
        CHECK_FALSE(error.message.contains('\n'));
        CHECK(error.code.empty());
    }
}

TEST_CASE("a database that is not there, and TLS that is not there, are told with what to do") {
    const auto hint = [](const std::string& words) {
        return translate_connect_failure("connection to server at \"h\", port 5432 failed: " + words).hint;
    };
    CHECK(hint("FATAL:  3D000: database \"x\" does not exist").contains("headgate makes no database"));
    CHECK(hint("FATAL:  08P01: no such database: x").contains("headgate makes no database"));
    CHECK(hint("server does not support SSL, but SSL was required").contains("sslmode"));
}

TEST_CASE("PgBouncer's one SQLSTATE is told apart by its words") {
    const auto kind = [](const std::string& words) {
        return translate_connect_failure("connection to server at \"h\", port 6432 failed: FATAL:  08P01: " + words)
            .kind;
    };
    CHECK(kind("no such database: d") == ErrorKind::database_refused);
    CHECK(kind("no such user: u") == ErrorKind::access_refused);
    CHECK(kind("no more connections allowed (max_client_conn)") == ErrorKind::unreachable);
    CHECK(kind("server login failed") == ErrorKind::unreachable);
}

TEST_CASE("only a lock_timeout that ran out is worth retrying, not a NOWAIT") {
    CHECK(is_worth_retrying(error_with("55P03", "ProcessInterrupts")));
    CHECK_FALSE(is_worth_retrying(error_with("55P03", "RangeVarGetRelidExtended")));
    CHECK_FALSE(is_worth_retrying(error_with("55P03", "exec_stmt_raise")));
    CHECK(is_worth_retrying(error_with("40P01")));
    CHECK(is_worth_retrying(error_with("40001")));
    CHECK_FALSE(is_worth_retrying(error_with("23505")));
}

TEST_CASE("an error without SQLSTATE, or of a server that ends, is a lost connection") {
    for (const std::string code : {"", "57P01", "57P02", "08006"}) CHECK(is_connection_loss(error_with(code)));
    for (const std::string code : {"57014", "25P03", "40001"}) CHECK_FALSE(is_connection_loss(error_with(code)));
}

TEST_CASE("headgate's own SQL: no right is not the same as no table") {
    CHECK(translate(error_with("42501")).kind == ErrorKind::access_refused);
    CHECK(translate(error_with("42703")).kind == ErrorKind::history_mismatch);
    CHECK(translate(error_with("57P01")).kind == ErrorKind::unreachable);
    CHECK(translate(error_with("25006")).kind == ErrorKind::database_refused);
}

}  // namespace headgate::database::postgres
