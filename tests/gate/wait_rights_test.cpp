// SPDX-License-Identifier: Apache-2.0
// What waiting costs and what it may not do: rights to read the ledger only, no connection while it sleeps, nothing
// written, an end in time and at a signal.
#include <csignal>
#include <format>
#include <set>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include "gate/project.hpp"

using namespace headgate::gate;
using namespace headgate::support;

namespace {

// A project on PostgreSQL whose application logs in as a role that may connect and nothing else.
class Deployment {
public:
    Deployment() : project(Kind::postgres), role(project.database().value("SELECT current_database() || '_app'")) {
        project.add_three_steps();
        const auto database = project.database().value("SELECT current_database()");
        project.database().execute(std::format(
            "CREATE ROLE {0} LOGIN PASSWORD 'reads'; ALTER ROLE {0} SET default_transaction_read_only = on; "
            "REVOKE TEMP, CREATE ON DATABASE {1} FROM PUBLIC; REVOKE CREATE ON SCHEMA public FROM PUBLIC",
            role, database));
    }
    ~Deployment() {
        try {
            project.database().execute(std::format("DROP OWNED BY {0}; DROP ROLE {0}", role));
        } catch (const std::exception& error) {
            WARN(error.what());
        }
    }
    Deployment(const Deployment&) = delete;
    Deployment& operator=(const Deployment&) = delete;

    Program as_app(Program program) const {
        program.environment["DATABASE_URL"] = project.database().url() + "?user=" + role + "&password=reads";
        return program;
    }
    Program waiting_gate() const {
        Program program = as_app(project.gate());
        program.environment["HEADGATE_MODE"] = "wait";
        return program;
    }
    Outcome wait() const { return run_program(as_app(project.headgate({"wait"}))); }
    Outcome migrate() const { return project.run({"upgrade", "--reader-roles", role}); }
    // The server's processes that serve the app's role at this moment.
    std::vector<TextRow> sessions() const {
        return project.database().rows("SELECT pid FROM pg_stat_activity WHERE usename = '" + role + "'");
    }

    Project project;
    std::string role;
};

std::size_t count_of(std::string_view text, std::string_view part) {
    std::size_t count = 0;
    for (auto at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) ++count;
    return count;
}

}  // namespace

TEST_CASE("a gate that only waits becomes its server when the migrating gate has made and granted the ledger") {
    Deployment deployment;
    RunningProgram waiting(deployment.waiting_gate());
    REQUIRE(waiting.wait_for_text("there is no \"public\".\"headgate_ledger\" yet"));
    REQUIRE(waiting.wait_for_text(id(1) + " is not applied yet, nor are 2 more"));
    CHECK(deployment.project.database().tables().empty());
    REQUIRE(deployment.migrate().exit_code == 0);
    const Outcome outcome = waiting.wait();
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 0);
    CHECK(server_started(outcome));
}

TEST_CASE("who waits says who migrates") {
    Deployment deployment;
    deployment.project.add_step(4, "SELECT pg_sleep(60);");
    RunningProgram migrating(deployment.project.headgate({"upgrade", "--reader-roles", deployment.role}));
    REQUIRE(eventually([&] { return deployment.project.applied().size() == 3; }));
    REQUIRE(eventually([&] {
        return deployment.project.database().value(
                   "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database WHERE locktype = "
                   "'advisory' AND datname = current_database()") == "1";
    }));
    Program program = deployment.as_app(deployment.project.headgate({"wait", "--gate-timeout", "500ms"}));
    const Outcome outcome = run_program(program);
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 75);
    CHECK(outcome.err.contains(id(4) + " is not applied yet; migrating now: pid "));
    migrating.send_signal(SIGTERM);
    CHECK(migrating.wait().exit_code == 143);
}

TEST_CASE("who waits holds no connection while it sleeps") {
    Deployment deployment;
    RunningProgram waiting(deployment.waiting_gate());
    REQUIRE(waiting.wait_for_text("waiting for the database to be at head"));
    std::set<std::string> sessions;
    int times_without = 0;
    bool was_connected = true;
    REQUIRE(eventually(
        [&] {
            const auto now = deployment.sessions();
            for (const auto& row : now) sessions.insert(row.at(0));
            if (now.empty() && was_connected) ++times_without;
            was_connected = !now.empty();
            return sessions.size() >= 3 && times_without >= 3;
        },
        Milliseconds(30'000)));
    CHECK(waiting.is_running());
    waiting.send_signal(SIGTERM);
    CHECK(waiting.wait().exit_code == 143);
    CHECK(eventually([&] { return deployment.sessions().empty(); }));
}

TEST_CASE("who may not read the ledger is told by whom and how the right is given") {
    Deployment deployment;
    REQUIRE(deployment.project.run({"upgrade"}).exit_code == 0);
    const Outcome refused = deployment.wait();
    INFO(refused.describe());
    CHECK(refused.exit_code == 77);
    CHECK(refused.err.contains("reader_roles"));
    CHECK(refused.err.contains("42501"));
    const auto grant = std::format(R"(GRANT SELECT ON "public"."headgate_ledger" TO "{}")", deployment.role);
    CHECK(refused.err.contains(grant));

    SECTION("which a person may do") {
        deployment.project.database().execute(grant);
    }
    SECTION("or the next step, where the setting came later than the ledger") {
        deployment.project.add_step(4, "CREATE TABLE four (a integer);");
        REQUIRE(deployment.migrate().exit_code == 0);
    }
    CHECK(deployment.wait().exit_code == 0);
}

TEST_CASE("a schema of the ledger's own wants a right of its own") {
    Deployment deployment;
    deployment.project.database().execute("CREATE SCHEMA ops");
    const auto in_ops = [](Program program) {
        program.environment["HEADGATE_LEDGER_SCHEMA"] = "ops";
        return run_program(program);
    };
    REQUIRE(in_ops(deployment.project.headgate({"upgrade", "--reader-roles", deployment.role})).exit_code == 0);
    const Outcome refused = in_ops(deployment.as_app(deployment.project.headgate({"wait"})));
    INFO(refused.describe());
    CHECK(refused.exit_code == 77);
    const auto grant = std::format(R"(GRANT USAGE ON SCHEMA "ops" TO "{}")", deployment.role);
    CHECK(refused.err.contains(grant));
    CHECK_FALSE(refused.err.contains("GRANT SELECT"));
    deployment.project.database().execute(grant);
    CHECK(in_ops(deployment.as_app(deployment.project.headgate({"wait"}))).exit_code == 0);
}

TEST_CASE("a role in the settings that is not there, or that the login may not become, is told by the setting's name") {
    Deployment deployment;
    const auto with = [&](const std::string& setting, const std::string& value, Program program) {
        program.environment[setting] = value;
        return run_program(program);
    };
    const Outcome no_reader = with("HEADGATE_READER_ROLES", "nobody_there", deployment.project.headgate({"upgrade"}));
    INFO(no_reader.describe());
    CHECK(no_reader.exit_code == 69);
    CHECK(no_reader.err.contains("reader_roles names nobody_there"));
    CHECK(deployment.project.database().tables().empty());
    const Outcome no_role = with("HEADGATE_ROLE", "nobody_there", deployment.project.headgate({"upgrade"}));
    INFO(no_role.describe());
    CHECK(no_role.exit_code == 78);
    CHECK(no_role.err.contains("HEADGATE_ROLE"));
    const auto owner = deployment.project.database().value("SELECT current_user");
    const Outcome no_member = with("HEADGATE_ROLE", owner, deployment.as_app(deployment.project.headgate({"wait"})));
    INFO(no_member.describe());
    CHECK(no_member.exit_code == 77);
    CHECK(no_member.err.contains(std::format(R"(GRANT "{}" TO "{}")", owner, deployment.role)));
}

TEST_CASE("rows that a policy hides are not taken for an empty ledger") {
    Deployment deployment;
    REQUIRE(deployment.migrate().exit_code == 0);
    deployment.project.database().execute("ALTER TABLE headgate_ledger ENABLE ROW LEVEL SECURITY");
    const Outcome refused = deployment.wait();
    INFO(refused.describe());
    CHECK(refused.exit_code == 77);
    CHECK(refused.err.contains("row-level security"));
    deployment.project.database().execute("CREATE POLICY everything ON headgate_ledger USING (true)");
    CHECK(deployment.wait().exit_code == 0);
}

TEST_CASE("a signal ends the wait for head at once, with one failure event") {
    Deployment deployment;
    Program program = deployment.waiting_gate();
    program.environment["HEADGATE_LOG_FORMAT"] = "json";
    const int signal = GENERATE(SIGTERM, SIGINT, SIGHUP, SIGQUIT);
    RunningProgram waiting(program);
    REQUIRE(waiting.wait_for_text("waiting_for_head"));
    pause_for(Milliseconds(300));  // asleep, most likely
    const auto sent = std::chrono::steady_clock::now();
    waiting.send_signal(signal);
    const Outcome outcome = waiting.wait();
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 128 + signal);
    CHECK(std::chrono::steady_clock::now() - sent < std::chrono::seconds(5));
    CHECK_FALSE(server_started(outcome));
    CHECK(count_of(outcome.err, R"("event":"failed")") == 1);
}

TEST_CASE("wait --for db wants neither a migrations folder nor any right") {
    Deployment deployment;
    REQUIRE(deployment.project.run({"upgrade"}).exit_code == 0);
    std::filesystem::remove_all(deployment.project.migrations());
    const Outcome outcome = run_program(
        deployment.as_app(deployment.project.headgate({"wait", "--for", "db", "--", "/bin/echo", "opened"})));
    INFO(outcome.describe());
    CHECK(outcome.out == "opened\n");
    CHECK(deployment.project.run({"wait"}).exit_code == 66);
}

TEST_CASE("wait --for db is bounded, and becomes no server") {
    const Project project(Kind::postgres);
    Program program = project.headgate({"wait", "--for", "db", "--wait-timeout", "1s", "--", "/bin/echo", "opened"});
    program.environment["DATABASE_URL"] = std::format("postgresql://me@127.0.0.1:{}/db", find_free_port());
    const Outcome outcome = run_program(program);
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 124);
    CHECK(outcome.out.empty());
    CHECK(outcome.err.contains("wait_timeout"));
    CHECK(outcome.duration >= Milliseconds(900));
    CHECK(outcome.duration < Milliseconds(6'000));
}

TEST_CASE("who waits has the target of those who migrate") {
    Project project(GENERATE(Kind::postgres, Kind::sqlite));
    project.add_three_steps();
    const auto with_target = [](Program program, const std::string& target) {
        program.environment["HEADGATE_TARGET"] = target;
        program.environment["HEADGATE_GATE_TIMEOUT"] = "300ms";
        return run_program(program);
    };
    REQUIRE(with_target(project.headgate({"upgrade"}), id(2)).exit_code == 0);
    CHECK(with_target(project.headgate({"wait"}), id(2)).exit_code == 0);
    const Outcome beyond = with_target(project.headgate({"wait"}), "head");
    INFO(beyond.describe());
    CHECK(beyond.exit_code == 75);
    CHECK(beyond.err.contains(id(3) + " is not applied yet"));
}

TEST_CASE("gate_timeout bounds the wait for head also where the database goes away meanwhile") {
    PostgresServer server;
    Project project(make_database(server.address()));
    project.add_three_steps();
    RunningProgram waiting(project.headgate({"wait", "--gate-timeout", "4s"}));
    REQUIRE(waiting.wait_for_text("waiting for the database to be at head"));
    server.stop();
    const Outcome outcome = waiting.wait();
    server.start();
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 75);
    CHECK(outcome.err.contains(id(1) + " is not applied yet"));
    CHECK(outcome.err.contains("as last seen"));
    CHECK(outcome.duration < Milliseconds(15'000));
}

TEST_CASE("a wait that a restart of the server interrupts goes on") {
    PostgresServer server;
    Project project(make_database(server.address()));
    project.add_three_steps();
    RunningProgram waiting(project.headgate({"wait", "--", "/bin/echo", "opened"}));
    REQUIRE(waiting.wait_for_text("waiting for the database to be at head"));
    server.restart();
    REQUIRE(project.run({"upgrade"}).exit_code == 0);
    const Outcome outcome = waiting.wait();
    INFO(outcome.describe());
    CHECK(outcome.out == "opened\n");
}

TEST_CASE("sqlite: a wait makes no file, and ends when somebody else has made and migrated it") {
    Project project(Kind::sqlite);
    project.add_three_steps();
    RunningProgram waiting(project.headgate({"wait", "--", "/bin/echo", "opened"}));
    REQUIRE(waiting.wait_for_text(id(1) + " is not applied yet"));
    const std::filesystem::path file = project.database().url().substr(std::string_view("sqlite:///").size());
    CHECK_FALSE(std::filesystem::exists(file));
    REQUIRE(project.run({"upgrade"}).exit_code == 0);
    const Outcome outcome = waiting.wait();
    INFO(outcome.describe());
    CHECK(outcome.out == "opened\n");
}

TEST_CASE("sqlite: a file and folder that may only be read are enough to wait, or to start at head") {
    Project project(Kind::sqlite);
    project.add_three_steps();
    REQUIRE(project.run({"upgrade"}).exit_code == 0);
    const std::filesystem::path file = project.database().url().substr(std::string_view("sqlite:///").size());
    const auto content = read_file(file);
    const auto written = std::filesystem::last_write_time(file);
    chmod(file.c_str(), 0444);
    chmod(file.parent_path().c_str(), 0555);
    chmod(project.folder().c_str(), 0755);

    const auto as_nobody = [](Program program) {
        if (geteuid() != 0) return run_program(program);
        program.arguments.insert(program.arguments.begin(),
                                 {"--reuid=65534", "--regid=65534", "--clear-groups", "--", program.executable});
        program.executable = "setpriv";
        return run_program(program);
    };
    for (const auto& arguments :
         {std::vector<std::string>{"wait"}, {"wait", "--for", "db"}, {"run", "--", "/bin/true"}}) {
        const Outcome outcome = as_nobody(project.headgate(arguments));
        INFO(outcome.describe());
        CHECK(outcome.exit_code == 0);
    }
    project.add_step(4, "CREATE TABLE four (a integer);");
    CHECK(as_nobody(project.headgate({"wait", "--gate-timeout", "300ms"})).exit_code == 75);
    CHECK(as_nobody(project.headgate({"upgrade"})).exit_code == 77);
    CHECK(read_file(file) == content);
    CHECK(std::filesystem::last_write_time(file) == written);
    chmod(file.parent_path().c_str(), 0755);
}
