// SPDX-License-Identifier: Apache-2.0
#include "gate/listener.hpp"

#include <bit>
#include <stdexcept>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace headgate::gate {

Listener::Listener() : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* any = reinterpret_cast<sockaddr*>(&address);
    if (::bind(fd_, any, size) != 0 || ::listen(fd_, 16) != 0 || ::getsockname(fd_, any, &size) != 0) {
        throw std::runtime_error("no port to listen on");
    }
    port_ = ntohs(address.sin_port);
}

Listener::~Listener() {
    ::close(fd_);
}

int Listener::connections() const {
    int count = 0;
    for (int peer = 0; (peer = ::accept(fd_, nullptr, nullptr)) >= 0; ++count) ::close(peer);
    return count;
}

}  // namespace headgate::gate
