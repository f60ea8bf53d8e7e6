// SPDX-License-Identifier: Apache-2.0
// Boost.Beast reads the answer; the request is a few lines, and the socket is ours, so that Stop governs it.
#include "net/http.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <format>
#include <memory>
#include <optional>

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/error.hpp"
#include "net/resolve.hpp"

namespace headgate::net {

namespace {

namespace http = boost::beast::http;
using base::Error;
using base::ErrorKind;

constexpr std::uint64_t most_body = 1 << 20;

struct Place {
    std::string authority;  // as written: what the header Host says
    std::string host;
    std::string port = "80";
    std::string target;

    std::string shown() const { return std::format("http://{}", authority); }
};

bool is_port(std::string_view text) {
    unsigned number = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
    return fault == std::errc{} && end == text.data() + text.size() && number >= 1 && number <= 65535;
}

Error no_url() {
    return Error(ErrorKind::bad_configuration, "the address of a service is not of the form http://host:port/path");
}

Place parse_place(std::string_view url) {
    constexpr std::string_view scheme = "http://";
    const bool has_odd_byte = url.find_first_of(" \t\r\n#@\\") != std::string_view::npos;
    if (!url.starts_with(scheme) || has_odd_byte) throw no_url();
    url.remove_prefix(scheme.size());
    const auto slash = std::min(url.find_first_of("/?"), url.size());
    Place place{.authority = std::string(url.substr(0, slash)), .host = {}, .target = std::string(url.substr(slash))};
    if (!place.target.starts_with('/')) place.target.insert(0, "/");
    const auto bracket = place.authority.find(']');
    const auto colon = place.authority.find(':', bracket == std::string::npos ? 0 : bracket);
    place.host = place.authority.substr(0, colon);
    if (colon != std::string::npos) place.port = place.authority.substr(colon + 1);
    if (place.host.starts_with('[')) place.host = place.host.substr(1, place.host.size() - 2);
    if (place.host.empty() || !is_port(place.port)) throw no_url();
    return place;
}

// A value that would begin a header of its own is refused.
const std::string& one_line(const std::string& value) {
    if (value.find_first_of("\r\n") == std::string::npos) return value;
    throw Error(ErrorKind::bad_configuration, "a header's value for a service has more than one line");
}

class Socket {
public:
    explicit Socket(int fd) : fd_(fd) {}
    ~Socket() {
        if (fd_ >= 0) close(fd_);
    }
    Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Socket& operator=(Socket&&) = delete;

    int fd() const { return fd_; }

private:
    int fd_;
};

// The exchange with one service; its failures name it.
class Exchange {
public:
    Exchange(const Place& place, base::Stop stop) : place_(place), stop_(stop) {}

    HttpAnswer run(const HttpHeaders& headers) {
        const auto request = render_request(headers);
        const auto socket = connect_to_any();
        send_all(socket.fd(), request);
        return receive(socket.fd());
    }

private:
    Error failure(std::string_view what) const {
        return {ErrorKind::unreachable, std::format("{} {}", place_.shown(), what)};
    }

    void wait(int fd, short events) const {
        const auto woken = stop_.wait_for(fd, events);
        stop_.throw_if_interrupted();
        if (woken != base::Stop::Wake::ready) throw failure("did not answer in time");
    }

    Socket connect_to_any() const {
        std::optional<Error> last;
        for (const auto& address : resolve_host(place_.host, stop_)) try {
                return connect_to(address);
            } catch (const Error& error) {
                if (error.kind != ErrorKind::unreachable) throw;
                last = error;
            }
        throw last.value_or(failure("has no address"));
    }

    Socket connect_to(const std::string& address) const {
        addrinfo hints{};
        hints.ai_socktype = SOCK_STREAM;
        hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
        addrinfo* found = nullptr;
        if (getaddrinfo(address.c_str(), place_.port.c_str(), &hints, &found) != 0) throw failure("has no address");
        const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(found, &freeaddrinfo);
        Socket socket(::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
        if (socket.fd() < 0) throw failure(std::strerror(errno));
        if (connect(socket.fd(), found->ai_addr, found->ai_addrlen) == 0) return socket;
        if (errno != EINPROGRESS) throw failure(std::strerror(errno));
        wait(socket.fd(), POLLOUT);
        int fault = 0;
        socklen_t size = sizeof fault;
        getsockopt(socket.fd(), SOL_SOCKET, SO_ERROR, &fault, &size);
        if (fault != 0) throw failure(std::format("is not reachable: {}", std::strerror(fault)));
        return socket;
    }

    std::string render_request(const HttpHeaders& headers) const {
        auto text = std::format("GET {} HTTP/1.1\r\nHost: {}\r\nAccept: application/json\r\nConnection: close\r\n",
                                place_.target, place_.authority);
        for (const auto& [name, value] : headers) text += std::format("{}: {}\r\n", name, one_line(value));
        return text + "\r\n";
    }

    void send_all(int fd, std::string_view text) const {
        while (!text.empty()) {
            const auto sent = send(fd, text.data(), text.size(), MSG_NOSIGNAL);
            if (sent >= 0)
                text.remove_prefix(static_cast<std::size_t>(sent));
            else if (errno == EAGAIN || errno == EWOULDBLOCK)
                wait(fd, POLLOUT);
            else if (errno != EINTR)
                throw failure(std::format("broke off: {}", std::strerror(errno)));
        }
    }

    HttpAnswer receive(int fd) const {
        http::response_parser<http::string_body> parser;
        parser.body_limit(most_body);
        parser.eager(true);
        boost::beast::flat_buffer buffer;
        while (!parser.is_done()) {
            const auto size = receive_some(fd, buffer);
            boost::system::error_code fault;
            if (size == 0)
                parser.put_eof(fault);
            else
                buffer.consume(parser.put(buffer.data(), fault));
            if (fault == http::error::body_limit) throw failure("gave an answer of more than 1 MiB");
            if (fault && fault != http::error::need_more) throw failure("did not answer in HTTP");
            if (size == 0 && !parser.is_done()) throw failure("broke off its answer");
        }
        return {parser.get().result_int(), std::move(parser.get().body())};
    }

    // 0: the other side has ended.
    std::size_t receive_some(int fd, boost::beast::flat_buffer& buffer) const {
        constexpr std::size_t piece = 16 * 1024;
        while (true) {
            const auto room = buffer.prepare(piece);
            const auto size = recv(fd, room.data(), room.size(), 0);
            if (size >= 0) {
                buffer.commit(static_cast<std::size_t>(size));
                return static_cast<std::size_t>(size);
            }
            if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)
                throw failure(std::format("broke off: {}", std::strerror(errno)));
            wait(fd, POLLIN);
        }
    }

    const Place& place_;
    base::Stop stop_;
};

}  // namespace

HttpAnswer ask_over_http(std::string_view url, const HttpHeaders& headers, base::Stop stop) {
    const auto place = parse_place(url);
    return Exchange(place, stop).run(headers);
}

}  // namespace headgate::net
