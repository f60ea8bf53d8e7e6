// SPDX-License-Identifier: Apache-2.0
// A service of the machine itself that gives out access tokens, as App Service has one: plain HTTP on a free port of
// 127.0.0.1, one request a connection. What it was asked is kept, what it answers is the test's.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace headgate::support {

class TokenServer {
public:
    // Gives the answer's bytes for the n-th request, counted from 1. None: it never answers, and keeps the connection.
    using Answer = std::function<std::string(std::size_t number)>;

    explicit TokenServer(Answer answer);
    ~TokenServer();
    TokenServer(const TokenServer&) = delete;
    TokenServer& operator=(const TokenServer&) = delete;

    std::string endpoint() const;               // http://127.0.0.1:port/msi/token
    std::vector<std::string> requests() const;  // byte for byte

private:
    void serve();
    void answer_one(int fd);

    Answer answer_;
    int listener_ = -1;
    int port_ = 0;
    std::atomic<bool> is_over_ = false;
    std::vector<int> silent_;
    mutable std::mutex mutex_;  // for requests_
    std::vector<std::string> requests_;
    std::thread thread_;
};

std::string http_answer(int status, const std::string& body);
// As App Service gives it; good for so many seconds.
std::string token_answer(const std::string& token, std::int64_t seconds = 3600);

}  // namespace headgate::support
