// SPDX-License-Identifier: Apache-2.0
#include "apply/wait.hpp"

#include <algorithm>
#include <format>
#include <optional>
#include <utility>

#include "apply/elapsed.hpp"
#include "base/backoff.hpp"
#include "base/error.hpp"
#include "base/text.hpp"

namespace headgate::apply {

namespace {

using base::Clock;
using base::Error;
using base::ErrorKind;

constexpr base::Milliseconds first_pause{50};
constexpr base::Milliseconds longest_pause{2'000};
constexpr std::chrono::seconds between_lines{5};
constexpr std::chrono::seconds time_for_login{10};

// Says why we wait: at once, when the reason changes, and now and then.
class WaitingLines {
public:
    explicit WaitingLines(base::EventLog& log) : log_(log) {}

    void write(const Error& reason) {
        ++attempt_;
        if (reason.message == last_message_ && Clock::now() < next_) return;
        last_message_ = reason.message;
        next_ = Clock::now() + between_lines;
        log_.write({base::Level::info,
                    "waiting_for_database",
                    std::format("waiting for the database: {}", reason.message),
                    {{"reason", reason.message},
                     {"code", reason.code},
                     {"attempt", attempt_},
                     {"waited_ms", milliseconds_since(start_)}}});
    }

    void write_reached(const database::Connection& connection) {
        const bool waited = attempt_ > 0;
        log_.write(
            {waited ? base::Level::info : base::Level::debug,
             "connected",
             std::format("connected to {}{}", connection.server_version(),
                         waited ? std::format(" after {}", base::render_duration(milliseconds_since(start_))) : ""),
             {{"server", connection.server_version()},
              {"attempt", attempt_ + 1},
              {"waited_ms", milliseconds_since(start_)}}});
    }

private:
    base::EventLog& log_;
    Clock::time_point start_ = Clock::now();
    Clock::time_point next_ = start_;
    std::string last_message_;
    std::int64_t attempt_ = 0;
};

// A refused login, where the next attempt may have another password: a secret that was rotated comes into a container
// some time after the database has it.
class LoginPatience {
public:
    explicit LoginPatience(base::Milliseconds timeout) : timeout_(timeout) {}

    bool bears(const Error& error) {
        // A pooler says 08P01.
        const bool is_login = error.code.starts_with("28") || error.code == "08P01";
        if (error.kind != ErrorKind::access_refused || !is_login || timeout_.count() == 0) return false;
        if (!deadline_) deadline_ = Clock::now() + timeout_;
        return Clock::now() < *deadline_;
    }
    // Of the last attempt that it lets begin.
    Clock::time_point deadline() const { return *deadline_ + time_for_login; }

private:
    base::Milliseconds timeout_;
    std::optional<Clock::time_point> deadline_;
};

Error gave_up(Error last, Clock::time_point start) {
    auto message =
        std::format("no database after {}: {}", base::render_duration(milliseconds_since(start)), last.message);
    last.message = std::move(message);
    if (last.hint.empty())
        last.hint = "is the address right, and is the server up? wait_timeout sets how long headgate waits";
    return last;
}

}  // namespace

std::unique_ptr<database::Connection> wait_for_database(const Connector& connector, base::Milliseconds wait_timeout,
                                                        base::EventLog& log, base::Stop stop) {
    const auto start = Clock::now();
    auto bounded = stop.within(wait_timeout);
    LoginPatience patience(connector.login_timeout);
    WaitingLines lines(log);
    base::Backoff backoff(first_pause, longest_pause);
    while (true) {
        stop.throw_if_interrupted();
        try {
            auto connection = connector.driver->connect(connector.url(bounded), connector.options, log, bounded);
            lines.write_reached(*connection);
            return connection;
        } catch (Error& error) {
            if (patience.bears(error)) {
                connector.refused();
                bounded = stop.until(std::max(bounded.deadline(), patience.deadline()));
            } else if (error.kind != ErrorKind::unreachable) {
                throw;
            }
            if (bounded.is_past_deadline()) throw gave_up(std::move(error), start);
            lines.write(error);
        }
        bounded.sleep_for(backoff.next());
    }
}

}  // namespace headgate::apply
