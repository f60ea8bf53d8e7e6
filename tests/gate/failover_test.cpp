// SPDX-License-Identifier: Apache-2.0
// A primary and its streaming standby: at head either will do, what is pending needs the primary, and a promotion or a
// demotion in between is waited for.
#include <format>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "gate/marked_steps.hpp"
#include "support/pgbouncer.hpp"

using namespace headgate::gate;
using namespace headgate::support;

namespace {

PostgresOptions make_standby_options(const PostgresAddress& primary) {
    PostgresOptions options;
    options.standby_of = primary;
    return options;
}

PostgresOptions make_primary_options() {
    if (!PostgresServer::find_programs()) skip_or_fail("no PostgreSQL server is installed");
    return {};
}

// Two real servers, and a project in a database of the primary.
struct Pair {
    PostgresServer primary{make_primary_options()};
    PostgresServer standby{make_standby_options(primary.address())};
    Project project{make_database(primary.address())};
    std::string name = project.database().value("SELECT current_database()");

    Pair() { add_marked_steps(project, 2); }

    std::string hosts(const std::string& parameters = "") const {
        return std::format("postgresql://postgres@127.0.0.1:{},127.0.0.1:{}/{}{}", standby.address().port,
                           primary.address().port, name, parameters);
    }
    Program gate(const std::string& url, const std::string& wait_timeout = "30s") const {
        Program program = project.gate();
        program.environment["DATABASE_URL"] = url;
        program.environment["HEADGATE_WAIT_TIMEOUT"] = wait_timeout;
        return program;
    }
    // Until the standby has what the primary has.
    void wait_for_standby() const {
        const auto position = query_postgres(primary.url(), "SELECT pg_current_wal_lsn()").at(0).at(0);
        const auto sql = std::format("SELECT pg_last_wal_replay_lsn() >= '{}'", position);
        REQUIRE(
            eventually([&] { return query_postgres(standby.url(), sql).at(0).at(0) == "t"; }, Milliseconds{30'000}));
    }
};

}  // namespace

TEST_CASE("several hosts, the first a standby: what is pending goes to the primary, and at head the standby will do") {
    const Pair pair;
    pair.wait_for_standby();
    const Outcome first = run_program(pair.gate(pair.hosts()));
    INFO(first.describe());
    CHECK(server_started(first));
    CHECK(find_fault(pair.project, 2) == std::nullopt);

    pair.wait_for_standby();
    const Outcome alone = run_program(pair.gate(pair.standby.url(pair.name), "5s"));
    INFO(alone.describe());
    CHECK(server_started(alone));
    CHECK(alone.err.contains("standby"));
    CHECK(alone.duration < Milliseconds{5000});
}

TEST_CASE("target_session_attrs is honoured: a gate that is told to read from a primary does not take a standby") {
    const Pair pair;
    REQUIRE(server_started(run_program(pair.gate(pair.primary.url(pair.name)))));
    pair.wait_for_standby();
    const std::string wanted = GENERATE("primary", "read-write");
    const auto attributes = "?target_session_attrs=" + wanted;
    const Outcome both = run_program(pair.gate(pair.hosts(attributes)));
    INFO(both.describe());
    CHECK(server_started(both));
    CHECK_FALSE(both.err.contains("standby"));
    const Outcome alone = run_program(pair.gate(pair.standby.url(pair.name) + attributes, "1500ms"));
    INFO(alone.describe());
    CHECK(alone.exit_code == 124);
}

TEST_CASE("pending and only a standby to be had: 124 at wait_timeout, and nothing is changed") {
    const Pair pair;
    pair.wait_for_standby();
    const Outcome outcome = run_program(pair.gate(pair.standby.url(pair.name), "2s"));
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 124);
    CHECK(outcome.duration > Milliseconds{2000});
    CHECK(outcome.duration < Milliseconds{6000});
    CHECK(outcome.err.contains("standby"));
    CHECK(pair.project.database().tables().empty());
}

TEST_CASE("pending and only a standby to be had: the gate goes on when it is promoted") {
    Pair pair;
    pair.wait_for_standby();
    RunningProgram gate(pair.gate(pair.standby.url(pair.name)));
    REQUIRE(gate.wait_for_text("standby", Milliseconds{20'000}));
    pair.primary.kill9();
    pair.standby.promote();
    const Outcome outcome = gate.wait();
    INFO(outcome.describe());
    CHECK(server_started(outcome));
    CHECK(query_postgres(pair.standby.url(pair.name), "SELECT step FROM marks ORDER BY step") ==
          std::vector<TextRow>{{"1"}, {"2"}});
}

TEST_CASE("through a pooler that does not say that it leads to a standby, the same") {
    Pair pair;
    pair.wait_for_standby();
    require_program("pgbouncer");
    const PgBouncer pooler(pair.standby.address(), {GENERATE(PoolMode::transaction, PoolMode::session), 2, ""});
    const auto url = pooler.address().url(pair.name);
    const Outcome refused = run_program(pair.gate(url, "2s"));
    INFO(refused.describe());
    CHECK(refused.exit_code == 124);
    CHECK(refused.duration < Milliseconds{6000});
    RunningProgram gate(pair.gate(url));
    pair.primary.kill9();
    pair.standby.promote();
    const Outcome outcome = gate.wait();
    INFO(outcome.describe());
    CHECK(server_started(outcome));
}

TEST_CASE("the primary fails in the middle of a step and the standby takes over: each step once") {
    Pair pair;
    add_marked_steps(pair.project, 3, 2, "SELECT pg_sleep(3);");
    RunningProgram gate(pair.gate(pair.hosts()));
    REQUIRE(wait_for_slow_step(pair.project));
    pair.wait_for_standby();
    pair.primary.kill9();
    pair.standby.promote();
    const Outcome outcome = gate.wait();
    INFO(outcome.describe());
    CHECK(server_started(outcome));
    CHECK(query_postgres(pair.standby.url(pair.name), "SELECT step FROM marks ORDER BY step") ==
          std::vector<TextRow>{{"1"}, {"2"}, {"3"}});
    CHECK(query_postgres(pair.standby.url(pair.name), "SELECT revision FROM headgate_ledger ORDER BY sequence") ==
          std::vector<TextRow>{{id(1)}, {id(2)}, {id(3)}});
}

TEST_CASE("the primary comes back as a standby between two steps: the new one is used") {
    Pair pair;
    REQUIRE(server_started(run_program(pair.gate(pair.hosts()))));
    pair.wait_for_standby();
    pair.primary.stop();
    pair.standby.promote();
    write_file(pair.primary.data_folder() / "standby.signal", "");
    pair.primary.start();
    add_marked_steps(pair.project, 3);
    const auto url = std::format("postgresql://postgres@127.0.0.1:{},127.0.0.1:{}/{}", pair.primary.address().port,
                                 pair.standby.address().port, pair.name);
    const Outcome outcome = run_program(pair.gate(url));
    INFO(outcome.describe());
    CHECK(server_started(outcome));
    CHECK(query_postgres(pair.standby.url(pair.name), "SELECT count(*) FROM marks").at(0).at(0) == "3");
    CHECK(query_postgres(pair.primary.url(pair.name), "SELECT count(*) FROM marks").at(0).at(0) == "2");
}

TEST_CASE("a role or database that is read-only by default can still be migrated; a URL that wants read-write waits") {
    Project project(Kind::postgres);
    add_marked_steps(project, 2);
    project.database().execute(std::format("ALTER DATABASE {} SET default_transaction_read_only = on",
                                           project.database().value("SELECT current_database()")));
    Program picky = project.gate();
    picky.environment["DATABASE_URL"] += "?target_session_attrs=read-write";
    picky.environment["HEADGATE_WAIT_TIMEOUT"] = "1500ms";
    const Outcome refused = run_program(picky);
    INFO(refused.describe());
    CHECK(refused.exit_code == 124);
    CHECK(project.database().tables().empty());
    const Outcome outcome = project.start();
    INFO(outcome.describe());
    CHECK(server_started(outcome));
    CHECK(find_fault(project, 2) == std::nullopt);
}
