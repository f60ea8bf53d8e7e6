// SPDX-License-Identifier: Apache-2.0
// A port that counts who knocks, and answers nobody.
#pragma once

#include <cstdint>

namespace headgate::gate {

class Listener {
public:
    Listener();
    ~Listener();
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;

    std::uint16_t port() const { return port_; }
    // So far.
    int connections() const;

private:
    int fd_ = -1;
    std::uint16_t port_ = 0;
};

}  // namespace headgate::gate
