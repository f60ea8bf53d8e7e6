// SPDX-License-Identifier: Apache-2.0
// A TCP relay in a thread of its own, between a client and a server: it counts, delays and cuts. It stands in for the
// network that a test or a benchmark cannot have.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>

namespace headgate::support {

enum class Direction { to_server, to_client };

// Something that happens to the one connection that passes a certain point: exactly what came before arrives.
struct Incident {
    enum class Unit { messages, bytes };
    enum class Kind {
        cut,              // both sides are reset
        half_open,        // the client's side is reset; the server is left alone with what it has got
        silence,          // nothing is passed on any more, and nothing is closed
        silence_answers,  // the same, to the client only
    };
    Direction direction = Direction::to_server;
    Unit unit = Unit::messages;
    std::uint64_t after = 1;  // so many further ones, over all connections
    Kind kind = Kind::cut;
};

class Relay {
public:
    // From a free port of 127.0.0.1 to host:port (host: a numeric address).
    Relay(const std::string& host, int port);
    ~Relay();
    Relay(const Relay&) = delete;
    Relay& operator=(const Relay&) = delete;

    int port() const { return port_; }

    // Connections accepted so far.
    std::uint64_t connections() const { return connections_; }
    // Answered turns: how often the server spoke after the client had. A round trip each.
    std::uint64_t turns() const { return turns_; }
    std::uint64_t bytes_to_server() const { return bytes_to_server_; }
    std::uint64_t bytes_to_client() const { return bytes_to_client_; }
    // Whole messages of PostgreSQL's protocol; right for connections without TLS.
    std::uint64_t messages_to_server() const { return messages_to_server_; }
    std::uint64_t messages_to_client() const { return messages_to_client_; }

    // Bytes arrive that much later, in each direction: a round trip is twice as long.
    void set_delay(std::chrono::microseconds one_way) { delay_us_ = one_way.count(); }
    // Nothing is passed on any more, and nothing is closed: a network that swallows.
    void set_silent(bool is_silent) { is_silent_ = is_silent; }
    // Every connection is cut (reset) now; new ones are still accepted.
    void cut() { cut_requests_ = cut_requests_ + 1; }
    // Every connection is cut once the client has sent this many further bytes to the server; those bytes arrive.
    void cut_after_bytes_to_server(std::uint64_t count) { cut_at_ = bytes_to_server_ + count; }

    // One at a time: the next one may be set when the last has happened.
    void expect(const Incident& incident);
    bool has_happened() const { return !is_incident_ahead_; }

private:
    class Loop;
    friend class Loop;

    int port_ = 0;
    std::atomic<std::uint64_t> connections_ = 0;
    std::atomic<std::uint64_t> turns_ = 0;
    std::atomic<std::uint64_t> bytes_to_server_ = 0;
    std::atomic<std::uint64_t> bytes_to_client_ = 0;
    std::atomic<std::uint64_t> messages_to_server_ = 0;
    std::atomic<std::uint64_t> messages_to_client_ = 0;
    Incident incident_;  // the loop's while is_incident_ahead_, the owner's otherwise
    std::atomic<bool> is_incident_ahead_ = false;
    std::atomic<std::int64_t> delay_us_ = 0;
    std::atomic<bool> is_silent_ = false;
    std::atomic<bool> is_over_ = false;
    std::atomic<std::uint64_t> cut_requests_ = 0;
    std::atomic<std::uint64_t> cut_at_ = UINT64_MAX;
    std::unique_ptr<Loop> loop_;
    std::thread thread_;
};

// A port that accepts connections and never says a word.
class SilentPort {
public:
    SilentPort();
    ~SilentPort();
    SilentPort(const SilentPort&) = delete;
    SilentPort& operator=(const SilentPort&) = delete;

    int port() const { return port_; }

private:
    int fd_ = -1;
    int port_ = 0;
};

}  // namespace headgate::support
