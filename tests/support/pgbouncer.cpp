// SPDX-License-Identifier: Apache-2.0
#include "support/pgbouncer.hpp"

#include <csignal>
#include <format>
#include <stdexcept>

#include <libpq-fe.h>
#include <sys/stat.h>
#include <unistd.h>

namespace headgate::support {
namespace {

constexpr Milliseconds start_limit{30'000};
constexpr Milliseconds for_ever{24L * 3600 * 1000};

// In its list of users a quote is doubled.
std::string quote(std::string_view text) {
    std::string quoted = "\"";
    for (const char c : text) quoted += c == '"' ? "\"\"" : std::string(1, c);
    return quoted + "\"";
}

}  // namespace

PgBouncer::PgBouncer(const PostgresAddress& server, PgBouncerOptions options)
    : server_(server), options_(std::move(options)), port_(find_free_port()) {
    write_configuration();
    start();
}

PgBouncer::~PgBouncer() {
    kill9();
}

// Whoever runs it must be able to read its files.
void PgBouncer::write_configuration() const {
    ::chmod(folder_.path().c_str(), 0755);
    write_file(folder_ / "users.txt", quote(server_.user) + " " + quote(server_.password) + "\n");
    const auto& forced = options_.forced_database;
    write_file(folder_ / "pgbouncer.ini",
               std::format("[databases]\n* = host={} port={}{}\n\n[pgbouncer]\nlisten_addr = 127.0.0.1\n"
                           "listen_port = {}\nunix_socket_dir =\nauth_type = trust\nauth_file = {}\n"
                           "pool_mode = {}\ndefault_pool_size = {}\nmax_client_conn = 500\n{}\n",
                           server_.host, server_.port, forced.empty() ? "" : " dbname=" + forced, port_,
                           (folder_ / "users.txt").string(),
                           options_.mode == PoolMode::transaction ? "transaction" : "session", options_.pool_size,
                           options_.configuration));
}

PostgresAddress PgBouncer::address() const {
    auto here = server_.with_port(port_);
    here.host = "127.0.0.1";
    return here;
}

bool PgBouncer::answers() const {
    return PQping(address().url().c_str()) == PQPING_OK;
}

void PgBouncer::start() {
    if (process_) return;
    Program program{.executable = "pgbouncer", .arguments = {(folder_ / "pgbouncer.ini").string()}};
    if (::geteuid() == 0) {
        program.arguments = {"--reuid=postgres", "--regid=postgres",       "--clear-groups", "--pdeathsig=QUIT", "--",
                             "pgbouncer",        program.arguments.front()};
        program.executable = "setpriv";
    }
    program.folder = folder_.path();
    program.time_limit = for_ever;
    process_ = std::make_unique<RunningProgram>(program);
    eventually([this] { return answers() || !process_->is_running(); }, start_limit);
    if (!answers()) throw std::runtime_error("PgBouncer does not start:\n" + log());
}

std::string PgBouncer::log() const {
    return process_ ? process_->out() + process_->err() : "";
}

void PgBouncer::stop() {
    if (!process_) return;
    process_->send_signal(SIGQUIT);
    eventually([this] { return !process_->is_running(); }, start_limit);
    process_.reset();
}

void PgBouncer::kill9() {
    process_.reset();
}

void PgBouncer::restart() {
    stop();
    start();
}

}  // namespace headgate::support
