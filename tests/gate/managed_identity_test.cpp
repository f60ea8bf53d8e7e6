// SPDX-License-Identifier: Apache-2.0
// identity = "azure": an access token of App Service's managed identity is the password.
#include <csignal>
#include <format>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "gate/login_server.hpp"
#include "support/token_server.hpp"

using namespace headgate::gate;
using namespace headgate::support;

namespace {

// Real tokens have well over a thousand characters.
std::string make_token() {
    std::string token = "eyJ0eXAiOiJKV1Qi";
    while (token.size() < 1800) {
        auto part = make_password();
        std::erase_if(part, [](unsigned char c) { return std::isalnum(c) == 0; });
        token += part;
    }
    note_secret(token);
    return token;
}

std::map<std::string, std::string> app_service(const TokenServer& server, const std::string& url) {
    return {{"DATABASE_URL", url},
            {"HEADGATE_IDENTITY", "azure"},
            {"IDENTITY_ENDPOINT", server.endpoint()},
            {"IDENTITY_HEADER", make_password().substr(0, 18)},
            {"HEADGATE_LOG_LEVEL", "debug"}};
}

// Nobody listens there: what counts is whether a token is got.
Program without_database(const Project& project, const TokenServer& server) {
    auto program = project.headgate({"upgrade"});
    for (auto& [name, value] : app_service(server, "postgresql://app@127.0.0.1:1/app?sslmode=disable"))
        program.environment[name] = value;
    program.environment["HEADGATE_WAIT_TIMEOUT"] = "1s";
    return program;
}

}  // namespace

TEST_CASE("a token of the managed identity logs in, and the service was asked as Azure wants it") {
    LoginProject login;
    login.set_password(make_token());
    const TokenServer server([&](std::size_t) { return token_answer(login.password()); });
    auto environment = app_service(server, login.url("") + "?sslmode=disable");
    const std::string client_id = GENERATE("", "5e29463d-71da-4fe0-8e69-999b57db23b0");
    if (!client_id.empty()) environment["HEADGATE_IDENTITY_CLIENT_ID"] = client_id;
    const Outcome outcome = run_program(login.headgate({"upgrade"}, environment));
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 0);
    CHECK(login.project().applied().size() == 3);
    const auto requests = server.requests();
    REQUIRE(requests.size() == 1);
    const auto& request = requests.front();
    INFO(request);
    CHECK(
        request.starts_with("GET /msi/token?api-version=2019-08-01&resource="
                            "https%3A%2F%2Fossrdbms-aad.database.windows.net" +
                            (client_id.empty() ? "" : "&client_id=" + client_id) + " HTTP/1.1\r\n"));
    CHECK(request.contains("\r\nX-IDENTITY-HEADER: " + environment["IDENTITY_HEADER"] + "\r\n"));
    CHECK(request.contains("\r\nHost: " + server.endpoint().substr(7, server.endpoint().find("/msi") - 7) + "\r\n"));
}

TEST_CASE("a token that the database refuses is asked for anew") {
    LoginProject login;
    login.set_password(make_token());
    const auto old = make_token();
    const TokenServer server([&](std::size_t number) { return token_answer(number < 3 ? old : login.password()); });
    const Outcome outcome =
        run_program(login.headgate({"upgrade"}, app_service(server, login.url("") + "?sslmode=disable")));
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 0);
    CHECK(server.requests().size() == 3);
}

TEST_CASE("a token is not sent over a connection without TLS, unless the URL says so") {
    LoginProject login;
    login.set_password(make_token());
    const TokenServer server([&](std::size_t) { return token_answer(login.password()); });
    const Outcome outcome = run_program(login.headgate({"upgrade"}, app_service(server, login.url(""))));
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 69);
    CHECK(outcome.err.contains("server does not support SSL"));
}

TEST_CASE("an identity that is refused is final, with the service's reason and without its secrets") {
    Project project(Kind::sqlite);
    std::string header;
    const TokenServer server([&](std::size_t) {
        return http_answer(400, R"({"statusCode":400,"message":"No identity found for )" + header + R"("})");
    });
    auto program = without_database(project, server);
    header = program.environment["IDENTITY_HEADER"];
    const Outcome outcome = run_program(program);
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 77);
    CHECK(outcome.err.contains("status 400"));
    CHECK(outcome.err.contains("No identity found for ***"));
    CHECK(server.requests().size() == 1);
}

TEST_CASE("an identity service that is not ready yet is asked again") {
    LoginProject login;
    login.set_password(make_token());
    const TokenServer server(
        [&](std::size_t number) { return number < 3 ? http_answer(503, "busy") : token_answer(login.password()); });
    const Outcome outcome =
        run_program(login.headgate({"upgrade"}, app_service(server, login.url("") + "?sslmode=disable")));
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 0);
    CHECK(outcome.err.contains("status 503"));
    CHECK(server.requests().size() == 3);
}

TEST_CASE("an identity service that answers nonsense is given up at the deadline, and its words are not repeated") {
    Project project(Kind::sqlite);
    const auto secret = make_password().substr(0, 18);
    const auto [answer, reason] = GENERATE_COPY(
        table<std::string, std::string>({{secret, "did not answer in HTTP"},
                                         {http_answer(200, secret), "is no JSON object"},
                                         {http_answer(200, R"({"token":")" + secret + "\"}"), "holds no access_token"},
                                         {http_answer(500, secret), "status 500"},
                                         {http_answer(200, std::string(3 << 20, 'x')), "more than 1 MiB"}}));
    const TokenServer server([&, text = answer](std::size_t) { return text; });
    note_secret(secret);
    const Outcome outcome = run_program(without_database(project, server));
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 124);
    CHECK(outcome.err.contains(reason));
}

TEST_CASE("an identity service that never answers is left at password_timeout, at the deadline and at a signal") {
    Project project(Kind::sqlite);
    const TokenServer server([](std::size_t) { return ""; });
    auto program = without_database(project, server);
    const std::string way = GENERATE("password_timeout", "deadline", "signal");
    program.environment["HEADGATE_WAIT_TIMEOUT"] = way == "password_timeout" ? "1s" : "50s";
    program.environment["HEADGATE_PASSWORD_TIMEOUT"] = way == "password_timeout" ? "200ms" : "40s";
    if (way == "deadline") program.environment["HEADGATE_DEADLINE"] = "1s";
    RunningProgram gate(program);
    REQUIRE(eventually([&] { return !server.requests().empty(); }, Milliseconds{30'000}));
    if (way == "signal") gate.send_signal(SIGTERM);
    const Outcome outcome = gate.wait();
    INFO(outcome.describe());
    CHECK(outcome.exit_code == (way == "signal" ? 143 : 124));
    CHECK(outcome.duration < Milliseconds{30'000});
    if (way == "password_timeout") CHECK(server.requests().size() >= 2);
}

TEST_CASE("identity = azure without App Service's variables, or beside another password, is an error") {
    Project project(Kind::sqlite);
    const TokenServer server([](std::size_t) { return ""; });
    auto program = without_database(project, server);
    const auto [name, value, reason] = GENERATE(table<std::string, std::string, std::string>(
        {{"IDENTITY_ENDPOINT", "", "IDENTITY_ENDPOINT and IDENTITY_HEADER"},
         {"IDENTITY_HEADER", "", "IDENTITY_ENDPOINT and IDENTITY_HEADER"},
         {"IDENTITY_ENDPOINT", "https://somewhere/token", "http://host:port/path"},
         {"HEADGATE_PASSWORD_COMMAND", "cat token", "not from both"},
         {"HEADGATE_IDENTITY", "aws", "it is one of azure"},
         {"DATABASE_URL", "postgresql://app:hg00112233@127.0.0.1:1/app", "not from both"}}));
    program.environment[name] = value;
    const Outcome outcome = run_program(program);
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 78);
    CHECK(outcome.err.contains(reason));
    CHECK(server.requests().empty());
}
