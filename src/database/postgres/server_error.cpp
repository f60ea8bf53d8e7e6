// SPDX-License-Identifier: Apache-2.0
#include "database/postgres/server_error.hpp"

#include <algorithm>
#include <array>
#include <format>
#include <optional>

#include <libpq-fe.h>
#include <pqxx/except>

#include "base/text.hpp"

namespace headgate::database::postgres {

namespace {

using base::Error;
using base::ErrorKind;

std::string read_field(const PGresult* result, int field) {
    const char* text = PQresultErrorField(result, field);
    return text == nullptr ? std::string() : std::string(text);
}

std::size_t read_position(const PGresult* result) {
    std::size_t position = 0;
    for (const char digit : read_field(result, PG_DIAG_STATEMENT_POSITION)) {
        if (digit < '0' || digit > '9') return 0;
        position = position * 10 + static_cast<std::size_t>(digit - '0');
    }
    return position;
}

template <std::size_t Size>
bool is_one_of(std::string_view code, const std::array<std::string_view, Size>& codes) {
    return std::ranges::contains(codes, code);
}

// Sentences of libpq itself: it is never told to speak another language than English.
struct Sentence {
    std::string_view part;
    ErrorKind kind;
    std::string_view hint = {};
};

constexpr std::array sentences{
    Sentence{"no password supplied", ErrorKind::access_refused},
    Sentence{"password retrieved from file", ErrorKind::access_refused},
    Sentence{"authentication method requirement", ErrorKind::access_refused},
    Sentence{"channel binding", ErrorKind::access_refused},
    Sentence{"GSSAPI", ErrorKind::access_refused},
    Sentence{
        "root certificate file", ErrorKind::database_refused,
        "sslmode asks for a trusted authority, and none is here: put a bundle into the image (ca-certificates), or "
        "name the authority's file with sslrootcert"},
    Sentence{"certificate verify failed", ErrorKind::database_refused,
             "the server's certificate is of no authority that is trusted here: name that authority's file with "
             "sslrootcert"},
    Sentence{"does not match host name", ErrorKind::database_refused,
             "name the server in the URL as its certificate does; sslmode=verify-ca checks the authority only"},
    Sentence{"certificate", ErrorKind::database_refused},
    Sentence{"private key", ErrorKind::database_refused},
    Sentence{"certificate revocation", ErrorKind::database_refused},
    Sentence{"server does not support SSL", ErrorKind::database_refused,
             "sslmode asks for TLS, and this server has none: turn it on there, or lower sslmode"},
    Sentence{"unsupported protocol", ErrorKind::database_refused},
    Sentence{"no protocols available", ErrorKind::database_refused},
    Sentence{"wrong version number", ErrorKind::database_refused},
    Sentence{"invalid connection option", ErrorKind::bad_configuration},
    Sentence{"invalid port number", ErrorKind::bad_configuration},
    Sentence{"invalid integer value", ErrorKind::bad_configuration},
    Sentence{" value: \"", ErrorKind::bad_configuration},
    Sentence{"definition of service", ErrorKind::bad_configuration},
    Sentence{"service file", ErrorKind::bad_configuration},
    Sentence{"Unix-domain socket path", ErrorKind::bad_configuration},
};

// PgBouncer gives 08P01 to nearly everything; its words are not translated.
constexpr std::array pooler_sentences{
    Sentence{"no such database", ErrorKind::database_refused},
    Sentence{"no such user", ErrorKind::access_refused},
    Sentence{"authentication failed", ErrorKind::access_refused},
    Sentence{"auth failed", ErrorKind::access_refused},
    Sentence{"unsupported startup parameter", ErrorKind::bad_configuration},
};

template <std::size_t Size>
Sentence find_sentence(std::string_view message, const std::array<Sentence, Size>& known) {
    const auto found = std::ranges::find_if(known, [&](const Sentence& each) { return message.contains(each.part); });
    return found == known.end() ? Sentence{"", ErrorKind::unreachable} : *found;
}

bool is_code(std::string_view word) {
    return word.size() == 5 && std::ranges::all_of(word, [](char byte) {
               return (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z');
           });
}

// "…failed: FATAL:  28P01: password…": the code of the last line that has one (libpq may have tried with TLS and then
// without), and that line without severity and code.
struct ServerLine {
    std::string code;
    std::string text;
};

std::optional<ServerLine> find_server_line(std::string_view line) {
    for (auto at = line.find(":  "); at != std::string_view::npos; at = line.find(":  ", at + 1)) {
        const auto rest = line.substr(at + 3);
        const auto code = rest.substr(0, 5);
        if (!is_code(code) || (rest.size() > 5 && rest[5] != ':')) continue;
        const auto words = base::trim(rest.size() > 6 ? rest.substr(6) : std::string_view());
        const auto before = line.rfind(": ", at - 1);
        const auto place =
            before == std::string_view::npos || before >= at ? std::string_view() : line.substr(0, before);
        return ServerLine{std::string(code), place.empty() ? std::string(words) : std::format("{}: {}", place, words)};
    }
    return std::nullopt;
}

ErrorKind kind_of_connect_code(std::string_view code, std::string_view message) {
    if (code.starts_with("08")) return find_sentence(message, pooler_sentences).kind;
    if (code.starts_with("57P") || code.starts_with("53") || code.starts_with("58")) return ErrorKind::unreachable;
    if (code.starts_with("28") || code == "42501") return ErrorKind::access_refused;
    if (code == "22023" || code == "42704") return ErrorKind::bad_configuration;
    return ErrorKind::database_refused;
}

ErrorKind kind_of_own_sql(const ServerError& error) {
    if (is_connection_loss(error)) return ErrorKind::unreachable;
    if (error.code == "42501" || error.code.starts_with("28")) return ErrorKind::access_refused;
    if (error.code == "42703") return ErrorKind::history_mismatch;
    // Out of memory, locks, disk or connections; a conflict with recovery; a cancel by an administrator.
    if (error.code.starts_with("53") || error.code.starts_with("40") || error.code.starts_with("57")) {
        return ErrorKind::unreachable;
    }
    return ErrorKind::database_refused;
}

Error translate_own_words(std::string_view message, std::string_view first_line) {
    const auto sentence = find_sentence(message, sentences);
    return Error(sentence.kind, std::string(first_line.empty() ? "no connection" : first_line))
        .with_hint(std::string(sentence.hint));
}

}  // namespace

ServerError read_server_error(const PGresult* result) {
    return {.code = read_field(result, PG_DIAG_SQLSTATE),
            .severity = read_field(result, PG_DIAG_SEVERITY_NONLOCALIZED),
            .message = read_field(result, PG_DIAG_MESSAGE_PRIMARY),
            .detail = read_field(result, PG_DIAG_MESSAGE_DETAIL),
            .hint = read_field(result, PG_DIAG_MESSAGE_HINT),
            .context = read_field(result, PG_DIAG_CONTEXT),
            .table = read_field(result, PG_DIAG_TABLE_NAME),
            .source_function = read_field(result, PG_DIAG_SOURCE_FUNCTION),
            .position = read_position(result)};
}

bool is_worth_retrying(const ServerError& error) {
    // NOWAIT has the same SQLSTATE as lock_timeout and its text is translated; but only the time-out is raised where
    // the server looks at its interrupts.
    if (error.code == "55P03") return error.source_function == "ProcessInterrupts";
    return error.code == "40P01" || error.code == "40001";
}

bool is_connection_loss(const ServerError& error) {
    static constexpr std::array<std::string_view, 4> shutdown{"57P01", "57P02", "57P03", "57P05"};
    return error.code.empty() || error.code.starts_with("08") || is_one_of(error.code, shutdown);
}

Error translate(const ServerError& error) {
    return Error(kind_of_own_sql(error), error.message)
        .with_code(error.code)
        .with_detail(error.detail)
        .with_hint(error.hint);
}

Error translate_connect_failure(std::string_view message) {
    std::string_view first;
    std::optional<ServerLine> said;
    for (auto line : base::split_at(message, '\n')) {
        line = base::trim(line);
        if (first.empty()) first = line;
        if (auto found = find_server_line(line)) said = std::move(found);
    }
    if (!said) return translate_own_words(message, first);
    const auto kind = kind_of_connect_code(said->code, said->text);
    const bool is_no_database = said->code == "3D000" || said->text.contains("no such database");
    auto error = Error(kind, std::move(said->text)).with_code(std::move(said->code));
    if (is_no_database) error.hint = "headgate makes no database: create it, or name another in DATABASE_URL";
    return error;
}

Error make_lost_connection_error(const PGconn* connection) {
    const std::string_view said = PQerrorMessage(connection);
    return Error(ErrorKind::unreachable, "the connection to the database was lost")
        .with_detail(std::string(base::trim(said.substr(0, said.find('\n')))));
}

void rethrow_translated() {
    try {
        throw;
    } catch (const pqxx::broken_connection& failure) {
        throw Error(ErrorKind::unreachable, std::string(base::trim(failure.what())));
    } catch (const pqxx::feature_not_supported& failure) {
        throw Error(ErrorKind::database_refused, std::string(base::trim(failure.what())));
    } catch (const pqxx::failure& failure) {
        throw Error(ErrorKind::database_refused, std::string(base::trim(failure.what())));
    } catch (const pqxx::conversion_error& failure) {
        throw Error(ErrorKind::history_mismatch, std::string(base::trim(failure.what())));
    }
}

}  // namespace headgate::database::postgres
