// SPDX-License-Identifier: Apache-2.0
#include "support/relay.hpp"

#include <algorithm>
#include <cerrno>
#include <deque>
#include <list>
#include <optional>
#include <span>
#include <stdexcept>
#include <system_error>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "support/wire.hpp"

namespace headgate::support {
namespace {

using Clock = std::chrono::steady_clock;

sockaddr_in loopback(int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
    address.sin_port = ::htons(static_cast<std::uint16_t>(port));
    return address;
}

[[noreturn]] void throw_errno(const char* what) {
    throw std::system_error(errno, std::generic_category(), what);
}

std::pair<int, int> listen_on_free_port() {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    if (::bind(fd, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(fd, 128) != 0 ||
        ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0)
        throw_errno("listen on a free port");
    return {fd, ::ntohs(address.sin_port)};
}

void close_with_reset(int fd) {
    const linger reset{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    ::close(fd);
}

void send_at_once(int fd) {
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

struct Chunk {
    Clock::time_point due;
    std::vector<char> bytes;
    std::size_t sent = 0;
};

// One direction of one connection.
struct Flow {
    int from = -1;
    int to = -1;
    bool is_at_end = false;  // `from` has closed
    bool is_ended = false;   // and `to` was told
    bool is_silent = false;  // by an incident
    std::deque<Chunk> chunks = {};
    MessageCounter counter;

    bool is_due(Clock::time_point now) const { return !chunks.empty() && chunks.front().due <= now; }
};

struct Pair {
    Flow to_server{.counter = MessageCounter(MessageCounter::Speaker::client)};
    Flow to_client{.counter = MessageCounter(MessageCounter::Speaker::server)};
    bool client_spoke_last = false;
    bool is_broken = false;  // to be reset
    bool is_broken_after_delivery = false;
    bool is_half_open_after_delivery = false;
    bool is_half_open = false;  // the client's side is closed already

    bool has_chunks() const { return !to_server.chunks.empty() || !to_client.chunks.empty(); }
    bool is_over() const { return is_broken || (to_server.is_ended && to_client.is_ended); }
};

}  // namespace

class Relay::Loop {
public:
    Loop(Relay& relay, const std::string& host, int port) : relay_(relay), target_(loopback(port)) {
        if (::inet_pton(AF_INET, host.c_str(), &target_.sin_addr) != 1)
            throw std::system_error(EINVAL, std::generic_category(), "relay to " + host);
        std::tie(listener_, relay_.port_) = listen_on_free_port();
    }

    ~Loop() {
        for (const Pair& pair : pairs_) close_pair(pair);
        ::close(listener_);
    }

    void run() {
        while (!relay_.is_over_) {
            wait();
            accept_all();
            for (Pair& pair : pairs_) pass_on(pair);
            cut_if_asked();
            std::erase_if(pairs_, [](const Pair& pair) {
                if (pair.is_over()) close_pair(pair);
                return pair.is_over();
            });
        }
    }

private:
    static void close_pair(const Pair& pair) {
        const auto close_one = pair.is_broken ? close_with_reset : [](int fd) { ::close(fd); };
        if (!pair.is_half_open) close_one(pair.to_server.from);
        close_one(pair.to_server.to);
    }

    void add_flow(std::vector<pollfd>& fds, const Flow& flow, Clock::time_point now) const {
        if (flow.is_silent) return;
        if (!flow.is_at_end) fds.push_back({flow.from, POLLIN, 0});
        if (flow.is_due(now)) fds.push_back({flow.to, POLLOUT, 0});
    }

    // Until something can be read or sent, a delayed chunk is due, or one of the switches may have moved.
    void wait() const {
        const auto now = Clock::now();
        auto next = now + std::chrono::milliseconds(10);
        std::vector<pollfd> fds = {{listener_, POLLIN, 0}};
        for (const Pair& pair : pairs_) {
            if (relay_.is_silent_) break;
            for (const Flow* flow : {&pair.to_server, &pair.to_client}) {
                add_flow(fds, *flow, now);
                if (!flow->chunks.empty() && flow->chunks.front().due > now)
                    next = std::min(next, flow->chunks.front().due);
            }
        }
        const auto left = std::chrono::duration_cast<std::chrono::nanoseconds>(next - now).count();
        const timespec time{.tv_sec = 0, .tv_nsec = std::max<long>(left, 0)};
        ::ppoll(fds.data(), fds.size(), &time, nullptr);
    }

    void accept_all() {
        for (int client; (client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK)) >= 0;) {
            ++relay_.connections_;
            const int server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
            if (::connect(server, reinterpret_cast<const sockaddr*>(&target_), sizeof target_) != 0) {
                close_with_reset(client);
                ::close(server);
                continue;
            }
            send_at_once(client);
            send_at_once(server);
            Pair& pair = pairs_.emplace_back();
            pair.to_server.from = pair.to_client.to = client;
            pair.to_server.to = pair.to_client.from = server;
        }
    }

    void pass_on(Pair& pair) {
        if (relay_.is_silent_) return;
        if (const auto size = receive(pair, Direction::to_server); size > 0) {
            relay_.bytes_to_server_ += size;
            pair.client_spoke_last = true;
        }
        if (const auto size = receive(pair, Direction::to_client); size > 0) {
            relay_.bytes_to_client_ += size;
            if (std::exchange(pair.client_spoke_last, false)) ++relay_.turns_;
        }
        deliver(pair, pair.to_server);
        deliver(pair, pair.to_client);
        if (pair.is_broken_after_delivery && !pair.has_chunks()) pair.is_broken = true;
        if (pair.is_half_open_after_delivery && pair.to_server.chunks.empty()) close_client_side(pair);
    }

    static bool is_ending(const Pair& pair) {
        return pair.is_broken_after_delivery || pair.is_half_open_after_delivery;
    }

    std::size_t receive(Pair& pair, Direction direction) {
        Flow& flow = direction == Direction::to_server ? pair.to_server : pair.to_client;
        if (flow.is_silent || flow.is_at_end || is_ending(pair) || flow.chunks.size() > 64) return 0;
        std::vector<char> bytes(65536);
        const ssize_t size = ::recv(flow.from, bytes.data(), bytes.size(), MSG_DONTWAIT);
        if (size == 0) flow.is_at_end = true;
        if (size < 0 && errno != EAGAIN) pair.is_broken = true;
        if (size <= 0) return 0;
        bytes.resize(static_cast<std::size_t>(size));
        if (const auto kept = count_until_incident(flow, direction, bytes)) {
            bytes.resize(*kept);
            happen(pair);
        }
        const auto arriving = bytes.size();
        if (arriving > 0)
            flow.chunks.push_back({Clock::now() + std::chrono::microseconds(relay_.delay_us_), std::move(bytes)});
        return arriving;
    }

    // Counts messages. Where the incident is due within these bytes: how many of them come before it.
    std::optional<std::size_t> count_until_incident(Flow& flow, Direction direction, std::span<const char> bytes) {
        auto& messages = direction == Direction::to_server ? relay_.messages_to_server_ : relay_.messages_to_client_;
        const std::uint64_t passed =
            (direction == Direction::to_server ? relay_.bytes_to_server_ : relay_.bytes_to_client_).load();
        const Incident& incident = relay_.incident_;
        const bool is_watched = relay_.is_incident_ahead_ && incident.direction == direction;
        const bool counts_messages = is_watched && incident.unit == Incident::Unit::messages;
        const auto before = flow.counter.messages();
        const auto taken = flow.counter.take(bytes, counts_messages ? incident.after - messages : UINT64_MAX / 2);
        messages += flow.counter.messages() - before;
        if (counts_messages && messages >= incident.after) return taken;
        if (is_watched && !counts_messages && passed + bytes.size() >= incident.after) return incident.after - passed;
        return std::nullopt;
    }

    void happen(Pair& pair) {
        switch (relay_.incident_.kind) {
            case Incident::Kind::cut:
                pair.is_broken_after_delivery = true;
                break;
            case Incident::Kind::half_open:
                pair.is_half_open_after_delivery = true;
                break;
            case Incident::Kind::silence:
                pair.to_server.is_silent = pair.to_client.is_silent = true;
                break;
            case Incident::Kind::silence_answers:
                pair.to_client.is_silent = true;
                break;
        }
        relay_.is_incident_ahead_ = false;
    }

    static void deliver(Pair& pair, Flow& flow) {
        const auto now = Clock::now();
        while (flow.is_due(now)) {
            Chunk& chunk = flow.chunks.front();
            const ssize_t size = ::send(flow.to, chunk.bytes.data() + chunk.sent, chunk.bytes.size() - chunk.sent,
                                        MSG_DONTWAIT | MSG_NOSIGNAL);
            if (size < 0 && errno != EAGAIN) pair.is_broken = true;
            if (size < 0) return;
            chunk.sent += static_cast<std::size_t>(size);
            if (chunk.sent == chunk.bytes.size()) flow.chunks.pop_front();
        }
        if (flow.is_at_end && flow.chunks.empty() && !std::exchange(flow.is_ended, true)) ::shutdown(flow.to, SHUT_WR);
    }

    // The server has got what was sent to it, and is never read from again.
    static void close_client_side(Pair& pair) {
        close_with_reset(pair.to_server.from);
        pair.is_half_open = true;
        pair.is_half_open_after_delivery = false;
        pair.to_server.is_silent = pair.to_client.is_silent = true;
        pair.to_client.chunks.clear();
    }

    void cut_if_asked() {
        const bool is_full = relay_.bytes_to_server_ >= relay_.cut_at_;
        if (is_full) relay_.cut_at_ = UINT64_MAX;
        if (!is_full && cuts_done_ == relay_.cut_requests_) return;
        cuts_done_ = relay_.cut_requests_;
        for (Pair& pair : pairs_) pair.is_broken = true;
    }

    Relay& relay_;
    sockaddr_in target_{};
    int listener_ = -1;
    std::uint64_t cuts_done_ = 0;
    std::list<Pair> pairs_;
};

Relay::Relay(const std::string& host, int port)
    : loop_(std::make_unique<Loop>(*this, host, port)), thread_([this] { loop_->run(); }) {}

void Relay::expect(const Incident& incident) {
    if (is_incident_ahead_) throw std::logic_error("the last incident has not happened yet");
    incident_ = incident;
    const bool is_to_server = incident.direction == Direction::to_server;
    const bool is_in_messages = incident.unit == Incident::Unit::messages;
    if (is_in_messages) incident_.after += is_to_server ? messages_to_server_ : messages_to_client_;
    if (!is_in_messages) incident_.after += is_to_server ? bytes_to_server_ : bytes_to_client_;
    is_incident_ahead_ = true;
}

Relay::~Relay() {
    is_over_ = true;
    thread_.join();
}

SilentPort::SilentPort() {
    std::tie(fd_, port_) = listen_on_free_port();
}

SilentPort::~SilentPort() {
    ::close(fd_);
}

}  // namespace headgate::support
