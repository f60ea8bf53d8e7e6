// SPDX-License-Identifier: Apache-2.0
// A real PgBouncer of the tests' own in front of a PostgreSQL: on a free port of 127.0.0.1, stopped and its files
// removed at the end. It refuses to run as root: then it runs as the user "postgres".
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "support/postgres_server.hpp"
#include "support/program.hpp"
#include "support/temp_folder.hpp"

namespace headgate::support {

enum class PoolMode { transaction, session };

struct PgBouncerOptions {
    PoolMode mode = PoolMode::transaction;
    int pool_size = 10;                // server connections for each database
    std::string configuration;         // further lines of its [pgbouncer] section
    std::string forced_database = {};  // where every connection is led, whatever it asks for; empty: where it asks for
};

class PgBouncer {
public:
    // Started, and answering. Logs in to the server as the address says; asks its own clients for no password.
    PgBouncer(const PostgresAddress& server, PgBouncerOptions options = {});
    ~PgBouncer();
    PgBouncer(const PgBouncer&) = delete;
    PgBouncer& operator=(const PgBouncer&) = delete;

    PostgresAddress address() const;
    std::string log() const;

    void start();
    void stop();   // as an administrator does who does not wait for clients
    void kill9();  // as the kernel's out-of-memory killer does
    void restart();

private:
    void write_configuration() const;
    bool answers() const;

    PostgresAddress server_;
    PgBouncerOptions options_;
    TempFolder folder_;
    int port_;
    std::unique_ptr<RunningProgram> process_;
};

}  // namespace headgate::support
