// SPDX-License-Identifier: Apache-2.0
#include "support/shared_server.hpp"

#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <string_view>

#include <catch2/catch_test_macros.hpp>
#include <libpq-fe.h>

namespace headgate::support {
namespace {

std::string without_driver_name(const std::string& url) {
    const auto colon = url.find("://");
    const auto plus = url.find('+');
    if (plus == std::string::npos || colon == std::string::npos || plus > colon) return url;
    return url.substr(0, plus) + url.substr(colon);
}

}  // namespace

PostgresAddress parse_postgres_url(const std::string& url) {
    char* message = nullptr;
    const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(
        PQconninfoParse(without_driver_name(url).c_str(), &message), &PQconninfoFree);
    const std::unique_ptr<char, decltype(&PQfreemem)> message_owner(message, &PQfreemem);
    if (!options) throw std::runtime_error("HEADGATE_TEST_POSTGRES_URL is no PostgreSQL URL");
    PostgresAddress address;
    for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option) {
        if (option->val == nullptr) continue;
        const std::string_view keyword = option->keyword;
        if (keyword == "host") address.host = option->val;
        if (keyword == "port") address.port = std::stoi(option->val);
        if (keyword == "user") address.user = option->val;
        if (keyword == "password") address.password = option->val;
    }
    return address;
}

void skip_or_fail(const std::string& reason) {
    const char* ci = std::getenv("CI");
    if (ci != nullptr && std::string_view(ci) == "true") FAIL(reason);
    SKIP(reason);
    std::abort();  // both of the above throw
}

void require_program(const std::string& name) {
    if (!find_in_path(name)) skip_or_fail(name + " is not installed");
}

const PostgresAddress& shared_server() {
    static std::unique_ptr<PostgresServer> own;
    static PostgresAddress address;
    static bool is_known = false;
    if (is_known) return address;
    const char* url = std::getenv("HEADGATE_TEST_POSTGRES_URL");
    if (url != nullptr && *url != '\0') {
        address = parse_postgres_url(url);
    } else {
        if (!PostgresServer::find_programs()) skip_or_fail("no PostgreSQL server is installed");
        own = std::make_unique<PostgresServer>();
        address = own->address();
    }
    is_known = true;
    return address;
}

}  // namespace headgate::support
