// SPDX-License-Identifier: Apache-2.0
// Where the login comes from: commands, identities, App Service's connection strings.
#include <catch2/catch_test_macros.hpp>

#include "base/error.hpp"
#include "settings/command_words.hpp"
#include "settings/settings.hpp"
#include "unit/settings/temporary_folder.hpp"

namespace headgate::settings {

namespace {

using Words = std::vector<std::string>;
using Environment = std::map<std::string, std::string>;

Settings read(Environment environment) {
    return read_settings({.flags = {}, .environment = std::move(environment), .file = "/nonexistent/headgate.toml"});
}

base::Error error_of(Environment environment) {
    try {
        read(std::move(environment));
    } catch (const base::Error& error) {
        return error;
    }
    FAIL("accepted");
    return {base::ErrorKind::internal, ""};
}

}  // namespace

TEST_CASE("A command in a variable is an array, or words without anything that a shell would read") {
    CHECK(parse_command("get-token", "X") == Words{"get-token"});
    CHECK(parse_command("  get-token   --for  db ", "X") == Words{"get-token", "--for", "db"});
    CHECK(parse_command(R"(["get token", "--for", "my \"db\" $X"])", "X") ==
          Words{"get token", "--for", "my \"db\" $X"});
    CHECK(parse_command("[ 'a' , 'b', ]", "X") == Words{"a", "b"});
    for (const std::string text : {"", "[]", "[\"\"]", "[1]", "[\"a\"] x", "[\"a\"]\nb = 1", "a 'b c'", "a $B", "a | b",
                                   "a > b", "a; b", "a && b", "a `b`", "a \\ b", "a *"}) {
        INFO(text);
        try {
            parse_command(text, "X");
            FAIL("accepted");
        } catch (const base::Error& error) {
            CHECK(error.kind == base::ErrorKind::bad_configuration);
            CHECK(error.message.starts_with("X: "));
            CHECK(error.excerpt.empty());
        }
    }
}

TEST_CASE("A command's arguments are never shown") {
    CHECK(render_command({}).empty());
    CHECK(render_command({"a"}) == "a");
    CHECK(render_command({"a", "s3cret"}) == "a and 1 argument");
    CHECK(render_command({"a", "b", "s3cret"}) == "a and 2 arguments");
    const auto settings = read({{"HEADGATE_PASSWORD_COMMAND", "get --token s3cret"}});
    CHECK(settings.password_command == Words{"get", "--token", "s3cret"});
    CHECK(settings.given.at("password_command").value == "get and 2 arguments");
}

TEST_CASE("A command in headgate.toml is an array or words") {
    const TemporaryFolder folder;
    for (const std::string text : {"password_command = [\"a\", \"b\"]\n", "password_command = \"a b\"\n"}) {
        const auto settings = read_settings(
            {.flags = {}, .environment = {}, .file = folder.write("headgate.toml", text), .file_is_required = true});
        CHECK(settings.password_command == Words{"a", "b"});
    }
}

TEST_CASE("An identity is chosen by its name, and not beside a command") {
    CHECK(read({}).identity == Identity::none);
    CHECK(read({{"HEADGATE_IDENTITY", "azure"}}).identity == Identity::azure);
    CHECK(error_of({{"HEADGATE_IDENTITY", "gcp"}}).hint.contains("azure"));
    CHECK(error_of({{"HEADGATE_IDENTITY", "azure"}, {"HEADGATE_PASSWORD_COMMAND", "a"}})
              .message.contains("not from both"));
}

TEST_CASE("The only connection string of App Service's names the database, and its prefix says which kind") {
    const auto postgres = read({{"POSTGRESQLCONNSTR_a", "Server=h;Database=d"}, {"MYSQLCONNSTR_b", "x"}});
    CHECK(postgres.database_url->reveal() == "Server=h;Database=d");
    CHECK(postgres.database_url_is_for == base::DialectId::postgresql);
    CHECK(postgres.given.at("database_url").origin == "POSTGRESQLCONNSTR_a");
    CHECK(postgres.given.at("database_url").value == "postgresql://h/d");
    CHECK(read({{"SQLCONNSTR_a", "x"}}).database_url_is_for == base::DialectId::sqlserver);
    CHECK(read({{"SQLAZURECONNSTR_a", "x"}}).database_url_is_for == base::DialectId::sqlserver);
    CHECK_FALSE(read({{"CUSTOMCONNSTR_a", "x"}}).database_url_is_for.has_value());
    CHECK_FALSE(read({{"CUSTOMCONNSTR_a", ""}}).database_url.has_value());
}

TEST_CASE("Of several connection strings one has to be chosen, by a name that is only one's") {
    const Environment several = {{"POSTGRESQLCONNSTR_a", "1"}, {"CUSTOMCONNSTR_a", "2"}, {"CUSTOMCONNSTR_b", "3"}};
    const auto choose = [&](const std::string& name) {
        auto environment = several;
        environment["HEADGATE_CONNECTION_STRING_NAME"] = name;
        return environment;
    };
    CHECK(error_of(several).message.contains("CUSTOMCONNSTR_a, CUSTOMCONNSTR_b, POSTGRESQLCONNSTR_a"));
    CHECK(read(choose("b")).database_url->reveal() == "3");
    CHECK(read(choose("POSTGRESQLCONNSTR_a")).database_url->reveal() == "1");
    CHECK(error_of(choose("a")).message.contains("CUSTOMCONNSTR_a, POSTGRESQLCONNSTR_a"));
    CHECK(error_of(choose("c")).message.contains("\"c\""));
    const auto pasted = error_of(choose("Host=h;Password=s3cret"));
    CHECK_FALSE((pasted.message + pasted.hint).contains("s3cret"));
    auto environment = several;
    environment["DATABASE_URL"] = "sqlite:///x.db";
    CHECK(read(environment).database_url->reveal() == "sqlite:///x.db");
}

TEST_CASE("Whether the database's URL can be read again is known") {
    const TemporaryFolder folder;
    const auto file = folder.write("url", "sqlite:///x.db");
    CHECK(read({{"DATABASE_URL_FILE", file.string()}}).is_database_url_from_file);
    CHECK(read({{"HEADGATE_DATABASE_URL_FILE", file.string()}}).is_database_url_from_file);
    CHECK_FALSE(read({{"DATABASE_URL", "sqlite:///x.db"}}).is_database_url_from_file);
}

}  // namespace headgate::settings
