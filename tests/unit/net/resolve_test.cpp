// SPDX-License-Identifier: Apache-2.0
#include "net/resolve.hpp"

#include <chrono>
#include <memory>
#include <semaphore>
#include <stdexcept>

#include <catch2/catch_test_macros.hpp>

#include "base/error.hpp"

namespace headgate::net {

namespace {

using base::Clock;
using base::Milliseconds;
using Addresses = std::vector<std::string>;

base::Stop within(Milliseconds time) {
    return base::Stop().within(time);
}

base::Error failure_of(const Lookup& lookup, Milliseconds time = std::chrono::seconds(5)) {
    try {
        resolve_host_by(lookup, "db", within(time));
    } catch (const base::Error& error) {
        return error;
    }
    return {base::ErrorKind::internal, "resolved"};
}

}  // namespace

TEST_CASE("numeric addresses are given back as they are") {
    for (const std::string host : {"10.0.0.7", "::1", "2001:db8::7"}) CHECK(resolve_host(host, {}) == Addresses{host});
}

TEST_CASE("localhost is answered without asking anybody") {
    const auto over = within(Milliseconds(0));
    for (const std::string host : {"localhost", "LOCALHOST", "localhost.", "db.localhost"}) {
        CHECK(resolve_host(host, over) == Addresses{"127.0.0.1", "::1"});
    }
}

TEST_CASE("addresses come in the resolver's order") {
    const auto lookup = [](const std::string& host) { return Answer{{host + "-2", host + "-1"}, ""}; };
    CHECK(resolve_host_by(lookup, "db", {}) == Addresses{"db-2", "db-1"});
}

TEST_CASE("a name that is not found is unreachable, with the resolver's words") {
    const auto error = failure_of([](const std::string&) { return Answer{{}, "Name or service not known"}; });
    CHECK(error.kind == base::ErrorKind::unreachable);
    CHECK(error.message == "the host \"db\" was not found: Name or service not known");
}

TEST_CASE("a resolver that throws is a name that is not found") {
    const auto error = failure_of([](const std::string&) -> Answer { throw std::runtime_error("out of threads"); });
    CHECK(error.kind == base::ErrorKind::unreachable);
    CHECK(error.message.contains("out of threads"));
}

TEST_CASE("a name server that never answers is left behind at the deadline") {
    const auto answer_now = std::make_shared<std::binary_semaphore>(0);
    const auto is_over = std::make_shared<std::binary_semaphore>(0);
    const auto start = Clock::now();
    const auto error = failure_of(
        [answer_now, is_over](const std::string&) {
            answer_now->acquire();
            is_over->release();
            return Answer{{"10.0.0.7"}, ""};
        },
        Milliseconds(50));
    CHECK(error.kind == base::ErrorKind::unreachable);
    CHECK(error.message.contains("\"db\""));
    CHECK(Clock::now() - start < std::chrono::seconds(2));
    // The late answer finds everything it needs.
    answer_now->release();
    is_over->acquire();
}

TEST_CASE("nonsense is not a host") {
    for (const std::string host : {"", " ", "..", "no such host", "no-such-host.invalid"}) {
        INFO(host);
        CHECK_THROWS_AS(resolve_host(host, within(std::chrono::seconds(20))), base::Error);
    }
}

}  // namespace headgate::net
