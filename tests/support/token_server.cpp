// SPDX-License-Identifier: Apache-2.0
#include "support/token_server.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <format>
#include <system_error>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace headgate::support {
namespace {

std::string receive_request(int fd) {
    std::string request;
    std::array<char, 4096> piece{};
    while (!request.contains("\r\n\r\n")) {
        const auto size = ::recv(fd, piece.data(), piece.size(), 0);
        if (size <= 0) break;
        request.append(piece.data(), static_cast<std::size_t>(size));
    }
    return request;
}

}  // namespace

TokenServer::TokenServer(Answer answer) : answer_(std::move(answer)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(listener_, 16) != 0 ||
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
        throw std::system_error(errno, std::generic_category(), "listen on a free port");
    port_ = ::ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
}

TokenServer::~TokenServer() {
    is_over_ = true;
    thread_.join();
    for (const int fd : silent_) ::close(fd);
    ::close(listener_);
}

void TokenServer::serve() {
    while (!is_over_) {
        pollfd polled{listener_, POLLIN, 0};
        if (::poll(&polled, 1, 20) != 1) continue;
        const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        if (fd >= 0) answer_one(fd);
    }
}

// The client may go away in the middle.
void TokenServer::answer_one(int fd) {
    auto request = receive_request(fd);
    std::size_t number = 0;
    {
        const std::scoped_lock lock(mutex_);
        requests_.push_back(std::move(request));
        number = requests_.size();
    }
    const auto answer = answer_(number);
    if (answer.empty()) {
        silent_.push_back(fd);
        return;
    }
    for (std::size_t sent = 0; sent < answer.size();) {
        const auto size = ::send(fd, answer.data() + sent, answer.size() - sent, MSG_NOSIGNAL);
        if (size <= 0) break;
        sent += static_cast<std::size_t>(size);
    }
    ::close(fd);
}

std::string TokenServer::endpoint() const {
    return std::format("http://127.0.0.1:{}/msi/token", port_);
}

std::vector<std::string> TokenServer::requests() const {
    const std::scoped_lock lock(mutex_);
    return requests_;
}

std::string http_answer(int status, const std::string& body) {
    return std::format("HTTP/1.1 {} Told\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{}", status,
                       body.size(), body);
}

std::string token_answer(const std::string& token, std::int64_t seconds) {
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()).time_since_epoch();
    return http_answer(
        200,
        std::format(R"({{"access_token":"{}","expires_on":"{}","resource":"https://ossrdbms-aad.database.windows.net")"
                    R"(,"token_type":"Bearer","client_id":"5E29463D-71DA-4FE0-8E69-999B57DB23B0"}})",
                    token, now.count() + seconds));
}

}  // namespace headgate::support
