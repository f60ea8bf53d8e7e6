// SPDX-License-Identifier: Apache-2.0
// The connection of a whole run: made anew when it is lost, and to the primary once something is to be written. At head
// a standby is good enough.
#pragma once

#include <functional>
#include <memory>

#include "apply/options.hpp"
#include "base/event.hpp"

namespace headgate::apply {

class LastingConnection {
public:
    // Options and log are kept; they outlive the connection.
    LastingConnection(Connector connector, const Options& options, base::EventLog& log, base::Stop stop);

    // All of them throw what wait_for_database throws.
    void connect();
    void connect_to_primary();
    // From the next connection on.
    void want_primary();
    // Connects anew where the login may have been changed since: a second session is to use the one that is valid now.
    void renew_login();
    // Asks something that can be asked again: where the connection is lost meanwhile, on the next one.
    void ask(const std::function<void(base::Stop)>& question);

    database::Connection& operator*() { return *connection_; }
    database::Connection* operator->() { return connection_.get(); }

private:
    void connect_within(base::Stop stop);

    Connector connector_;
    const Options& options_;
    base::EventLog& log_;
    base::Stop stop_;
    std::unique_ptr<database::Connection> connection_;
    base::Clock::time_point connected_at_{};
};

}  // namespace headgate::apply
