// SPDX-License-Identifier: Apache-2.0
#include "net/http.hpp"

#include <catch2/catch_test_macros.hpp>

#include "base/error.hpp"
#include "support/postgres_server.hpp"
#include "support/token_server.hpp"

using namespace headgate;
using namespace headgate::net;
using namespace std::chrono_literals;
using support::http_answer;
using support::TokenServer;

namespace {

base::Error failure_of(const std::string& url, base::Stop stop = base::Stop().within(20s)) {
    try {
        ask_over_http(url, {}, stop);
    } catch (const base::Error& error) {
        return error;
    }
    FAIL("answered");
    return {base::ErrorKind::internal, ""};
}

base::Error failure_with(const std::string& answer) {
    const TokenServer server([&](std::size_t) { return answer; });
    return failure_of(server.endpoint());
}

}  // namespace

TEST_CASE("An answer is read in each of HTTP's forms") {
    for (const std::string answer :
         {"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody", "HTTP/1.0 200 OK\r\n\r\nbody",
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nbod\r\n1;x=y\r\ny\r\n0\r\n\r\n"}) {
        const TokenServer server([&](std::size_t) { return answer; });
        const auto got = ask_over_http(server.endpoint(), {}, base::Stop().within(20s));
        CHECK(got.status == 200);
        CHECK(got.body == "body");
    }
    const TokenServer server([&](std::size_t) { return http_answer(503, std::string(1 << 20, 'x')); });
    const auto got = ask_over_http(server.endpoint(), {}, base::Stop().within(20s));
    CHECK(got.status == 503);
    CHECK(got.body.size() == 1 << 20);
}

TEST_CASE("What is no answer is a failure that repeats nothing of it") {
    for (const std::string answer :
         {"gibberish s3cret\r\n\r\n", "HTTP/1.1 s3cret\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\ns3cret",
          "HTTP/1.1 200 OK\r\nContent-Le", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\ns3cret\r\n"}) {
        INFO(answer);
        const auto error = failure_with(answer);
        CHECK(error.kind == base::ErrorKind::unreachable);
        CHECK_FALSE((error.message + error.detail + error.hint).contains("s3cret"));
    }
    CHECK(failure_with(http_answer(200, std::string((1 << 20) + 1, 'x'))).message.contains("1 MiB"));
    CHECK(failure_with("HTTP/1.1 200 OK\r\nX: " + std::string(1 << 20, 'x') + "\r\n\r\n").kind ==
          base::ErrorKind::unreachable);
}

TEST_CASE("A service that is not there, or never answers, is waited for until the deadline and no longer") {
    const auto refused = failure_of("http://127.0.0.1:" + std::to_string(support::find_free_port()) + "/");
    CHECK(refused.kind == base::ErrorKind::unreachable);
    CHECK(refused.message.contains("refused"));
    const TokenServer server([](std::size_t) { return ""; });
    const auto start = base::Clock::now();
    const auto silent = failure_of(server.endpoint(), base::Stop().within(300ms));
    CHECK(silent.kind == base::ErrorKind::unreachable);
    CHECK(silent.message.contains("in time"));
    CHECK(base::Clock::now() - start >= 300ms);
    CHECK(base::Clock::now() - start < 10s);
}

TEST_CASE("Only plain HTTP addresses are taken") {
    for (const std::string url : {"", "https://h/", "h/path", "http://", "http:///path", "http://h:0/", "http://h:x/",
                                  "http://u:p@h/", "http://h/a b", "http://h/a\r\nX: y", "http://h/#x"}) {
        INFO(url);
        CHECK(failure_of(url).kind == base::ErrorKind::bad_configuration);
    }
}

TEST_CASE("A header's value cannot begin another header") {
    try {
        ask_over_http("http://127.0.0.1:1/", {{"X", "a\r\nY: b"}}, base::Stop());
        FAIL("it was sent");
    } catch (const base::Error& error) {
        CHECK(error.kind == base::ErrorKind::bad_configuration);
    }
}
