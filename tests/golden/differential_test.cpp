// SPDX-License-Identifier: Apache-2.0
// What psql makes of a text, and what becomes of it statement by statement: the same database. Each statement goes to
// the server in a message that may hold one command only, so the server's own parser checks where it ends.
#include <array>
#include <filesystem>
#include <format>
#include <memory>
#include <random>
#include <string>
#include <string_view>

#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <libpq-fe.h>

#include "sql/script.hpp"
#include "support/shared_server.hpp"
#include "support/temp_folder.hpp"
#include "support/test_database.hpp"

namespace headgate {
namespace {

using sql::StatementKind;

class Session {
public:
    explicit Session(const support::TestDatabase& database)
        : connection_(PQconnectdb(database.url().c_str()), PQfinish) {
        PQsetNoticeProcessor(connection_.get(), [](void*, const char*) {}, nullptr);
        if (PQstatus(connection_.get()) != CONNECTION_OK) throw std::runtime_error(PQerrorMessage(connection_.get()));
    }

    // Sends one command, by the extended protocol: the server refuses two. Gives the SQLSTATE, "" where all went well.
    std::string run(std::string_view command, std::string_view data = {}) {
        const std::string text(command);
        PGresult* first = PQexecParams(connection_.get(), text.c_str(), 0, nullptr, nullptr, nullptr, nullptr, 0);
        std::string state = take_state(first);
        for (auto* again = PQgetResult(connection_.get()); again != nullptr; again = PQgetResult(connection_.get())) {
            if (const std::string later = take_state(again); !later.empty()) state = later;
        }
        if (const ExecStatusType status = last_status_; status == PGRES_COPY_IN) state = send(data);
        return state;
    }

private:
    std::string take_state(PGresult* result) {
        last_status_ = PQresultStatus(result);
        const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
        const std::string copy = state == nullptr ? "" : state;
        PQclear(result);
        return copy;
    }

    std::string send(std::string_view data);

    std::unique_ptr<PGconn, void (*)(PGconn*)> connection_;
    ExecStatusType last_status_ = PGRES_EMPTY_QUERY;
};

}  // namespace
}  // namespace headgate
