// SPDX-License-Identifier: Apache-2.0
#include "url/postgres_url.hpp"

#include "unit/url/url_cases.hpp"

namespace headgate::url {

TEST_CASE("Every SQLAlchemy and libpq spelling of the scheme is PostgreSQL") {
    for (const std::string scheme : {"postgresql", "postgres", "postgresql+asyncpg", "postgresql+psycopg",
                                     "postgresql+psycopg2", "postgresql+pg8000", "POSTGRESQL"}) {
        const auto url = parse_database_url(scheme + "://user:word@db.example:5433/app");
        CHECK(url.dialect == base::DialectId::postgresql);
        CHECK(url.user == "user");
        CHECK(url.password.reveal() == "word");
        CHECK(url.hosts == std::vector<HostPort>{{"db.example", "5433"}});
        CHECK(url.database == "app");
        CHECK(url.parameters.empty());
        CHECK(url.notes.empty());
    }
}

TEST_CASE("Hosts are names, addresses, socket folders, several of them, or left out") {
    struct Case {
        std::string text;
        std::vector<HostPort> hosts;
    };
    for (const auto& [text, hosts] : {
             Case{"postgresql://h", {{"h", ""}}},
             Case{"postgresql://h:/db", {{"h", ""}}},
             Case{"postgresql://", {{"", ""}}},
             Case{"postgresql:///db", {{"", ""}}},
             Case{"postgresql://:5433/db", {{"", "5433"}}},
             Case{"postgresql://u@/db", {{"", ""}}},
             Case{"postgresql://h1:1,h2:2/db", {{"h1", "1"}, {"h2", "2"}}},
             Case{"postgresql://u:p@h1,h2:2,[::1]:3/db", {{"h1", ""}, {"h2", "2"}, {"::1", "3"}}},
             Case{"postgresql://[2001:db8::1]/db", {{"2001:db8::1", ""}}},
             Case{"postgresql://[fe80::1%25eth0]:5432/db", {{"fe80::1%eth0", "5432"}}},
             Case{"postgresql://10.0.0.7:5432", {{"10.0.0.7", "5432"}}},
             Case{"postgresql://my_db-1.svc:5432/x", {{"my_db-1.svc", "5432"}}},
             Case{"postgresql://%2Frun%2Fpostgresql/db", {{"/run/postgresql", ""}}},
             Case{"postgresql://u:p@%2Frun%2Fpostgresql:5433/db", {{"/run/postgresql", "5433"}}},
             Case{"postgresql:///db?host=/run/postgresql", {{"/run/postgresql", ""}}},
             Case{"postgresql:///db?host=/run/postgresql&port=5433", {{"/run/postgresql", "5433"}}},
             Case{"postgresql://ignored/db?host=a,b&port=1,2", {{"a", "1"}, {"b", "2"}}},
             Case{"postgresql:///db?host=a,b&port=7", {{"a", "7"}, {"b", "7"}}},
             Case{"postgresql+psycopg2:///db?host=a:1&host=b:2", {{"a", "1"}, {"b", "2"}}},
             Case{"postgresql:///db?host=::1", {{"::1", ""}}},
             Case{"postgresql+pg8000:///db?unix_sock=/run/postgresql/.s.PGSQL.5433", {{"/run/postgresql", "5433"}}},
         }) {
        INFO(text);
        CHECK(parse_database_url(text).hosts == hosts);
    }
}

TEST_CASE("Users and databases are decoded, and the user of a cloud server keeps its '@'") {
    const auto url = parse_database_url("postgresql://me%2Fyou%40x:p@h/my%20db");
    CHECK(url.user == "me/you@x");
    CHECK(url.database == "my db");
    CHECK(parse_database_url("postgresql://app@server:p@server.example/db").user == "app@server");
    CHECK(parse_database_url("postgresql://h/db").user.empty());
    CHECK(parse_database_url("postgresql://u@h/db").password.is_empty());
}

TEST_CASE("A query can name the user, the password and the database") {
    const auto url = parse_database_url("postgresql://h?user=me&password=a%26b&dbname=app");
    CHECK(url.user == "me");
    CHECK(url.password.reveal() == "a&b");
    CHECK(url.database == "app");
    CHECK(url.parameters.empty());
}

TEST_CASE("libpq's parameters pass, and the last of two wins") {
    const auto url = parse_database_url(
        "postgresql://h/db?application_name=a&sslrootcert=/ca.pem&connect_timeout=5&application_name=b%20c"
        "&options=-c%20search_path%3Dx&target_session_attrs=read-write");
    CHECK(url.parameters == std::map<std::string, std::string>{{"application_name", "b c"},
                                                               {"sslrootcert", "/ca.pem"},
                                                               {"connect_timeout", "5"},
                                                               {"options", "-c search_path=x"},
                                                               {"target_session_attrs", "read-write"}});
}

TEST_CASE("A plus sign is a space in SQLAlchemy's queries only") {
    CHECK(parse_database_url("postgresql://h/db?application_name=a+b").parameters.at("application_name") == "a+b");
    CHECK(parse_database_url("postgresql+asyncpg://h/db?application_name=a+b").parameters.at("application_name") ==
          "a b");
    CHECK(parse_database_url("postgresql+asyncpg://u:a+b@h/db").password.reveal() == "a+b");
}

TEST_CASE("ssl of other drivers becomes sslmode") {
    struct Case {
        std::string written;
        std::string mode;
    };
    for (const auto& [written, mode] :
         {Case{"ssl=require", "require"}, Case{"ssl=true", "require"}, Case{"ssl=verify-full", "verify-full"},
          Case{"ssl=disable", "disable"}, Case{"ssl=False", "disable"}, Case{"sslmode=no-verify", "require"},
          Case{"sslmode=verify-ca", "verify-ca"}, Case{"requiressl=1", "require"}}) {
        INFO(written);
        CHECK(parse_database_url("postgresql+asyncpg://h/db?" + written).parameters.at("sslmode") == mode);
    }
    CHECK(error_of("postgresql://h/db?sslmode=full").hint.contains("verify-full"));
}

TEST_CASE("What only an application's driver knows is left out and noted") {
    const auto url = parse_database_url(
        "postgresql+asyncpg://h/db?prepared_statement_cache_size=0&async_fallback=true&charset=utf8"
        "&client_encoding=latin1&schema=public&made_up_by_somebody=1&application_name=a");
    CHECK(url.parameters.size() == 1);
    CHECK(url.notes.size() == 6);
    CHECK(url.notes.front().contains("prepared_statement_cache_size"));
    CHECK(url.notes.back().contains("made_up_by_somebody"));
}

TEST_CASE("A mistyped parameter is an error, so that sslmod=verify-full does not turn TLS off") {
    const auto error = error_of("postgresql://u:secret@h/db?sslmod=verify-full");
    CHECK(error.kind == base::ErrorKind::bad_configuration);
    CHECK(error.hint.contains("sslmode"));
    CHECK(error_of("postgresql://h/db?target_session_attr=any").hint.contains("target_session_attrs"));
}

TEST_CASE("A schema in a parameter that libpq does not know is an error, not another schema") {
    CHECK(error_of("postgresql://h/db?schema=tenant").hint.contains("search_path"));
    CHECK(error_of("postgresql://h/db?search_path=tenant").hint.contains("search_path"));
    CHECK(error_of("postgresql://h/db?currentSchema=tenant").hint.contains("search_path"));
}

TEST_CASE("Hosts and ports that cannot be are errors") {
    for (const std::string text :
         {"postgresql://h:x/db", "postgresql://h:0/db", "postgresql://h:65536", "postgresql://h:-1",
          "postgresql://h:1:2/db", "postgresql://[::1/db", "postgresql://[]/db", "postgresql://[::1]5432/db",
          "postgresql://[name]/db", "postgresql://a b/db", "postgresql://h!/db", "postgresql://h%20x/db",
          "postgresql://h1,h2?port=1,2,3", "postgresql://h?port=x", "postgresql://h?host=a:b",
          "postgresql://h/db?application_name", "postgresql+pg8000://h?unix_sock=relative/.s.PGSQL.1",
          "postgresql+pg8000://h?unix_sock=/run/other"}) {
        INFO(text);
        CHECK(error_of(text).kind == base::ErrorKind::bad_configuration);
    }
}

}  // namespace headgate::url
