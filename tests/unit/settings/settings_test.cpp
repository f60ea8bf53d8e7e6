// SPDX-License-Identifier: Apache-2.0
#include "settings/settings.hpp"

#include <format>

#include <catch2/catch_test_macros.hpp>

#include "base/error.hpp"
#include "settings/definitions.hpp"
#include "unit/settings/temporary_folder.hpp"

namespace headgate::settings {

namespace {

using namespace std::chrono_literals;
using Environment = std::map<std::string, std::string>;

base::Error error_of(const Sources& sources) {
    try {
        read_settings(sources);
    } catch (const base::Error& error) {
        return error;
    }
    FAIL("accepted");
    return {base::ErrorKind::internal, ""};
}

Sources from_environment(Environment environment) {
    return {.flags = {}, .environment = std::move(environment), .file = "/nonexistent/headgate.toml"};
}

Sources from_file(const TemporaryFolder& folder, std::string_view text) {
    return {.flags = {}, .environment = {}, .file = folder.write("headgate.toml", text), .file_is_required = true};
}

std::string url_of(const Settings& settings) {
    REQUIRE(settings.database_url.has_value());
    return settings.database_url->reveal();
}

}  // namespace

TEST_CASE("With nothing given every setting has its documented default") {
    const auto settings = read_settings(from_environment({}));
    CHECK_FALSE(settings.database_url.has_value());
    CHECK(settings.migrations == "migrations");
    CHECK(settings.target == "head");
    CHECK(settings.wait_timeout == 60s);
    CHECK(settings.gate_timeout == 8min);
    CHECK(settings.lock_timeout == 2s);
    CHECK(settings.retry_timeout == 5min);
    CHECK_FALSE(settings.deadline.has_value());
    CHECK(settings.role.empty());
    CHECK(settings.ledger_schema.empty());
    CHECK(settings.reader_roles.empty());
    CHECK(settings.changed_file == ChangedFile::fail);
    CHECK(settings.database_ahead == DatabaseAhead::warn);
    CHECK(settings.mode == Mode::migrate);
    CHECK(settings.log_format == LogFormat::text);
    CHECK(settings.log_level == "info");
    CHECK(settings.image_label.empty());
}

TEST_CASE("Every setting's value and origin are listed") {
    const auto settings = read_settings(from_environment({{"HEADGATE_TARGET", "heads"}}));
    CHECK(settings.given.size() == definitions().size());
    for (const auto& definition : definitions()) CHECK(settings.given.contains(definition.name));
    CHECK(settings.given.at("target").value == "heads");
    CHECK(settings.given.at("target").origin == "HEADGATE_TARGET");
    CHECK(settings.given.at("wait_timeout").value == "60s");
    CHECK(settings.given.at("wait_timeout").origin == "default");
}

TEST_CASE("Flags win over the environment, that over the file, that over the default") {
    const TemporaryFolder folder;
    auto sources = from_file(folder, "migrations = \"from_file\"\ntarget = \"from_file\"\nrole = \"from_file\"\n");
    sources.environment = {{"HEADGATE_TARGET", "from_variable"}, {"HEADGATE_ROLE", "from_variable"}};
    sources.flags = {{"role", "from_flag"}};
    const auto settings = read_settings(sources);
    CHECK(settings.migrations == "from_file");
    CHECK(settings.given.at("migrations").origin == sources.file.string() + ":1");
    CHECK(settings.target == "from_variable");
    CHECK(settings.role == "from_flag");
    CHECK(settings.given.at("role").origin == "--role");
}

TEST_CASE("The database's URL is looked for in the documented order") {
    const TemporaryFolder folder;
    auto sources = from_file(folder, "database_url = \"sqlite:///toml.db\"\n");
    CHECK(url_of(read_settings(sources)) == "sqlite:///toml.db");
    sources.environment["DATABASE_URL"] = "sqlite:///plain.db";
    CHECK(url_of(read_settings(sources)) == "sqlite:///plain.db");
    sources.environment["HEADGATE_DATABASE_URL"] = "sqlite:///own.db";
    CHECK(url_of(read_settings(sources)) == "sqlite:///own.db");
    sources.flags["database_url"] = "sqlite:///flag.db";
    CHECK(url_of(read_settings(sources)) == "sqlite:///flag.db");
    CHECK(read_settings(sources).given.at("database_url").origin == "--database-url");
}

TEST_CASE("An empty variable is unset") {
    const auto settings = read_settings(from_environment({{"HEADGATE_DATABASE_URL", ""},
                                                          {"DATABASE_URL", "sqlite:///x.db"},
                                                          {"HEADGATE_WAIT_TIMEOUT", ""},
                                                          {"HEADGATE_TARGET_FILE", ""}}));
    CHECK(url_of(settings) == "sqlite:///x.db");
    CHECK(settings.wait_timeout == 60s);
}

TEST_CASE("A _FILE variable names a file with the value, one line end at its end left out") {
    const TemporaryFolder folder;
    for (const std::string ending : {"", "\n", "\r\n"}) {
        const auto file = folder.write("secret", "sqlite:///x.db" + ending);
        const auto settings = read_settings(from_environment({{"DATABASE_URL_FILE", file.string()}}));
        CHECK(url_of(settings) == "sqlite:///x.db");
        CHECK(settings.given.at("database_url").origin == "DATABASE_URL_FILE");
    }
    const auto file = folder.write("two", "label\n\n");
    CHECK(read_settings(from_environment({{"HEADGATE_IMAGE_LABEL_FILE", file.string()}})).image_label == "label\n");
}

TEST_CASE("A variable together with its _FILE form is an error that names both") {
    const auto error = error_of(from_environment({{"DATABASE_URL", "x"}, {"DATABASE_URL_FILE", "/y"}}));
    CHECK(error.kind == base::ErrorKind::bad_configuration);
    CHECK(error.message == "both DATABASE_URL and DATABASE_URL_FILE are set");
}

TEST_CASE("A _FILE that is missing, a folder, empty or endless is an error that names the variable") {
    const TemporaryFolder folder;
    for (const std::string& file : {std::string("/nonexistent/secret"), folder.path().string(),
                                    folder.write("empty", "\n").string(), std::string("/dev/zero")}) {
        INFO(file);
        const auto error = error_of(from_environment({{"HEADGATE_DATABASE_URL_FILE", file}}));
        CHECK(error.kind == base::ErrorKind::bad_configuration);
        CHECK(error.message.contains("HEADGATE_DATABASE_URL_FILE"));
        CHECK(error.message.contains(file));
    }
}

TEST_CASE("Secrets are shown redacted, and not at all where the URL does not parse") {
    const auto shown = [](const std::string& url) {
        return read_settings(from_environment({{"DATABASE_URL", url}})).given.at("database_url").value;
    };
    CHECK(shown("postgresql+asyncpg://u:hunter2@h/db") == "postgresql://u:***@h/db");
    CHECK(shown("mysql://u:hunter2@h/db") == "***");
    CHECK(shown("hunter2") == "***");
}

TEST_CASE("A list is an array in the file and separated by commas elsewhere") {
    const TemporaryFolder folder;
    CHECK(read_settings(from_file(folder, "reader_roles = [\"a\", \"b, c\"]")).reader_roles ==
          std::vector<std::string>{"a", "b, c"});
    const auto settings = read_settings(from_environment({{"HEADGATE_READER_ROLES", "a, b,,c "}}));
    CHECK(settings.reader_roles == std::vector<std::string>{"a", "b", "c"});
    CHECK(settings.given.at("reader_roles").value == "a, b, c");
}

TEST_CASE("A duration in the file is a text, or a number of seconds") {
    const TemporaryFolder folder;
    const auto settings = read_settings(from_file(folder, "wait_timeout = 5\ngate_timeout = \"250ms\"\n"));
    CHECK(settings.wait_timeout == 5s);
    CHECK(settings.gate_timeout == 250ms);
}

TEST_CASE("Choices are read, and a wrong one is an error that lists them") {
    const auto settings = read_settings(from_environment({{"HEADGATE_MODE", "off"},
                                                          {"HEADGATE_CHANGED_FILE", "warn"},
                                                          {"HEADGATE_DATABASE_AHEAD", "allow"},
                                                          {"HEADGATE_LOG_FORMAT", "json"},
                                                          {"HEADGATE_LOG_LEVEL", "debug"}}));
    CHECK(settings.mode == Mode::off);
    CHECK(settings.changed_file == ChangedFile::warn);
    CHECK(settings.database_ahead == DatabaseAhead::allow);
    CHECK(settings.log_format == LogFormat::json);
    CHECK(settings.log_level == "debug");
    CHECK(read_settings(from_environment({{"HEADGATE_MODE", "wait"}})).mode == Mode::wait);
    CHECK(read_settings(from_environment({{"HEADGATE_DATABASE_AHEAD", "fail"}})).database_ahead == DatabaseAhead::fail);
    const auto error = error_of(from_environment({{"HEADGATE_MODE", "on"}}));
    CHECK(error.message.contains("HEADGATE_MODE"));
    CHECK(error.hint == "it is one of migrate, wait, off");
}

TEST_CASE("Kubernetes and App Service get a JSON log unless it is set") {
    CHECK(read_settings(from_environment({{"KUBERNETES_SERVICE_HOST", "10.0.0.1"}})).log_format == LogFormat::json);
    CHECK(read_settings(from_environment({{"WEBSITE_SITE_NAME", "app"}})).log_format == LogFormat::json);
    CHECK(read_settings(from_environment({{"KUBERNETES_SERVICE_HOST", "x"}, {"HEADGATE_LOG_FORMAT", "text"}}))
              .log_format == LogFormat::text);
}

TEST_CASE("On App Service the deadline is its limit less the reserve") {
    const auto deadline = [](Environment more) {
        more["WEBSITE_SITE_NAME"] = "app";
        return read_settings(from_environment(more)).deadline;
    };
    CHECK(deadline({}) == 170s);
    CHECK(deadline({{"WEBSITES_CONTAINER_START_TIME_LIMIT", "600"}}) == 540s);
    CHECK(deadline({{"WEBSITES_CONTAINER_START_TIME_LIMIT", "soon"}}) == 170s);
    CHECK(deadline({{"HEADGATE_STARTUP_RESERVE", "100s"}}) == 130s);
    CHECK(deadline({{"HEADGATE_DEADLINE", "20s"}}) == 20s);
    CHECK(read_settings(from_environment({{"WEBSITES_CONTAINER_START_TIME_LIMIT", "600"}})).deadline == std::nullopt);
    const auto error =
        error_of(from_environment({{"WEBSITE_SITE_NAME", "app"}, {"WEBSITES_CONTAINER_START_TIME_LIMIT", "30"}}));
    CHECK(error.message.contains("startup_reserve"));
}

TEST_CASE("A fault in headgate.toml is shown with file, line and column") {
    struct Case {
        std::string text;
        std::size_t line;
        std::size_t column;
        std::string words;
    };
    const TemporaryFolder folder;
    for (const auto& [text, line, column, words] : {
             Case{"target = \"head\"\nwait_timout = \"2s\"\n", 2, 15, "wait_timout"},
             Case{"wait_timeout = \"2 parsecs\"\n", 1, 16, "2 parsecs"},
             Case{"wait_timeout = 1.5\n", 1, 16, "a number"},
             Case{"wait_timeout = -1\n", 1, 16, "-1"},
             Case{"\nmode = \"on\"\n", 2, 8, "mode"},
             Case{"role = 5\n", 1, 8, "an integer"},
             Case{"reader_roles = true\n", 1, 16, "an array of strings"},
             Case{"migrations = [\"a\"]\n", 1, 14, "a string"},
             Case{"role = \"a\\u0000b\"\n", 1, 8, "zero byte"},
             Case{"target = head\n", 1, 10, "TOML"},
             Case{"[database]\nurl = \"x\"\n", 2, 7, "database.url"},
         }) {
        INFO(text);
        const auto sources = from_file(folder, text);
        const auto error = error_of(sources);
        CHECK(error.kind == base::ErrorKind::bad_configuration);
        CHECK(error.spot == base::SourceSpot{sources.file.string(), line, column});
        CHECK((error.message + error.hint).contains(words));
    }
    CHECK(error_of(from_file(folder, "wait_timout = \"2s\"\n")).hint.contains("wait_timeout"));
}

TEST_CASE("A fault in headgate.toml never shows the line, which may hold a password") {
    const TemporaryFolder folder;
    for (const std::string text : {"database_url = postgresql://u:hunter2@h/db", "postgresql://u:hunter2@h/db",
                                   "\"postgresql://u:hunter2@h/db\" = 1", "database_url = [\"hunter2\", 1]",
                                   "database_url = \"hunter2", "database_url = \"hunter2\\q\""}) {
        INFO(text);
        const auto error = error_of(from_file(folder, text));
        CHECK_FALSE((error.message + error.hint + error.excerpt + error.detail).contains("hunter2"));
    }
}

TEST_CASE("No headgate.toml is fine unless it was asked for, and an unreadable one is an error") {
    const TemporaryFolder folder;
    auto sources = from_environment({});
    sources.file = folder.path() / "headgate.toml";
    CHECK_NOTHROW(read_settings(sources));
    sources.file_is_required = true;
    CHECK(error_of(sources).message.contains("headgate.toml"));
    sources.file = folder.path();
    CHECK(error_of(sources).message.contains("folder"));
}

TEST_CASE("A lock_timeout has a unit: PostgreSQL's own counts in milliseconds") {
    CHECK(error_of(from_environment({{"HEADGATE_LOCK_TIMEOUT", "2000"}})).hint == "write 2000ms or 2000s");
    CHECK(read_settings(from_environment({{"HEADGATE_LOCK_TIMEOUT", "0"}})).lock_timeout.count() == 0);
    CHECK(read_settings(from_environment({{"HEADGATE_LOCK_TIMEOUT", "5s"}})).lock_timeout.count() == 5000);
}

TEST_CASE("A deadline of 0 is an error and not a server that is out of reach") {
    CHECK(error_of(from_environment({{"HEADGATE_DEADLINE", "0s"}})).message.contains("no time"));
}

TEST_CASE("A variable that is nearly a setting's is found, and what Kubernetes makes for a service is not one") {
    CHECK(find_similar_variable("HEADGATE_LOCKTIMEOUT") == "HEADGATE_LOCK_TIMEOUT");
    CHECK(find_similar_variable("HEADGATE_MIGRATION") == "HEADGATE_MIGRATIONS");
    CHECK(find_similar_variable("HEADGATE_DATABSE_URL_FILE") == "HEADGATE_DATABASE_URL");
    for (const std::string name :
         {"HEADGATE_MODE", "HEADGATE_PORT", "HEADGATE_SERVICE_HOST", "HEADGATE_SERVICE_PORT_HTTP",
          "HEADGATE_PORT_8000_TCP_ADDR", "HEADGATE_", "HEADGATE", "LOCK_TIMEOUT", "DATABASE_URL"}) {
        INFO(name);
        CHECK_FALSE(find_similar_variable(name));
    }
}

TEST_CASE("The server does not inherit headgate's settings, but everything else") {
    CHECK(is_headgate_variable("HEADGATE_DATABASE_URL"));
    CHECK(is_headgate_variable("HEADGATE_DATABASE_URL_FILE"));
    CHECK(is_headgate_variable("HEADGATE_MODE"));
    CHECK_FALSE(is_headgate_variable("DATABASE_URL"));
    CHECK_FALSE(is_headgate_variable("HEADGATE_PORT_8000_TCP"));
    CHECK_FALSE(is_headgate_variable("HEADGATE_MODE_"));
}

}  // namespace headgate::settings
