// SPDX-License-Identifier: Apache-2.0
#include "unit/url/url_cases.hpp"
#include "url/postgres_url.hpp"

namespace headgate::url {

TEST_CASE("A keyword string gives the same parts as a URL") {
    const auto url = parse_database_url("host=h port=5433 user=u password=p dbname=app sslmode=require");
    CHECK(url.dialect == base::DialectId::postgresql);
    CHECK(url.hosts == std::vector<HostPort>{{"h", "5433"}});
    CHECK(url.user == "u");
    CHECK(url.password.reveal() == "p");
    CHECK(url.database == "app");
    CHECK(url.parameters == std::map<std::string, std::string>{{"sslmode", "require"}});
}

TEST_CASE("Quotes, backslashes and white space are read as libpq reads them") {
    struct Case {
        std::string text;
        std::string database;
    };
    for (const auto& [text, database] : {
             Case{"dbname='a b'", "a b"},
             Case{"dbname = 'a b' host = h", "a b"},
             Case{"dbname='it\\'s'", "it's"},
             Case{"dbname='a\\\\b'", "a\\b"},
             Case{"dbname=a\\ b", "a b"},
             Case{"dbname=a\\'b", "a'b"},
             Case{"dbname=a'b'", "a'b'"},
             Case{"dbname=''", ""},
             Case{"dbname=", ""},
             Case{"dbname=a=b", "a=b"},
             Case{"dbname='a'host=h", "a"},
             Case{"\n dbname=x\n\thost=h\n", "x"},
             Case{"dbname=a dbname=b", "b"},
         }) {
        INFO(text);
        CHECK(parse_database_url(text).database == database);
    }
}

TEST_CASE("A password of a keyword string may hold anything that libpq lets it hold") {
    CHECK(parse_database_url("password='p@ss:/?#% w' host=h").password.reveal() == "p@ss:/?#% w");
    CHECK(parse_database_url("password=a://b host=h").password.reveal() == "a://b");
    CHECK(parse_database_url("host=h password=a;b=c").password.reveal() == "a;b=c");
    CHECK(parse_database_url("host=h password=%41").password.reveal() == "%41");
}

TEST_CASE("A broken keyword string is an error") {
    for (const std::string text : {"host", "host=h dbname", "dbname='a", "dbname='a\\'", "=x", "host=h =x",
                                   "host=h frobnicate=1", "host=h sslmod=require", "host=a,b port=1,2,3", "host=~x"}) {
        INFO(text);
        CHECK(error_of(text).kind == base::ErrorKind::bad_configuration);
    }
    CHECK(error_of("host=h sslmod=require").hint.contains("sslmode"));
    CHECK(error_of("host=h frobnicate=1").message.contains("number 2"));
}

}  // namespace headgate::url
