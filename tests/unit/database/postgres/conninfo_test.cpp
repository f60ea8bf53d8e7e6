// SPDX-License-Identifier: Apache-2.0
#include "database/postgres/conninfo.hpp"

#include <catch2/catch_test_macros.hpp>

#include "base/error.hpp"

namespace headgate::database::postgres {

namespace {

const Defaults app_user{{"user", "app"}};

Keywords keywords_of(const url::DatabaseUrl& url, const Defaults& defaults = app_user,
                     const Certificates& certificates = {}) {
    ConnectOptions options;
    options.application_name = "headgate (run 1)";
    return make_keywords(url, options, defaults, certificates);
}

url::DatabaseUrl url_with(std::map<std::string, std::string> parameters) {
    url::DatabaseUrl url;
    url.parameters = std::move(parameters);
    return url;
}

}  // namespace

TEST_CASE("the URL's login is given to libpq as it is") {
    url::DatabaseUrl url;
    url.user = "a b";
    url.password = base::Secret("p@ss 'word\\");
    url.database = "d";
    const auto keywords = keywords_of(url);
    CHECK(keywords.at("user") == "a b");
    CHECK(keywords.at("password") == "p@ss 'word\\");
    CHECK(keywords.at("dbname") == "d");
    CHECK(keywords.at("client_encoding") == "UTF8");
    CHECK(keywords.at("application_name") == "headgate (run 1)");
}

TEST_CASE("what the URL does not say is left to libpq") {
    const auto keywords = keywords_of({});
    for (const char* name : {"user", "password", "dbname", "host", "port", "sslmode", "sslrootcert"}) {
        INFO(name);
        CHECK_FALSE(keywords.contains(name));
    }
}

TEST_CASE("nobody says which user: an error of our own") {
    try {
        keywords_of({}, {});
        FAIL("no error");
    } catch (const base::Error& error) {
        CHECK(error.kind == base::ErrorKind::bad_configuration);
        CHECK(error.message.contains("names no user"));
    }
    CHECK_NOTHROW(keywords_of(url_with({{"service", "s"}}), {}));
    CHECK_NOTHROW(keywords_of({}, {{"service", "s"}}));
}

TEST_CASE("a dead peer is noticed, unless the URL says otherwise") {
    CHECK(keywords_of({}).at("keepalives") == "1");
    CHECK(keywords_of({}).contains("tcp_user_timeout"));
    CHECK(keywords_of(url_with({{"keepalives", "0"}})).at("keepalives") == "0");
}

TEST_CASE("the image's certificate bundle is used where verification is asked for and nothing is named") {
    const Certificates machine{"/bundle.crt", false};
    CHECK(keywords_of(url_with({{"sslmode", "verify-full"}}), app_user, machine).at("sslrootcert") == "/bundle.crt");
    CHECK(keywords_of(url_with({{"sslmode", "verify-ca"}}), app_user, machine).at("sslrootcert") == "/bundle.crt");
    CHECK(keywords_of({}, {{"user", "app"}, {"sslmode", "verify-full"}}, machine).at("sslrootcert") == "/bundle.crt");
    CHECK_FALSE(keywords_of(url_with({{"sslmode", "require"}}), app_user, machine).contains("sslrootcert"));
    CHECK_FALSE(keywords_of(url_with({{"sslmode", "verify-full"}}), app_user, {}).contains("sslrootcert"));
    CHECK_FALSE(
        keywords_of(url_with({{"sslmode", "verify-full"}}), app_user, {"/bundle.crt", true}).contains("sslrootcert"));
    CHECK(keywords_of(url_with({{"sslmode", "verify-full"}, {"sslrootcert", "/mine"}}), app_user, machine)
              .at("sslrootcert") == "/mine");
    const auto system = keywords_of(url_with({{"sslrootcert", "system"}}), app_user, machine);
    CHECK(system.at("sslrootcert") == "/bundle.crt");
    CHECK(system.at("sslmode") == "verify-full");
}

TEST_CASE("hosts come from the URL, else from PGHOST, else libpq's socket") {
    url::DatabaseUrl url;
    url.hosts = {{"a", "1"}, {"b", ""}};
    CHECK(list_hosts(url, {{"port", "6000"}}) == std::vector<url::HostPort>{{"a", "1"}, {"b", "6000"}});
    CHECK(list_hosts({}, {{"host", "x, y"}, {"port", "7"}}) == std::vector<url::HostPort>{{"x", "7"}, {"y", "7"}});
    CHECK(list_hosts({}, {}) == std::vector<url::HostPort>{{"", "5432"}});
}

TEST_CASE("sockets are told from names") {
    CHECK(is_unix_socket(""));
    CHECK(is_unix_socket("/run/postgresql"));
    CHECK(is_unix_socket("@abstract"));
    CHECK_FALSE(is_unix_socket("db"));
}

TEST_CASE("connect_timeout bounds one attempt where it is a sane number") {
    const auto time = [](const std::string& text) { return attempt_time(url_with({{"connect_timeout", text}})); };
    CHECK(time("3") == std::chrono::seconds(3));
    for (const std::string text : {"", "0", "-1", "x", "3x", "99999999999999999999"}) {
        CHECK(time(text) == std::chrono::seconds(10));
    }
    CHECK(time("999999") == std::chrono::hours(1));
}

TEST_CASE("a token wants TLS: what may go on without it is raised, what was switched off stays so") {
    const auto sslmode_of = [](const url::DatabaseUrl& url, Defaults defaults) {
        defaults.emplace("user", "app");
        ConnectOptions options;
        options.wants_tls = true;
        const auto keywords = make_keywords(url, options, defaults, {});
        const auto found = keywords.find("sslmode");
        return found == keywords.end() ? std::string("libpq's") : found->second;
    };
    CHECK(sslmode_of({}, {}) == "require");
    CHECK(sslmode_of({}, {{"sslmode", "prefer"}}) == "require");
    CHECK(sslmode_of(url_with({{"sslmode", "allow"}}), {{"sslmode", "verify-full"}}) == "require");
    CHECK(sslmode_of(url_with({{"sslmode", "disable"}}), {}) == "disable");
    CHECK(sslmode_of(url_with({{"sslmode", "verify-full"}}), {}) == "verify-full");
    CHECK(sslmode_of({}, {{"sslmode", "verify-full"}}) == "libpq's");
}

TEST_CASE("hosts and ports that the URL leaves open are those of the service or of the environment") {
    const Defaults service{{"host", "a, b"}, {"port", "6000,6001"}};
    url::DatabaseUrl url;
    CHECK(list_hosts(url, service) == std::vector<url::HostPort>{{"a", "6000"}, {"b", "6001"}});
    url.hosts = {{"", ""}};  // as a URL without a host has it
    CHECK(list_hosts(url, service) == std::vector<url::HostPort>{{"a", "6000"}, {"b", "6001"}});
    url.hosts = {{"", "7000"}};
    CHECK(list_hosts(url, service) == std::vector<url::HostPort>{{"a", "7000"}, {"b", "7000"}});
    url.hosts = {{"h", ""}};
    CHECK(list_hosts(url, {{"host", "a"}, {"port", "6000"}}) == std::vector<url::HostPort>{{"h", "6000"}});
    CHECK(list_hosts({}, {}) == std::vector<url::HostPort>{{"", "5432"}});
}

}  // namespace headgate::database::postgres
