// SPDX-License-Identifier: Apache-2.0
#include "support/postgres_server.hpp"

#include <cctype>
#include <cerrno>
#include <csignal>
#include <format>
#include <stdexcept>
#include <system_error>

#include <arpa/inet.h>
#include <libpq-fe.h>
#include <netinet/in.h>
#include <pwd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace headgate::support {
namespace {

constexpr Milliseconds start_limit{60'000};
constexpr Milliseconds for_ever{24L * 3600 * 1000};

bool is_root() {
    return ::geteuid() == 0;
}

// Everyone may pass through the folder to the socket; the data below stay the server's own.
void give_to_server_user(const std::filesystem::path& folder) {
    ::chmod(folder.c_str(), 0755);
    if (!is_root()) return;
    const passwd* user = ::getpwnam("postgres");
    if (user == nullptr) throw std::runtime_error("no user \"postgres\" to run the server as");
    if (::chown(folder.c_str(), user->pw_uid, user->pw_gid) != 0)
        throw std::system_error(errno, std::generic_category(), "chown " + folder.string());
}

std::string settings_text(const PostgresOptions& options, int port, const std::filesystem::path& socket_folder) {
    return std::format(
        "listen_addresses = '127.0.0.1'\nport = {}\nunix_socket_directories = '{}'\n"
        "max_connections = {}\nfsync = off\nfull_page_writes = off\n"
        "shared_buffers = 32MB\nlog_min_messages = warning\n{}\n",
        port, socket_folder.string(), options.max_connections, options.configuration);
}

}  // namespace

std::string percent_encode(std::string_view text) {
    std::string encoded;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (std::isalnum(byte) || c == '-' || c == '_' || c == '.' || c == '~')
            encoded += c;
        else
            encoded += std::format("%{:02X}", byte);
    }
    return encoded;
}

std::string PostgresAddress::url(std::string_view database) const {
    const std::string login = percent_encode(user) + (password.empty() ? "" : ":" + percent_encode(password));
    const std::string where = host.starts_with('/') ? percent_encode(host)
                              : host.contains(':')  ? "[" + host + "]"
                                                    : host;
    return std::format("postgresql://{}@{}:{}/{}", login, where, port, percent_encode(database));
}

PostgresAddress PostgresAddress::with_login(std::string user_name, std::string user_password) const {
    PostgresAddress copy = *this;
    copy.user = std::move(user_name);
    copy.password = std::move(user_password);
    return copy;
}

PostgresAddress PostgresAddress::with_port(int other_port) const {
    PostgresAddress copy = *this;
    copy.port = other_port;
    return copy;
}

int find_free_port() {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    const bool is_bound = ::bind(fd, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                          ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0;
    const int error = errno;
    ::close(fd);
    if (!is_bound) throw std::system_error(error, std::generic_category(), "bind to a free port");
    return ::ntohs(address.sin_port);
}

std::optional<std::filesystem::path> PostgresServer::find_programs() {
    std::optional<std::filesystem::path> newest;
    int newest_version = 0;
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator("/usr/lib/postgresql", ignored)) {
        const auto programs = entry.path() / "bin";
        const int version = std::atoi(entry.path().filename().c_str());
        if (version <= newest_version || !std::filesystem::exists(programs / "initdb")) continue;
        newest = programs;
        newest_version = version;
    }
    if (newest) return newest;
    if (!find_in_path("pg_config")) return std::nullopt;
    std::string folder = require_output({.executable = "pg_config", .arguments = {"--bindir"}});
    folder.erase(folder.find_last_not_of('\n') + 1);
    if (!std::filesystem::exists(std::filesystem::path(folder) / "initdb")) return std::nullopt;
    return folder;
}

PostgresServer::PostgresServer(PostgresOptions options) : options_(std::move(options)) {
    const auto programs = find_programs();
    if (!programs) throw std::runtime_error("no PostgreSQL server is installed");
    programs_ = *programs;
    address_.port = find_free_port();
    if (options_.authentication == Authentication::scram) address_.password = options_.password;
    options_.standby_of ? make_standby() : make_cluster();
    start();
}

PostgresServer::~PostgresServer() {
    kill9();
}

void PostgresServer::make_cluster() {
    give_to_server_user(folder_.path());
    const auto password_file = folder_ / "password";
    write_file(password_file, options_.password + "\n");
    const bool is_scram = options_.authentication == Authentication::scram;
    require_output(as_server_user(
        (programs_ / "initdb").string(),
        {"--pgdata=" + data_folder().string(), "--username=postgres", "--encoding=UTF8", "--locale=C.UTF-8",
         "--no-sync", "--pwfile=" + password_file.string(), is_scram ? "--auth=scram-sha-256" : "--auth=trust"}));
    std::filesystem::remove(password_file);
    const auto configuration = data_folder() / "postgresql.conf";
    write_file(configuration, read_file(configuration) + settings_text(options_, address_.port, socket_folder()));
}

void PostgresServer::make_standby() {
    give_to_server_user(folder_.path());
    require_output(as_server_user((programs_ / "pg_basebackup").string(),
                                  {"--pgdata=" + data_folder().string(), "--dbname=" + options_.standby_of->url(),
                                   "--write-recovery-conf", "--checkpoint=fast", "--no-sync"}));
    const auto configuration = data_folder() / "postgresql.conf";
    write_file(configuration, read_file(configuration) + settings_text(options_, address_.port, socket_folder()));
}

// setpriv executes the program in its own place, so that the process is the server itself.
Program PostgresServer::as_server_user(std::string executable, std::vector<std::string> arguments) const {
    Program program{.executable = std::move(executable), .arguments = std::move(arguments), .folder = folder_.path()};
    program.without = {"PGDATA", "PGPORT", "PGHOST", "PGUSER", "PGDATABASE", "PGPASSWORD", "LD_PRELOAD"};
    if (!is_root()) return program;
    std::vector<std::string> prefixed = {
        "--reuid=postgres", "--regid=postgres", "--clear-groups", "--pdeathsig=QUIT", "--", program.executable};
    prefixed.insert(prefixed.end(), program.arguments.begin(), program.arguments.end());
    program.executable = "setpriv";
    program.arguments = std::move(prefixed);
    return program;
}

std::string PostgresServer::log() const {
    return postmaster_ ? postmaster_->err() : "";
}

bool PostgresServer::answers() const {
    return PQping(url().c_str()) == PQPING_OK;
}

void PostgresServer::start_no_wait() {
    if (postmaster_) return;
    Program program = as_server_user((programs_ / "postgres").string(), {"-D", data_folder().string()});
    program.time_limit = for_ever;
    postmaster_ = std::make_unique<RunningProgram>(program);
}

void PostgresServer::start() {
    start_no_wait();
    eventually([this] { return answers() || !postmaster_->is_running(); }, start_limit);
    if (!answers()) throw std::runtime_error("PostgreSQL does not start:\n" + log());
}

void PostgresServer::stop(StopMode mode) {
    if (!postmaster_) return;
    postmaster_->send_signal(mode == StopMode::fast ? SIGINT : SIGQUIT);
    eventually([this] { return !postmaster_->is_running(); }, start_limit);
    kill9();
}

void PostgresServer::begin_smart_stop() {
    if (postmaster_) postmaster_->send_signal(SIGTERM);
}

// Backends notice a dead postmaster by themselves, but not at once: they are killed one by one.
void PostgresServer::kill9() {
    if (!postmaster_) return;
    postmaster_->send_signal(SIGSTOP);
    const auto pid = std::to_string(postmaster_->pid());
    run_program({.executable = "pkill", .arguments = {"-KILL", "--parent", pid}});
    postmaster_.reset();
}

void PostgresServer::promote() {
    require_output({.executable = "psql",
                    .arguments = {"--no-psqlrc", "--dbname=" + url(), "--command=SELECT pg_promote(true, 60)"}});
}

void PostgresServer::restart() {
    stop();
    start();
}

}  // namespace headgate::support
