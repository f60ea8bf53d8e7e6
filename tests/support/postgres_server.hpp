// SPDX-License-Identifier: Apache-2.0
// A real PostgreSQL of the tests' own: made by initdb in a temporary folder, on a free port, listening on 127.0.0.1
// and on a Unix socket in its folder, stopped and removed at the end (when a test fails, too). As root the server runs
// as the user "postgres".
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "support/program.hpp"
#include "support/secret_watch.hpp"
#include "support/temp_folder.hpp"

namespace headgate::support {

// Where a server is and how its superuser logs in.
struct PostgresAddress {
    std::string host = "127.0.0.1";
    int port = 5432;
    std::string user = "postgres";
    std::string password;  // empty: none is asked for

    // postgresql://user:password@host:port/database, everything percent-encoded.
    std::string url(std::string_view database = "postgres") const;
    PostgresAddress with_login(std::string user_name, std::string user_password) const;
    PostgresAddress with_port(int other_port) const;
};

std::string percent_encode(std::string_view text);

enum class Authentication { trust, scram };
enum class StopMode { immediate, fast };

struct PostgresOptions {
    Authentication authentication = Authentication::trust;
    std::string password = make_password();  // of the superuser, for scram
    int max_connections = 60;
    std::string configuration;  // further lines of postgresql.conf
    // A streaming standby of this server, made by pg_basebackup.
    std::optional<PostgresAddress> standby_of = {};
};

class PostgresServer {
public:
    // Made and started. Throws std::runtime_error with the server's log where that fails.
    explicit PostgresServer(PostgresOptions options = {});
    ~PostgresServer();
    PostgresServer(const PostgresServer&) = delete;
    PostgresServer& operator=(const PostgresServer&) = delete;

    // The newest installed server's programs; none: no server is installed.
    static std::optional<std::filesystem::path> find_programs();

    const PostgresAddress& address() const { return address_; }
    std::filesystem::path socket_folder() const { return folder_.path(); }
    std::filesystem::path data_folder() const { return folder_ / "data"; }
    std::string url(std::string_view database = "postgres") const { return address_.url(database); }
    std::string log() const;

    void start();          // and waits until it answers
    void start_no_wait();  // returns while it starts up
    void stop(StopMode mode = StopMode::fast);
    void begin_smart_stop();  // refuses new sessions, and ends when the last one does; does not wait
    void kill9();             // every process of it, as the kernel's out-of-memory killer would
    void restart();
    void promote();  // a standby becomes a primary; waits until it is one
    bool is_running() const { return postmaster_ != nullptr; }

private:
    void make_cluster();
    void make_standby();
    Program as_server_user(std::string executable, std::vector<std::string> arguments) const;
    bool answers() const;

    PostgresOptions options_;
    TempFolder folder_;
    std::filesystem::path programs_;
    PostgresAddress address_;
    std::unique_ptr<RunningProgram> postmaster_;
};

// A TCP port of 127.0.0.1 that nobody listens on at this moment.
int find_free_port();

}  // namespace headgate::support
