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

    Catalog read_catalog(base::Stop stop) override { return postgres::read_catalog(session(stop), stop); }

protected:
    const ConnectOptions& options() const { return options_; }
    // It is kept: the catalog is read three times a revision.
    PGconn* session(base::Stop stop) {
        if (!session_) session_ = connect(url_, options_, stop);
        return session_.get();
    }
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

class MadeDatabase final : public GivenDatabase {
public:
    MadeDatabase(url::DatabaseUrl beside, url::DatabaseUrl made, AskUrl ask_url, const ConnectOptions& options,
                 base::EventLog& log, base::Stop stop)
        : GivenDatabase(std::move(made), options),
          beside_(std::move(beside)),
          ask_url_(std::move(ask_url)),
          log_(log),
          stop_(std::move(stop)) {}
    MadeDatabase(const MadeDatabase&) = delete;
    MadeDatabase& operator=(const MadeDatabase&) = delete;
    ~MadeDatabase() override {
        disconnect();
        if (may_exist_) drop();
    }

    void create() {
        const auto session = connect(beside_, options(), stop_);
        const auto message = render_create(name(), options().role, session.get(), stop_);
        may_exist_ = true;
        try {
            exchange(session.get(), message, ignore_row, stop_);
        } catch (base::Error& error) {
            may_exist_ = error.code.empty();  // no answer: it may have been made
            if (error.code == insufficient_privilege)
                error.hint = "--scratch-url names an empty database to use instead, or the login needs CREATEDB";
            throw;
        }
    }

    // A pooler can lead every connection to one and the same database, whatever it asks for.
    void check_place() {
        std::string found;
        exchange(
            session(stop_), "SELECT pg_catalog.current_database()",
            [&](std::size_t, const PGresult* row) { found = PQgetvalue(row, 0, 0); }, stop_);
        if (found == name()) return;
        throw base::Error(base::ErrorKind::bad_configuration,
                          std::format("a connection to the scratch database {} leads to \"{}\"", name(), found))
            .with_hint(
                "is a connection pool in between? HEADGATE_DATABASE_URL may name the server itself, or --scratch-url "
                "an empty database");
    }

private:
    // After a signal, too. What a cancelled step left behind is thrown out.
    void drop() noexcept try {
        const auto stop = stop_.undoing_within(time_to_drop);
        const auto session = connect(renew_login(stop), options(), stop);
        exchange(session.get(), std::format("DROP DATABASE IF EXISTS {} WITH (FORCE)", sql::quote_identifier(name())),
                 ignore_row, stop);
    } catch (const std::exception& failure) {
        log_.write({base::Level::warning,
                    "scratch_left",
                    std::format("the scratch database {} is still there: {}", name(), failure.what()),
                    {{"database", name()}, {"reason", failure.what()}}});
    }

    // The same server, with the password of this moment: a token does not last as long as many revisions take.
    url::DatabaseUrl renew_login(base::Stop stop) const {
        auto url = beside_;
        const auto now = ask_url_(stop);
        url.user = now.user;
        url.password = now.password;
        return url;
    }

    url::DatabaseUrl beside_;
    AskUrl ask_url_;
    base::EventLog& log_;
    base::Stop stop_;
    bool may_exist_ = false;
};

}  // namespace

std::unique_ptr<Scratch> make_scratch(const AskUrl& ask_url, const ConnectOptions& options, ScratchPlace place,
                                      base::EventLog& log, base::Stop stop) {
    const auto url = ask_url(stop);
    if (place == ScratchPlace::given) return std::make_unique<GivenDatabase>(url, options);
    auto made = url;
    made.database = "headgate_scratch_" + base::make_random_id();
    auto scratch = std::make_unique<MadeDatabase>(url, std::move(made), ask_url, options, log, stop);
    scratch->create();
    scratch->check_place();
    return scratch;
}

}  // namespace headgate::database::postgres
