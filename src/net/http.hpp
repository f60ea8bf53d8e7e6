// SPDX-License-Identifier: Apache-2.0
// One question over plain HTTP to a service of the machine itself, such as the one that gives out access tokens. Every
// wait is in the Stop. No TLS, no redirections, no proxy: none of them belongs to such a service.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/stop.hpp"

namespace headgate::net {

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

struct HttpAnswer {
    unsigned status = 0;
    std::string body;  // at most 1 MiB
};

// `url` is http://host[:port]/path?query. Throws Error(bad_configuration) where it is something else;
// Error(unreachable) for no connection, no answer before the deadline, and for what is no HTTP or too long;
// Error(interrupted) for a signal. No message holds a header's value or any part of the answer.
HttpAnswer ask_over_http(std::string_view url, const HttpHeaders& headers, base::Stop stop);

}  // namespace headgate::net
