// SPDX-License-Identifier: Apache-2.0
// Fifty gates at once, and ten on a slow disk: all become servers, each step is there once.
#include <csignal>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "gate/project.hpp"
#include "support/processes.hpp"

using namespace headgate::gate;
using namespace headgate::support;

namespace {

constexpr int step_count = 8;

void add_steps(Project& project) {
    project.add_step(1, "CREATE TABLE marks (step integer);\nINSERT INTO marks VALUES (1);");
    for (int step = 2; step <= step_count; ++step) {
        const auto number = std::to_string(step);
        project.add_step(step, "CREATE TABLE t" + number + " (a integer);\nINSERT INTO marks VALUES (" + number + ");");
    }
}

void use_write_ahead_log(const Project& project) {
    project.database().execute("PRAGMA journal_mode = wal; CREATE TABLE a (b); DROP TABLE a;");
}

void check_each_step_once(const Project& project) {
    std::vector<std::string> ids;
    std::vector<TextRow> marks;
    for (int step = 1; step <= step_count; ++step) {
        ids.push_back(id(step));
        marks.push_back({std::to_string(step)});
    }
    CHECK(project.applied() == ids);
    CHECK(project.database().rows("SELECT step FROM marks ORDER BY step;") == marks);
}

void check_all_become_servers(std::vector<RunningProgram>& gates) {
    for (auto& gate : gates) {
        const Outcome outcome = gate.wait();
        INFO(outcome.describe());
        CHECK(outcome.exit_code == 0);
        CHECK(server_started(outcome));
    }
}

void race(const Project& project, int count, const Program& gate) {
    std::vector<RunningProgram> gates;
    for (int i = 0; i < count; ++i) gates.emplace_back(gate);
    check_all_become_servers(gates);
    check_each_step_once(project);
}

Program patient(Program program) {
    program.time_limit = Milliseconds{120'000};
    return program;
}

// Every fsync and fdatasync of the program takes so much longer: strace holds it up, as a slow disk would.
Program on_slow_disk(Program program, const std::string& microseconds) {
    program.environment["ASAN_OPTIONS"] = "detect_leaks=0";  // cannot be found by a process that is traced
    return begun_by({"strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=fsync,fdatasync", "-e",
                     "inject=fsync,fdatasync:delay_exit=" + microseconds},
                    std::move(program));
}

}  // namespace

TEST_CASE("fifty gates at once, PostgreSQL: fifty servers, each step once") {
    Project project(Kind::postgres);
    add_steps(project);
    race(project, 50, patient(project.gate()));
}

TEST_CASE("fifty gates at once, SQLite with a rollback journal: fifty servers, each step once") {
    Project project(Kind::sqlite);
    add_steps(project);
    race(project, 50, patient(project.gate()));
}

TEST_CASE("fifty gates at once, SQLite with a write-ahead log: fifty servers, each step once") {
    Project project(Kind::sqlite);
    add_steps(project);
    use_write_ahead_log(project);
    race(project, 50, patient(project.gate()));
    CHECK(project.database().value("PRAGMA journal_mode;") == "wal");
}

TEST_CASE("ten gates at once on a slow disk: ten servers, each step once") {
    if (!find_in_path("strace")) skip_or_fail("strace is not installed");
    const bool has_log = GENERATE(false, true);
    Project project(Kind::sqlite);
    add_steps(project);
    if (has_log) use_write_ahead_log(project);
    race(project, 10, patient(on_slow_disk(project.gate(), "40000")));
}

TEST_CASE("ten gates at once while another program writes in short bursts: ten servers, each step once") {
    if (!find_in_path("python3")) skip_or_fail("python3 is not installed");
    const bool has_log = GENERATE(false, true);
    Project project(Kind::sqlite);
    add_steps(project);
    if (has_log) use_write_ahead_log(project);
    const std::string script =
        "import sqlite3, sys, time\n"
        "base = sqlite3.connect(sys.argv[1], timeout=60, isolation_level=None)\n"
        "base.execute('CREATE TABLE bursts (a)')\n"
        "print('ready', flush=True)\n"
        "while True:\n"
        "    base.execute('BEGIN IMMEDIATE')\n"
        "    base.execute('INSERT INTO bursts VALUES (1)')\n"
        "    time.sleep(0.04)\n"
        "    base.execute('COMMIT')\n"
        "    time.sleep(0.01)\n";
    const auto file = project.database().url().substr(std::string("sqlite:///").size());
    RunningProgram writer({.executable = "python3", .arguments = {"-c", script, file}});
    REQUIRE(writer.wait_for_text("ready"));
    Program gate = patient(project.gate());
    gate.arguments.insert(gate.arguments.begin() + 1, "--onto-existing");
    race(project, 10, gate);
    CHECK(writer.is_running());
}

TEST_CASE("the gate that migrates stands still and loses its session, another takes over, and both become servers") {
    Project project(Kind::postgres);
    const int count = 300;
    project.add_step(1, "CREATE TABLE marks (step integer);\nINSERT INTO marks VALUES (1);");
    for (int step = 2; step <= count; ++step)
        project.add_step(step, "SELECT pg_sleep(0.01);\nINSERT INTO marks VALUES (" + std::to_string(step) + ");");
    RunningProgram first(project.gate());
    REQUIRE(first.wait_for_text("applied " + id(5)));
    RunningProgram second(project.gate());
    const auto applied = [&] { return std::stoi(project.database().value("SELECT count(*) FROM headgate_ledger")); };
    for (int turn = 0; turn < 4; ++turn) {
        const RunningProgram& stopped = turn % 2 == 0 ? first : second;
        stopped.send_signal(SIGSTOP);
        project.database().execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
            "AND application_name LIKE 'headgate%' AND pid <> pg_backend_pid()");
        const int before = applied();
        CHECK(eventually([&] { return applied() > before + 2; }));  // the other one has taken over
        stopped.send_signal(SIGCONT);
    }
    for (auto* gate : {&first, &second}) {
        const Outcome outcome = gate->wait();
        INFO(outcome.describe());
        CHECK(server_started(outcome));
    }
    CHECK(project.database().value("SELECT count(*) FROM marks") == std::to_string(count));
    CHECK(project.database().value("SELECT count(DISTINCT step) FROM marks") == std::to_string(count));
    CHECK(project.applied().size() == static_cast<std::size_t>(count));
    // Both had a part in it.
    CHECK(project.database().value("SELECT count(DISTINCT run_id) FROM headgate_ledger") == "2");
}
