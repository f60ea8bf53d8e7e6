// SPDX-License-Identifier: Apache-2.0
// with_postgres COMMAND [ARGUMENT…]: starts one PostgreSQL, gives its URL to the command as HEADGATE_TEST_POSTGRES_URL,
// and ends as the command does. Test cases run as processes of their own, and one server for all of them is cheaper.
// Where the variable is set already, only runs the command.
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>

#include <sys/wait.h>
#include <unistd.h>

#include "support/postgres_server.hpp"

namespace {

int run_command(char** arguments) {
    const pid_t pid = ::fork();
    if (pid == 0) {
        ::execvp(arguments[0], arguments);
        std::perror(arguments[0]);
        ::_exit(127);
    }
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0) {
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

int main(int argc, char** argv) try {
    if (argc < 2) {
        std::fputs("usage: with_postgres COMMAND [ARGUMENT...]\n", stderr);
        return 64;
    }
    std::unique_ptr<headgate::support::PostgresServer> server;
    if (std::getenv("HEADGATE_TEST_POSTGRES_URL") == nullptr) {
        headgate::support::PostgresOptions options;
        options.max_connections = 200;
        server = std::make_unique<headgate::support::PostgresServer>(options);
        ::setenv("HEADGATE_TEST_POSTGRES_URL", server->url().c_str(), 1);
    }
    return run_command(argv + 1);
} catch (const std::exception& error) {
    std::fprintf(stderr, "with_postgres: %s\n", error.what());
    return 1;
}
