// SPDX-License-Identifier: Apache-2.0
// What is shown of another session's statement.
#include "database/postgres/blockers.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace headgate;
using namespace headgate::database;
using namespace headgate::database::postgres;

TEST_CASE("a statement is shown on one line, without comments") {
    CHECK(shorten_query("  SELECT a, -- why\n\t b /* and\n more */\n FROM t ;\n") == "SELECT a, b FROM t ;");
    CHECK(shorten_query("").empty());
}

TEST_CASE("no literal of another session's statement is shown, whatever its form") {
    for (const auto* literal :
         {"'pass word'", "E'pass\\' word'", "$$pass word$$", "$x$pass $$ word$x$", "'pass''word'"}) {
        CAPTURE(literal);
        CHECK(shorten_query(std::string("ALTER ROLE app PASSWORD ") + literal) == "ALTER ROLE app PASSWORD '…'");
    }
}

TEST_CASE("a literal that the server cut off is not shown either") {
    CHECK(shorten_query("ALTER ROLE app PASSWORD 'pass wor") == "ALTER ROLE app PASSWORD '…'");
    CHECK(shorten_query("DO $$ pass wor") == "DO '…'");
    CHECK(shorten_query("SELECT 1 /* pass wor") == "SELECT 1");
}

TEST_CASE("a long statement is cut between two characters") {
    std::string long_name;
    for (int i = 0; i < 200; ++i) long_name += "ä";
    const auto shown = shorten_query(long_name);
    CHECK(shown.size() == 200 + std::string("…").size());
    CHECK(shown.ends_with("…"));
}

TEST_CASE("a holder is described by what is known of it") {
    Blocker blocker;
    CHECK(render_holder(blocker).contains("prepared transaction"));
    blocker.pid = 4711;
    CHECK(render_holder(blocker) == "pid 4711");
    blocker.application = "reports";
    blocker.client = "10.0.0.7";
    blocker.state = "active";
    blocker.since = "2026-11-23T12:00:03Z";
    blocker.holds = "AccessShareLock";
    blocker.query = "SELECT 1";
    CHECK(render_holder(blocker) ==
          "pid 4711, reports, 10.0.0.7, active since 2026-11-23T12:00:03Z, holds AccessShareLock, SELECT 1");
}
