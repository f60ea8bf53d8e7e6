// SPDX-License-Identifier: Apache-2.0
// Passwords: read as they were meant, and never shown.
#include <format>
#include <random>

#include "unit/url/url_cases.hpp"
#include "url/percent.hpp"

namespace headgate::url {

namespace {

void check_reading(const std::string& text, const std::string& password, const HostPort& host) {
    INFO(text);
    const auto url = parse_database_url(text);
    CHECK(url.user == "user");
    CHECK(url.password.reveal() == password);
    CHECK(url.hosts == std::vector{host});
    CHECK(url.database == "app");
}

}  // namespace

TEST_CASE("A password may hold every special character as it is") {
    for (const std::string password : {"pa@ss",
                                       "pa:ss",
                                       "pa/ss",
                                       "pa#ss",
                                       "pa%ss",
                                       "pa?ss",
                                       "@",
                                       ":",
                                       "/",
                                       "?",
                                       "#",
                                       "%",
                                       "@@",
                                       "a@b@c",
                                       "a/b@c",
                                       "a@b/c",
                                       "a?b/c@d:e#f%g",
                                       "p@h:5432/x",
                                       "/@/",
                                       "100%",
                                       "50%off",
                                       "%zz",
                                       "a b",
                                       "a&b",
                                       "a=b",
                                       "a;b",
                                       "a,b",
                                       "[a]",
                                       "[::1]",
                                       "'quoted'",
                                       "\"",
                                       "\\",
                                       "$HOME",
                                       "!*()",
                                       "+",
                                       "a+b",
                                       "~",
                                       "äöü€",
                                       "12/34",
                                       "5432/x@y",
                                       "x?y=z",
                                       "a?b",
                                       "a?b?c",
                                       "?@",
                                       "@?",
                                       "://",
                                       "http://x@y/"}) {
        for (const std::string scheme : {"postgresql", "postgresql+asyncpg", "mssql+pyodbc"}) {
            check_reading(scheme + "://user:" + password + "@db.example:5432/app", password, {"db.example", "5432"});
            check_reading(scheme + "://user:" + password + "@db.example/app", password, {"db.example", ""});
        }
        check_reading("postgresql://user:" + password + "@db.example/app?sslmode=require", password,
                      {"db.example", ""});
        check_reading("postgresql://user:" + password + "@[::1]:1/app?sslmode=require", password, {"::1", "1"});
    }
}

TEST_CASE("A percent-encoded password is decoded") {
    std::string every_byte;
    for (int byte = 1; byte < 256; ++byte) every_byte += static_cast<char>(byte);
    check_reading("postgresql://user:" + encode_percent(every_byte) + "@h/app", every_byte, {"h", ""});
    check_reading("postgresql://user:p%40ss%2fw%3Frd%25@h/app", "p@ss/w?rd%", {"h", ""});
    check_reading("postgresql://user:p%2540@h/app", "p%40", {"h", ""});
}

TEST_CASE("An '@' in a parameter does not move the host") {
    check_reading("postgresql://user:pw@h/app?application_name=me@work", "pw", {"h", ""});
    check_reading("postgresql://user:p@w@h/app?sslmode=require&application_name=a@b", "p@w", {"h", ""});
    CHECK(parse_database_url("postgresql://h/app?user=me@tenant").user == "me@tenant");
}

TEST_CASE("A text with two readings is refused and not guessed") {
    const auto error = error_of("postgresql://user:p@ss?word=x@h/app");
    CHECK(error.message.contains("two ways"));
    CHECK(error.hint.contains("%40"));
}

TEST_CASE("No error shows any part of a password") {
    for (const std::string text : {
             "postgresql://user:hunter2",
             "postgresql://user:hunter2@bad host/db",
             "postgresql://user:hunter2@h:port/db",
             "postgresql://user:hunter2@h/db?sslmode=hunter2",
             "postgresql://user:hunter2@h/db?sslmod=hunter2",
             "postgresql://user:hunter2@h/db?hunter2",
             "postgresql://user:hunter2@h/db%00",
             "postgresql://user:hunt%00er2@h/db",
             "postgresql://user:hunter2@h\n/db",
             "postgresql//user:hunter2@h/db",
             "postgresql:/user:hunter2@h/db",
             "mysql://user:hunter2@h/db",
             "mysql+aiomysql://user:hunter2@h/db",
             "mongodb+srv://user:hunter2@h/db",
             "hunter2://user:hunter2@h/db",
             "jdbc:postgresql://h/db?user=u&password=hunter2",
             "sqlite://user:hunter2@h/db",
             "sqlite+pysqlcipher://:hunter2@/x.db",
             "'postgresql://user:hunter2@h/db'",
             "Server=h;Database=d;User Id=u;Password=hunter2",
             "Password=hunter2;x;Host=h",
             "host=h password=x hunter2",
             "host=h password=x hunter2=y",
             "host=h password='hunter2",
             "password=hunter2 sslmode=hunter2",
             "mssql+pyodbc:///?odbc_connect=Driver%3Dx%3BPWD%3Dhunter2",
             "hunter2",
             "user:hunter2@h/db",
         }) {
        INFO(text);
        const auto error = error_of(text);
        CHECK(error.kind == base::ErrorKind::bad_configuration);
        CHECK_FALSE(everything_said(error).contains("hunt"));
    }
}

TEST_CASE("A bad host does not make a piece of the password pass for a host or a database") {
    const auto error = error_of("postgresql://user:hun@h:1433/ter2@h1,h2:x/db");
    CHECK(error.message.contains("port"));
    CHECK_FALSE(everything_said(error).contains("hun"));
    CHECK_FALSE(everything_said(error).contains("ter2"));
}

TEST_CASE("The redacted form shows everything but the secrets") {
    struct Case {
        std::string text;
        std::string redacted;
    };
    for (const auto& [text, redacted] : {
             Case{"postgresql+asyncpg://user:hunter2@h:5432/app?ssl=require",
                  "postgresql://user:***@h:5432/app?sslmode=require"},
             Case{"postgres://u@h1:1,h2:2/app", "postgresql://u@h1:1,h2:2/app"},
             Case{"postgresql://:hunter2@h/app", "postgresql://:***@h/app"},
             Case{"postgresql://h/a?sslpassword=hunter2&sslkey=/k", "postgresql://h/a?sslkey=%2Fk&sslpassword=***"},
             Case{"host=/run/postgresql user=u password=hunter2 dbname='a b'",
                  "postgresql://u:***@%2Frun%2Fpostgresql/a%20b"},
             Case{"postgresql://[::1]:5432/a", "postgresql://[::1]:5432/a"},
             Case{"postgresql:///a", "postgresql:///a"},
             Case{"mssql+pyodbc://sa:hunter2@h:1433/a?driver=x&Encrypt=yes", "mssql://sa:***@h:1433/a?encrypt=yes"},
         }) {
        CHECK(parse_database_url(text).render_redacted() == redacted);
    }
}

TEST_CASE("Reading the redacted form again gives everything but the password") {
    for (const std::string text :
         {"postgresql://us%40er:x@h1:1,[::1]:2,%2Frun%2Fx/a%3Fb?application_name=a%26b%20c", "postgresql:///",
          "sqlite:///file:end%20?uri=true", "sqlite:///file:////two?uri=true", "sqlite:////abs/x y%20.db",
          "sqlite:///file:a%3Fb.db?mode=ro&uri=true", "sqlite://", "mssql://u:p@h/d"}) {
        INFO(text);
        const auto first = parse_database_url(text);
        const auto second = parse_database_url(first.render_redacted());
        CHECK(second.user == first.user);
        CHECK(second.hosts == first.hosts);
        CHECK(second.database == first.database);
        CHECK(second.path == first.path);
        CHECK(second.parameters == first.parameters);
    }
}

TEST_CASE("Random passwords are read back, encoded or as they are") {
    const auto seed = std::random_device{}();
    INFO("seed " << seed);
    std::mt19937 random(seed);
    // Without "&=" ("?name=" in a password is where the readings part) and without 0 ("%00" is refused).
    constexpr std::string_view alphabet = "abcXYZ129@:/?#%!$'\"()*+,;[]{}|\\^`~<>-._ ";
    for (int round = 0; round < 2000; ++round) {
        std::string password;
        for (auto length = 1 + random() % 24; length > 0; --length) password += alphabet[random() % alphabet.size()];
        check_reading("postgresql://user:" + encode_percent(password) + "@h:1/app", password, {"h", "1"});
        check_reading("postgresql://user:" + password + "@h:1/app?sslmode=require", decode_percent(password),
                      {"h", "1"});
    }
}

}  // namespace headgate::url
