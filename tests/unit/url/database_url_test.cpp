// SPDX-License-Identifier: Apache-2.0
#include "url/database_url.hpp"

#include "unit/url/url_cases.hpp"

namespace headgate::url {

TEST_CASE("A URL for SQL Server is understood") {
    const auto url =
        parse_database_url("mssql+pyodbc://sa:p@ss@h:1433/db?driver=ODBC+Driver+18&TrustServerCertificate=yes");
    CHECK(url.dialect == base::DialectId::sqlserver);
    CHECK(url.hosts == std::vector<HostPort>{{"h", "1433"}});
    CHECK(url.user == "sa");
    CHECK(url.password.reveal() == "p@ss");
    CHECK(url.database == "db");
    CHECK(url.parameters == std::map<std::string, std::string>{{"trustservercertificate", "yes"}});
    CHECK(parse_database_url("sqlserver://u:p@h?database=db").database == "db");
}

TEST_CASE("A database that headgate does not support is named, with what it supports") {
    for (const std::string name : {"mysql", "mariadb", "oracle", "mongodb", "redshift"}) {
        const auto error = error_of(name + "+driver://u:p@h/db");
        CHECK(error.message.contains(name));
        CHECK(error.hint.contains("postgresql://"));
        CHECK(error.hint.contains("sqlite:///"));
    }
}

TEST_CASE("White space around a URL is not part of it") {
    CHECK(parse_database_url("  postgresql://h/db\n").database == "db");
    CHECK(parse_database_url("\tsqlite:///x.db \r\n").path == "x.db");
}

TEST_CASE("What is no URL is an error that shows one") {
    for (const std::string text :
         {"", " ", "db", "./local.db", "://", "://h", "postgresql", "postgresql:", "post gres://h",
          "\"postgresql://h/db\"", "jdbc:postgresql://h/db", "$DATABASE_URL"}) {
        INFO(text);
        const auto error = error_of(text);
        CHECK(error.kind == base::ErrorKind::bad_configuration);
        CHECK_FALSE(error.hint.empty());
    }
    CHECK(error_of(std::string("postgresql://h\0/db", 18)).message.contains("zero byte"));
    CHECK(error_of("postgresql://h/a\nb").message.contains("control character"));
    CHECK(error_of("postgresql://" + std::string(100'000, '@')).message.contains("longer"));
}

}  // namespace headgate::url
