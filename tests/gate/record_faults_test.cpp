// SPDX-License-Identifier: Apache-2.0
// Commands that only change the ledger, where somebody is in their way or nobody hears how they ended.
#include <csignal>
#include <optional>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "gate/project.hpp"
#include "support/relay.hpp"
#include "support/shared_server.hpp"

using namespace headgate::gate;
using namespace headgate::support;

namespace {

// Two of three revisions are applied; whoever holds the lock lets the ledger be read, and not written.
class LockedLedger {
public:
    LockedLedger() : project_(Kind::postgres) {
        project_.add_three_steps();
        REQUIRE(project_.run({"upgrade", id(2)}).exit_code == 0);
        holder_.emplace(Program{
            .executable = "psql",
            .arguments = {"--no-psqlrc", "--dbname=" + project_.database().url(), "--command=BEGIN",
                          "--command=LOCK TABLE headgate_ledger IN SHARE MODE", "--command=SELECT pg_sleep(60)"},
            .environment = {{"PGAPPNAME", "the holder"}}});
        REQUIRE(eventually([&] {
            return count("pg_locks WHERE relation = 'headgate_ledger'::regclass AND mode = 'ShareLock' AND granted") ==
                   "1";
        }));
    }
    const Project& project() const { return project_; }
    std::string count(const std::string& what) const {
        return project_.database().value("SELECT count(*) FROM " + what);
    }
    void release() const {
        project_.database().execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'the holder'");
    }

private:
    Project project_;
    std::optional<RunningProgram> holder_;
};

}  // namespace

TEST_CASE("a stamp that does not get its lock on the ledger is busy: 75, not refused for good") {
    const LockedLedger ledger;
    Program program = ledger.project().headgate({"stamp", "head"});
    program.environment["HEADGATE_LOCK_TIMEOUT"] = "200ms";
    const Outcome outcome = run_program(program);
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 75);
    CHECK(ledger.project().applied() == std::vector{id(1), id(2)});
}

TEST_CASE("a stamp whose answer to COMMIT is lost does not know how it ended: 80, a signal or not") {
    const LockedLedger ledger;
    const auto& project = ledger.project();
    Relay relay(shared_server().host, shared_server().port);
    Program program = project.headgate({"stamp", "head"});
    const auto name = project.database().value("SELECT current_database()");
    program.environment["DATABASE_URL"] = shared_server().with_port(relay.port()).url(name) + "?sslmode=disable";
    program.environment["HEADGATE_LOCK_TIMEOUT"] = "30s";
    RunningProgram stamping(program);
    REQUIRE(eventually([&] {
        return ledger.count("pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'") == "1";
    }));
    // From here the answers are kept back; COMMIT is on its way already.
    relay.expect({Direction::to_client, Incident::Unit::bytes, 1, Incident::Kind::silence_answers});
    ledger.release();
    REQUIRE(eventually([&] { return project.applied().size() == 3; }));
    if (GENERATE(false, true))
        stamping.send_signal(SIGTERM);
    else
        relay.cut();
    const Outcome outcome = stamping.wait();
    INFO(outcome.describe());
    CHECK(outcome.status() == 80);
    CHECK(outcome.err.contains("headgate current"));
    CHECK(project.run({"stamp", "head"}).exit_code == 0);
}
