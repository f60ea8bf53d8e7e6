// SPDX-License-Identifier: Apache-2.0
// Host names to addresses, under a deadline. getaddrinfo knows no deadline, so it runs on a thread of its own,
// which is left behind (detached) where it does not answer in time.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/stop.hpp"

namespace headgate::net {

// Numeric addresses in the resolver's order. Numeric hosts are given back as they are; "localhost" is answered
// without asking anybody (RFC 6761): 127.0.0.1 and ::1. Throws Error(unreachable) where the name is not found or the
// deadline passes, Error(interrupted) for a signal.
std::vector<std::string> resolve_host(const std::string& host, base::Stop stop);

// What a name server said: addresses, or why there are none.
struct Answer {
    std::vector<std::string> addresses;
    std::string failure;  // empty where there are addresses
};
using Lookup = std::function<Answer(const std::string& host)>;

// The same with another way to look up names. `lookup` runs on a thread that may outlive this call: it must own what
// it uses.
std::vector<std::string> resolve_host_by(Lookup lookup, const std::string& host, base::Stop stop);

}  // namespace headgate::net
