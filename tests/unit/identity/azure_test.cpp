// SPDX-License-Identifier: Apache-2.0
#include "identity/azure.hpp"

#include <catch2/catch_test_macros.hpp>

#include "base/error.hpp"
#include "support/token_server.hpp"

using namespace headgate;
using namespace headgate::identity;
using namespace std::chrono_literals;
using support::http_answer;
using support::token_answer;
using support::TokenServer;

namespace {

AzurePlace place_of(const TokenServer& server) {
    return {server.endpoint(), base::Secret("h3ader-0f-the-machine"), "", 10s};
}

base::Error failure_of(const std::string& answer) {
    const TokenServer server([&](std::size_t) { return answer; });
    try {
        AzureIdentity(place_of(server)).token(base::Stop());
    } catch (const base::Error& error) {
        return error;
    }
    FAIL("a token was given");
    return {base::ErrorKind::internal, ""};
}

// How often the service was asked for two tokens.
std::size_t count_requests(const std::string& answer) {
    const TokenServer server([&](std::size_t) { return answer; });
    AzureIdentity identity(place_of(server));
    CHECK(identity.token(base::Stop()).reveal() == "t0ken");
    CHECK(identity.token(base::Stop()).reveal() == "t0ken");
    return server.requests().size();
}

}  // namespace

TEST_CASE("A token is asked for with everything that the service wants, and nothing else") {
    const TokenServer server([](std::size_t) { return token_answer("t0ken"); });
    auto place = place_of(server);
    AzureIdentity(place).token(base::Stop());
    place.client_id = "a&b=c";
    place.endpoint += "?tenant=1";
    AzureIdentity(place).token(base::Stop());
    const auto host = server.endpoint().substr(7, server.endpoint().find("/msi") - 7);
    const auto headers = "Host: " + host +
                         "\r\nAccept: application/json\r\nConnection: close\r\n"
                         "X-IDENTITY-HEADER: h3ader-0f-the-machine\r\n\r\n";
    const auto requests = server.requests();
    REQUIRE(requests.size() == 2);
    CHECK(requests[0] ==
          "GET /msi/token?api-version=2019-08-01&resource=https%3A%2F%2Fossrdbms-aad.database.windows.net"
          " HTTP/1.1\r\n" +
              headers);
    CHECK(requests[1] ==
          "GET /msi/token?tenant=1&api-version=2019-08-01&resource="
          "https%3A%2F%2Fossrdbms-aad.database.windows.net&client_id=a%26b%3Dc HTTP/1.1\r\n" +
              headers);
}

TEST_CASE("A token is kept until some minutes before it expires") {
    CHECK(count_requests(token_answer("t0ken", 3600)) == 1);
    CHECK(count_requests(token_answer("t0ken", 240)) == 2);
    CHECK(count_requests(token_answer("t0ken", -3600)) == 2);
    CHECK(count_requests(token_answer("t0ken", 1LL << 60)) == 1);
    CHECK(count_requests(http_answer(200, R"({"access_token":"t0ken","expires_on":99999999999})")) == 1);
    CHECK(count_requests(http_answer(200, R"({"access_token":"t0ken","expires_on":-99999999999})")) == 2);
    CHECK(count_requests(http_answer(200, R"({"access_token":"t0ken","expires_on":"tomorrow"})")) == 2);
    CHECK(count_requests(http_answer(200, R"({"access_token":"t0ken"})")) == 2);
}

TEST_CASE("A token that the database refused is asked for anew") {
    const TokenServer server([](std::size_t number) { return token_answer(number == 1 ? "old" : "new"); });
    AzureIdentity identity(place_of(server));
    CHECK(identity.token(base::Stop()).reveal() == "old");
    identity.forget();
    CHECK(identity.token(base::Stop()).reveal() == "new");
}

TEST_CASE("What the service refuses is final where asking again cannot help") {
    for (const int status : {400, 401, 403}) {
        const auto error = failure_of(
            http_answer(status, R"({"statusCode":400,"message":"no identity for h3ader-0f-the-machine was found"})"));
        CHECK(error.kind == base::ErrorKind::access_refused);
        CHECK(error.message.contains(std::to_string(status)));
        CHECK(error.detail == "no identity for *** was found");
    }
    for (const int status : {404, 429, 500, 503})
        CHECK(failure_of(http_answer(status, "")).kind == base::ErrorKind::unreachable);
    CHECK(failure_of(http_answer(400, R"({"error":{"code":"x","message":"y"}})")).detail == "y");
    CHECK(failure_of(http_answer(400, R"({"error":"invalid_scope","error_description":"z"})")).detail == "z");
    CHECK(failure_of(http_answer(400, "<html>gibberish</html>")).detail.empty());
    CHECK(failure_of(http_answer(302, "")).kind == base::ErrorKind::access_refused);
}

TEST_CASE("An answer that holds no token is worth another try, and never shown") {
    for (const std::string body : {R"([1])", R"({"access_token":7})", R"({"access_token":""})", R"({"token":"s3cret"})",
                                   "s3cret", "", "{\"access_token\":\"s3cret"}) {
        INFO(body);
        const auto error = failure_of(http_answer(200, body));
        CHECK(error.kind == base::ErrorKind::unreachable);
        CHECK_FALSE((error.message + error.detail + error.hint).contains("s3cret"));
    }
}
