// SPDX-License-Identifier: Apache-2.0
#include "url/ado_net.hpp"

#include "unit/url/url_cases.hpp"

namespace headgate::url {

using Parameters = std::map<std::string, std::string>;

TEST_CASE("Npgsql's strings are read, in any case, order and synonym") {
    for (const std::string text : {
             "Host=h;Port=6432;Database=d;Username=u;Password=p;SSL Mode=VerifyFull",
             "password=p;HOST=h;port=6432;db=d;user id=u;sslmode=Verify-Full;",
             " Server = tcp:h,6432 ; Database = d ; UID = u ; PWD = p ; Ssl Mode = verifyfull ; ; ",
             "Server=h;Port=6432;Database=d;User Name=u;Password='p';SSL_Mode=VerifyFull;Pooling=true",
         }) {
        INFO(text);
        const auto url = parse_database_url(text);
        CHECK(url.dialect == base::DialectId::postgresql);
        CHECK(url.hosts == std::vector<HostPort>{{"h", "6432"}});
        CHECK(url.user == "u");
        CHECK(url.password.reveal() == "p");
        CHECK(url.database == "d");
        CHECK(url.parameters == Parameters{{"sslmode", "verify-full"}});
    }
}

TEST_CASE("What Npgsql calls otherwise than libpq is translated, and what is its own is left out") {
    const auto url = parse_database_url(
        "Host=a:5433,b;Username=u;Timeout=7;Application Name=x;Root Certificate=/ca.pem;SSL Certificate=/c.pem;"
        "SSL Key=/k.pem;Target Session Attributes=Read-Write;Passfile=/p;Maximum Pool Size=5;"
        "Trust Server Certificate=true;Include Error Detail=true;Search Path=public");
    CHECK(url.hosts == std::vector<HostPort>{{"a", "5433"}, {"b", ""}});
    CHECK(url.parameters == Parameters{{"connect_timeout", "7"},
                                       {"application_name", "x"},
                                       {"sslrootcert", "/ca.pem"},
                                       {"sslcert", "/c.pem"},
                                       {"sslkey", "/k.pem"},
                                       {"target_session_attrs", "read-write"},
                                       {"passfile", "/p"}});
    CHECK(error_of("Host=h;Search Path=app").hint.contains("search_path"));
}

TEST_CASE("A password in an ADO.NET string may hold anything: in quotes where it holds a semicolon") {
    const auto password_of = [](const std::string& written) {
        return parse_database_url("Host=h;Password=" + written + ";Username=u").password.reveal();
    };
    CHECK(password_of("a=b@c:d/e?f#g%41 h") == "a=b@c:d/e?f#g%41 h");
    CHECK(password_of("\"a;b\"\"c'd\"") == "a;b\"c'd");
    CHECK(password_of("'a;b''c\"d'") == "a;b'c\"d");
    CHECK(password_of(" ' a ' ") == " a ");
    CHECK(password_of("").empty());
}

TEST_CASE("A string of SQL Server's is known as one") {
    for (const std::string text : {
             "Server=tcp:h.database.windows.net,1433;Database=d;User Id=u;Password=p;",
             "Data Source=h;Initial Catalog=d;User ID=u;Password=p",
             "Server=h\\instance;Database=d;UID=u;PWD=p",
             "Server=h;Database=d;UID=u;PWD=p;Encrypt=True;TrustServerCertificate=False",
         }) {
        INFO(text);
        const auto url = parse_database_url(text);
        CHECK(url.dialect == base::DialectId::sqlserver);
        CHECK(url.database == "d");
        CHECK(url.user == "u");
        CHECK(url.password.reveal() == "p");
    }
    CHECK(parse_database_url("Server=tcp:h,1433;Database=d").hosts == std::vector<HostPort>{{"h", "1433"}});
}

TEST_CASE("The server of a string of SQL Server's is a host, with a port or an instance") {
    for (const auto& [server, hidden] : {
             std::pair<std::string, std::string>{"tcp:h,1433", "mssql://h:1433/d"},
             {"h\\instance", "mssql://h/d?instancename=instance"},
             {"::1,1433", "mssql://[::1]:1433/d"},
         }) {
        const auto url = parse_database_url("Server=" + server + ";Database=d;Encrypt=True");
        CHECK(url.render_redacted() == hidden);
        CHECK(parse_database_url(hidden).render_redacted() == hidden);
    }
    for (const std::string server : {"np:\\\\h\\pipe\\sql\\query", "(localdb)\\x", "h i", "h\xFF\\x", "h,65536"}) {
        INFO(server);
        CHECK(error_of("Server=" + server + ";Encrypt=True").message.contains(server.contains(',') ? "port" : "host"));
    }
}

TEST_CASE("A string that can be for either database is an error, unless it is known which one is meant") {
    const std::string text = "Server=h;Database=d;User Id=u;Password=p";
    CHECK(error_of(text).message.contains("PostgreSQL or for SQL Server"));
    CHECK(error_of(text).hint.contains("Host="));
    CHECK(parse_database_url(text, base::DialectId::postgresql).dialect == base::DialectId::postgresql);
    CHECK(parse_database_url(text, base::DialectId::sqlserver).dialect == base::DialectId::sqlserver);
    CHECK(parse_database_url("Server=x.postgres.database.azure.com;Database=d").dialect == base::DialectId::postgresql);
    // A URL says itself what it is for.
    CHECK(parse_database_url("sqlite:///x.db", base::DialectId::sqlserver).dialect == base::DialectId::sqlite);
}

TEST_CASE("What is wrong in an ADO.NET string is said without any part of it") {
    for (const std::string text :
         {"Host=h;Password=s3cret;t0ken", "Host=h;Password=\"s3cret", "Host=h;Password='s3cret't0ken;Port=1",
          "Host=h;Password=s3cret;t0ken=x", "Host=h;Password=s3cret;SSL Mode=t0ken", "Host=h;Port=t0ken",
          "Host=t0ken!;Password=s3cret"}) {
        INFO(text);
        const auto error = error_of(text);
        CHECK(error.kind == base::ErrorKind::bad_configuration);
        CHECK_FALSE(everything_said(error).contains("s3cret"));
        CHECK_FALSE(everything_said(error).contains("t0ken"));
    }
}

TEST_CASE("libpq's keyword strings are not taken for ADO.NET's") {
    CHECK(parse_database_url("host=h password='a;b' dbname=d").password.reveal() == "a;b");
    CHECK(parse_database_url("host=h password=a;b user=u").password.reveal() == "a;b");
    CHECK(parse_database_url("user=u password=x;host=h").password.reveal() == "x;host=h");
}

}  // namespace headgate::url
