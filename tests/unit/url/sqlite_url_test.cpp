// SPDX-License-Identifier: Apache-2.0
#include "url/sqlite_url.hpp"

#include "unit/url/url_cases.hpp"

namespace headgate::url {

TEST_CASE("SQLAlchemy's SQLite forms name the file that SQLAlchemy opens") {
    struct Case {
        std::string text;
        std::string path;
    };
    for (const auto& [text, path] : {
             Case{"sqlite:///relative.db", "relative.db"},
             Case{"sqlite:////abs/olute.db", "/abs/olute.db"},
             Case{"sqlite+aiosqlite:///./local.db", "./local.db"},
             Case{"sqlite+pysqlite:///x.db", "x.db"},
             Case{"sqlite:///../up.db", "../up.db"},
             Case{"sqlite:///with space.db", "with space.db"},
             Case{"sqlite:///a%20b.db", "a%20b.db"},
             Case{"sqlite:///a#b@c.db", "a#b@c.db"},
             Case{"sqlite:///x.db?timeout=5", "x.db"},
             Case{"sqlite://", ""},
             Case{"sqlite:///", ""},
             Case{"sqlite:///:memory:", ""},
             Case{"sqlite+aiosqlite:///:memory:", ""},
         }) {
        INFO(text);
        const auto url = parse_database_url(text);
        CHECK(url.dialect == base::DialectId::sqlite);
        CHECK(url.path == path);
        CHECK(url.hosts.empty());
        CHECK(url.parameters.empty());
    }
}

TEST_CASE("A file: URI is SQLite's own, with its parameters") {
    struct Case {
        std::string text;
        std::string path;
    };
    for (const auto& [text, path] : {
             Case{"sqlite:///file:x.db?mode=ro&uri=true", "x.db"},
             Case{"sqlite:///file:/abs/x%20y.db?mode=ro&uri=true", "/abs/x y.db"},
             Case{"sqlite:///file:///abs/x.db?mode=ro&uri=1", "/abs/x.db"},
             Case{"sqlite:///file://localhost/abs/x.db?mode=ro&uri=true", "/abs/x.db"},
             Case{"sqlite:///file:x.db#part?mode=ro&uri=true", "x.db"},
             Case{"sqlite:///file::memory:?mode=ro&uri=true", ""},
         }) {
        INFO(text);
        const auto url = parse_database_url(text);
        CHECK(url.path == path);
        CHECK(url.parameters == std::map<std::string, std::string>{{"mode", "ro"}});
    }
}

TEST_CASE("What SQLite does not know is left out and noted") {
    const auto url = parse_database_url("sqlite+aiosqlite:///x.db?check_same_thread=false&timeout=5&cache=shared");
    CHECK(url.parameters == std::map<std::string, std::string>{{"cache", "shared"}});
    CHECK(url.notes.size() == 2);
}

TEST_CASE("SQLite URLs that SQLAlchemy would not open either are errors") {
    for (const std::string text :
         {"sqlite://relative.db", "sqlite://host/x.db", "sqlite:///file:x.db", "sqlite3:///x.db",
          "sqlite:///file:x.db?mode=write&uri=true", "sqlite:///x.db?cache=big", "sqlite:///file://other/x.db?uri=true",
          "sqlite:///x.db?mode", "sqlite:x.db"}) {
        INFO(text);
        CHECK(error_of(text).kind == base::ErrorKind::bad_configuration);
    }
    CHECK(error_of("sqlite://relative.db").hint.contains("sqlite:///relative"));
    CHECK(error_of("sqlite:///file:x.db").hint.contains("uri=true"));
}

TEST_CASE("A SQLite URL is rendered in a form that names the same file") {
    CHECK(parse_database_url("sqlite+aiosqlite:///./local.db").render_redacted() == "sqlite:///./local.db");
    CHECK(parse_database_url("sqlite:////abs/x.db").render_redacted() == "sqlite:////abs/x.db");
    CHECK(parse_database_url("sqlite:///:memory:").render_redacted() == "sqlite://");
    CHECK(parse_database_url("sqlite:///file:a%3Fb?cache=shared&uri=true").render_redacted() ==
          "sqlite:///file:a%3Fb?cache=shared&uri=true");
}

}  // namespace headgate::url
