// SPDX-License-Identifier: Apache-2.0
#include "database/postgres/scratch.hpp"

#include <exception>
#include <format>
#include <string>
#include <string_view>
#include <utility>

#include "base/error.hpp"
#include "base/text.hpp"
#include "database/postgres/catalog.hpp"
#include "database/postgres/connect.hpp"
#include "database/postgres/exchange.hpp"
#include "sql/quote.hpp"

namespace headgate::database::postgres {

namespace {

constexpr std::string_view insufficient_privilege = "42501";
constexpr auto time_to_drop = std::chrono::seconds(20);

OwnedConnection connect(const url::DatabaseUrl& url, const ConnectOptions& options, base::Stop stop) {
    auto session = open_session(url, options, stop);
    PQsetnonblocking(session.get(), 1);
    make_ready(session.get(), stop);
    return session;
}

void ignore_row(std::size_t, const PGresult*) {}

class GivenDatabase : public Scratch {
public:
    GivenDatabase(url::DatabaseUrl url, ConnectOptions options) : url_(std::move(url)), options_(std::move(options)) {}

    std::string name() const override { return url_.database; }
    void redirect(url::DatabaseUrl& url) const override { url.database = url_.database; }

    // A connection is kept: this is asked three times a revision.
    Catalog read_catalog(base::Stop stop) override {
        if (!session_) session_ = connect(url_, options_, stop);
        return postgres::read_catalog(session_.get(), stop);
    }

protected:
    const ConnectOptions& options() const { return options_; }
    void disconnect() { session_.reset(); }

private:
    url::DatabaseUrl url_;
    ConnectOptions options_;
    OwnedConnection session_;
};

// template1 may be in use by somebody, and may hold anything.
std::string render_create(const std::string& name, const std::string& role, PGconn* connection, base::Stop stop) {
    std::string like;
    exchange(
        connection,
        "SELECT pg_catalog.format('TEMPLATE template0 ENCODING %L LC_COLLATE %L LC_CTYPE %L', "
        "pg_catalog.pg_encoding_to_char(encoding), datcollate, datctype) FROM pg_catalog.pg_database "
        "WHERE datname = pg_catalog.current_database()",
        [&](std::size_t, const PGresult* row) { like = PQgetvalue(row, 0, 0); }, stop);
    const auto owner = role.empty() ? "" : std::format("OWNER {} ", sql::quote_identifier(role));
    return std::format("CREATE DATABASE {} {}{}", sql::quote_identifier(name), owner, like);
}

void create(const url::DatabaseUrl& beside, const std::string& name, const ConnectOptions& options, base::Stop stop) {
    const auto session = connect(beside, options, stop);
    try {
        exchange(session.get(), render_create(name, options.role, session.get(), stop), ignore_row, stop);
    } catch (base::Error& error) {
        if (error.code != insufficient_privilege) throw;
        error.hint = "--scratch-url names an empty database to use instead, or the login needs CREATEDB";
        throw;
    }
}

class MadeDatabase final : public GivenDatabase {
public:
    MadeDatabase(url::DatabaseUrl beside, url::DatabaseUrl made, const ConnectOptions& options, base::Stop stop)
        : GivenDatabase(std::move(made), options), beside_(std::move(beside)), stop_(std::move(stop)) {}
    MadeDatabase(const MadeDatabase&) = delete;
    MadeDatabase& operator=(const MadeDatabase&) = delete;
    ~MadeDatabase() override {
        disconnect();
        drop();
    }

private:
    // After a signal, too. What a cancelled step left behind is thrown out.
    void drop() noexcept try {
        const auto stop = stop_.undoing_within(time_to_drop);
        const auto session = connect(beside_, options(), stop);
        exchange(session.get(), std::format("DROP DATABASE IF EXISTS {} WITH (FORCE)", sql::quote_identifier(name())),
                 ignore_row, stop);
    } catch (const std::exception&) {
        // Its name was logged when it was made.
    }

    url::DatabaseUrl beside_;
    base::Stop stop_;
};

}  // namespace

std::unique_ptr<Scratch> make_scratch(const url::DatabaseUrl& url, const ConnectOptions& options, ScratchPlace place,
                                      base::Stop stop) {
    if (place == ScratchPlace::given) return std::make_unique<GivenDatabase>(url, options);
    auto made = url;
    made.database = "headgate_scratch_" + base::make_random_id();
    auto scratch = std::make_unique<MadeDatabase>(url, made, options, stop);
    create(url, made.database, options, stop);
    return scratch;
}

}  // namespace headgate::database::postgres
