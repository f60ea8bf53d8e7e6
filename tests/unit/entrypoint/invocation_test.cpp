// SPDX-License-Identifier: Apache-2.0
#include "entrypoint/invocation.hpp"

#include <catch2/catch_test_macros.hpp>

#include "base/error.hpp"

using namespace headgate;
using entrypoint::parse_invocation;

namespace {

base::Error error_of(const std::vector<std::string>& argv) {
    try {
        parse_invocation(argv);
    } catch (const base::Error& error) {
        return error;
    }
    FAIL("accepted");
    return {base::ErrorKind::internal, ""};
}

base::ErrorKind kind_of(const std::vector<std::string>& argv) {
    return error_of(argv).kind;
}

}  // namespace

TEST_CASE("everything behind -- is the server's, byte for byte") {
    const auto invocation = parse_invocation({"headgate", "run", "--", "server", "", "--help", "--", "-x=\xFF"});
    CHECK(invocation.command->name == "run");
    CHECK(invocation.arguments.server == std::vector<std::string>{"server", "", "--help", "--", "-x=\xFF"});
}

TEST_CASE("settings are given before or after the command") {
    CHECK(parse_invocation({"headgate", "--wait-timeout", "5s", "upgrade"}).flags.at("wait_timeout") == "5s");
    CHECK(parse_invocation({"headgate", "upgrade", "--wait-timeout=5s"}).flags.at("wait_timeout") == "5s");
    CHECK(parse_invocation({"headgate", "upgrade"}).flags.empty());
    CHECK(parse_invocation({"headgate", "upgrade", "--config", "other.toml"}).config_file == "other.toml");
}

TEST_CASE("a relative target is no option") {
    CHECK(parse_invocation({"headgate", "downgrade", "-1"}).arguments.positionals == std::vector<std::string>{"-1"});
    CHECK(parse_invocation({"headgate", "upgrade", "+2"}).arguments.positionals == std::vector<std::string>{"+2"});
}

TEST_CASE("options of a command are found by their long name") {
    const auto invocation = parse_invocation({"headgate", "revision", "-m", "add users"});
    CHECK(invocation.arguments.find("message") == "add users");
    CHECK_FALSE(invocation.arguments.has("rev-id"));
    CHECK(parse_invocation({"headgate", "heads", "--json"}).arguments.has("json"));
    CHECK_FALSE(parse_invocation({"headgate", "heads"}).arguments.has("json"));
    CHECK(parse_invocation({"headgate", "stamp", "a", "b"}).arguments.positionals.size() == 2);
}

TEST_CASE("help and version are text for stdout, not errors") {
    CHECK(parse_invocation({"headgate", "--help"}).text.contains("upgrade"));
    CHECK(parse_invocation({"headgate", "upgrade", "--help"}).text.contains("target"));
    CHECK(parse_invocation({"headgate", "run", "--help"}).text.contains("headgate run [OPTIONS] -- SERVER"));
    CHECK(parse_invocation({"headgate", "--version"}).text.contains("OpenSSL"));
}

TEST_CASE("a wrong command line is a usage error") {
    CHECK(kind_of({"headgate"}) == base::ErrorKind::usage);
    CHECK(kind_of({}) == base::ErrorKind::usage);
    CHECK(kind_of({"headgate", "upgrad"}) == base::ErrorKind::usage);
    CHECK(kind_of({"headgate", "upgrade", "--nosuch"}) == base::ErrorKind::usage);
    CHECK(kind_of({"headgate", "upgrade", "a", "b"}) == base::ErrorKind::usage);
    CHECK(kind_of({"headgate", "downgrade"}) == base::ErrorKind::usage);
    CHECK(kind_of({"headgate", "upgrade", "a", "--json"}) == base::ErrorKind::usage);
    CHECK(kind_of({"headgate", "upgrade", "--", "server"}) == base::ErrorKind::usage);
}

TEST_CASE("what Alembic has and headgate has not is answered with what to do instead") {
    using Words = std::vector<std::string>;
    for (const auto& [argv, hint] : {
             std::pair<Words, std::string>{{"revision", "--autogenerate", "-m", "x"}, "write the SQL"},
             {{"revision", "--sql"}, "upgrade --sql"},
             {{"upgrade", "head", "--tag", "x"}, "-x KEY=VALUE"},
             {{"-c", "alembic.ini", "upgrade", "head"}, "--config FILE"},
             {{"upgrade", "-q"}, "--log-level error"},
             {{"-n", "other", "upgrade"}, "--config FILE"},
             {{"init", "alembic"}, "--migrations FOLDER"},
             {{"ensure_version"}, "makes the ledger"},
             {{"list_templates"}, "headgate init"},
             {{"upgrade", "a", "b", "c"}, "headgate upgrade --help"},
             {{"downgrade"}, "headgate downgrade --help"},
             {{"upgraed"}, "headgate upgrade?"},
         }) {
        Words words = {"headgate"};
        words.insert(words.end(), argv.begin(), argv.end());
        const auto error = error_of(words);
        CAPTURE(argv, error.message);
        CHECK(error.kind == base::ErrorKind::usage);
        CHECK(error.hint.contains(hint));
    }
}
