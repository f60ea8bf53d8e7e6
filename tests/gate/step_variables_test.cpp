// SPDX-License-Identifier: Apache-2.0
// -x KEY=VALUE: a PostgreSQL step reads what was given as current_setting('headgate.KEY').
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "gate/offline_script.hpp"
#include "gate/project.hpp"

using namespace headgate::gate;
using namespace headgate::support;

namespace {

constexpr auto note_tenant =
    "CREATE TABLE IF NOT EXISTS seen (tenant text); INSERT INTO seen VALUES "
    "(current_setting('headgate.tenant', true));";

void check_refused(const Project& project, std::vector<std::string> arguments, const char* text) {
    const auto outcome = project.run(std::move(arguments));
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 64);
    CHECK(outcome.err.contains(text));
    CHECK(project.database().tables().empty());
}

}  // namespace

TEST_CASE("what -x gives reaches the steps of an upgrade, a downgrade and a gate, whatever its value holds") {
    Project project(Kind::postgres);
    const std::string value = "a'b\\ \"c\"=$1; -- \xC3\xA4\nnext";
    project.add_step(1, note_tenant, note_tenant);
    project.add_step(2, note_tenant, note_tenant);
    const auto given = "tenant=" + value;
    const std::vector<std::vector<std::string>> runs = {{"-x", given, "upgrade", id(1)},
                                                        {"run", "-x", given, "--", HEADGATE_PROBE_SERVER},
                                                        {"downgrade", "-1", "-x", given}};
    for (const auto& arguments : runs) {
        const auto outcome = project.run(arguments);
        INFO(outcome.describe());
        CHECK(outcome.exit_code == 0);
    }
    CHECK(project.database().value("SELECT count(*) FROM seen") == "3");
    CHECK(project.database().value("SELECT DISTINCT tenant FROM seen") == value);
}

TEST_CASE("a statement that runs outside a transaction reads what -x gave, too") {
    Project project(Kind::postgres);
    project.add_step(
        1,
        "CREATE TABLE seen (tenant text);\nCREATE PROCEDURE note() LANGUAGE plpgsql AS $$BEGIN INSERT INTO "
        "seen VALUES (current_setting('headgate.tenant', true)); COMMIT; END$$;",
        "");
    project.add_step(2, "CALL note();", "", "-- transaction = false\n");
    const auto outcome = project.run({"upgrade", "-x", "tenant=acme", "-x", "other=1"});
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 0);
    CHECK(project.database().value("SELECT tenant FROM seen") == "acme");
}

TEST_CASE("a script that --sql wrote sets what -x gave, in a transaction and outside of one") {
    Project project(Kind::postgres);
    const std::string value = "a'b\\ \"c\"=$1; -- :tenant\nnext";
    project.add_step(1, note_tenant);
    project.add_step(2, note_tenant, "", "-- transaction = false\n");
    run_well(project.database(), write_script(project, {"upgrade", "-x", "tenant=" + value}));
    CHECK(project.database().value("SELECT count(*) FROM seen") == "2");
    CHECK(project.database().value("SELECT DISTINCT tenant FROM seen") == value);
}

TEST_CASE("what -x gave is over with its run") {
    Project project(Kind::postgres);
    project.add_step(1, note_tenant);
    project.run({"upgrade", "-x", "tenant=acme"});
    project.add_step(2, note_tenant);
    project.run({"upgrade"});
    CHECK(project.database().value("SELECT count(*) FROM seen WHERE tenant IS NULL") == "1");
}

TEST_CASE("a variable (-x) is refused that is no KEY=VALUE, comes twice, or is for SQLite") {
    Project project(Kind::postgres);
    project.add_step(1, note_tenant);
    check_refused(project, {"upgrade", "-x", "tenant"}, "KEY=VALUE");
    check_refused(project, {"upgrade", "-x", "=acme"}, "KEY=VALUE");
    check_refused(project, {"upgrade", "-x", "a.b=acme"}, "KEY=VALUE");
    check_refused(project, {"upgrade", "-x", "1a=acme"}, "KEY=VALUE");
    check_refused(project, {"upgrade", "-x", "x'y=acme"}, "KEY=VALUE");
    check_refused(project, {"upgrade", "-x", "a=1", "-x", "a=2"}, "twice");
    Project lite(Kind::sqlite);
    lite.add_step(1, "CREATE TABLE one (a integer);");
    check_refused(lite, {"upgrade", "-x", "a=1"}, "SQLite");
}
