// SPDX-License-Identifier: Apache-2.0
// SQLite on a disk that is full, read-only or not ours, and a log that cannot be written. A step is whole or not there;
// when the disk is well again the next run goes on.
#include <csignal>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <unistd.h>

#include "gate/project.hpp"
#include "support/processes.hpp"
#include "support/small_disk.hpp"

using namespace headgate::gate;
using namespace headgate::support;

namespace {

enum class Journal { rollback, write_ahead };

Journal any_journal() {
    return GENERATE(Journal::rollback, Journal::write_ahead);
}

void choose(const Project& project, Journal journal) {
    if (journal == Journal::write_ahead)
        project.database().execute("PRAGMA journal_mode = wal; CREATE TABLE a (b); DROP TABLE a;");
}

// Each step adds a page or two, and a row to `marks`.
void add_growing_steps(Project& project) {
    for (int step = 1; step <= 4; ++step)
        project.add_step(step, (step == 1 ? "CREATE TABLE marks (step integer);\n" : "") +
                                   std::string("CREATE TABLE t") + std::to_string(step) +
                                   " AS SELECT randomblob(6000) AS bytes;\nINSERT INTO marks VALUES (" +
                                   std::to_string(step) + ");");
}

std::size_t count_marks(const Project& project) {
    if (!project.database().has_table("marks")) return 0;
    return std::stoul(project.database().value("SELECT count(*) FROM marks;"));
}

// What is there is whole, and known to the ledger.
void check_whole(const Project& project) {
    const auto applied = project.applied();
    CHECK(count_marks(project) == applied.size());
    CHECK(project.database().has_table("t" + std::to_string(applied.size())) == !applied.empty());
    CHECK_FALSE(project.database().has_table("t" + std::to_string(applied.size() + 1)));
    if (!applied.empty()) CHECK(project.database().value("PRAGMA integrity_check;") == "ok");
}

void check_converges(const Project& project) {
    const Outcome outcome = project.start();
    INFO(outcome.describe());
    CHECK(server_started(outcome));
    CHECK(project.applied() == std::vector{id(1), id(2), id(3), id(4)});
    check_whole(project);
}

// Somebody who may not do everything.
Program as_nobody(Program program) {
    if (::geteuid() != 0) return program;
    return begun_by({"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"}, std::move(program));
}

}  // namespace

TEST_CASE("a disk that becomes full, at any point of a run: whole steps only, and the next run goes on") {
    const Journal journal = any_journal();
    const SmallDisk disk(4 << 20);
    std::size_t failures = 0;
    for (std::size_t pages = 0; pages <= 32; pages += 4) {
        CAPTURE(pages);
        Project project(make_sqlite_database(disk.path() / ("app" + std::to_string(pages) + ".db")));
        add_growing_steps(project);
        choose(project, journal);
        disk.fill_up_to(pages * 4096);
        const Outcome outcome = project.start();
        INFO(outcome.describe());
        if (!server_started(outcome)) {
            ++failures;
            CHECK((outcome.exit_code == 79 || outcome.exit_code == 74 || outcome.exit_code == 80));
            CHECK(outcome.err.contains("full"));
        }
        disk.make_room();
        check_whole(project);
        check_converges(project);
    }
    CHECK(failures > 3);
}

TEST_CASE("a step that is too large for the disk: 79, the reason is told, and with more room the next run goes on") {
    const Journal journal = any_journal();
    const SmallDisk disk(4 << 20);
    Project project(make_sqlite_database(disk.path() / "app.db"));
    add_growing_steps(project);
    choose(project, journal);
    project.add_step(3,
                     "CREATE TABLE t3 AS SELECT randomblob(1000000) AS bytes FROM (VALUES (1), (2));\n"
                     "INSERT INTO marks VALUES (3);");
    disk.fill_up_to(500'000);
    const Outcome outcome = project.start();
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 79);
    CHECK(outcome.err.contains("make room"));
    CHECK(outcome.err.contains(id(3)));
    disk.make_room();
    CHECK(project.applied() == std::vector{id(1), id(2)});
    check_converges(project);
}

TEST_CASE("a read-only disk: what is pending is refused, 77, and at head the server starts") {
    const SmallDisk disk(4 << 20);
    Project project(make_sqlite_database(disk.path() / "app.db"));
    add_growing_steps(project);
    REQUIRE(project.run({"upgrade", "+2"}).exit_code == 0);
    disk.set_read_only(true);
    const Outcome refused = project.start();
    INFO(refused.describe());
    CHECK(refused.exit_code == 77);
    CHECK(refused.err.contains("readonly database"));
    disk.set_read_only(false);
    CHECK(project.applied() == std::vector{id(1), id(2)});
    check_converges(project);
    disk.set_read_only(true);
    const Outcome at_head = project.start();
    INFO(at_head.describe());
    CHECK(server_started(at_head));
}

// SQLite itself cannot open it, for the server either: it needs the log's index beside it.
TEST_CASE("a database with a write-ahead log on a read-only disk: refused, but for immutable=1 at head") {
    const SmallDisk disk(4 << 20);
    Project project(make_sqlite_database(disk.path() / "app.db"));
    add_growing_steps(project);
    choose(project, Journal::write_ahead);
    check_converges(project);
    disk.set_read_only(true);
    const Outcome refused = project.start();
    INFO(refused.describe());
    CHECK(refused.exit_code == 69);
    CHECK(refused.err.contains("app.db"));
    CHECK(refused.err.contains("write to the folder"));
    Program program = project.gate();
    program.environment["DATABASE_URL"] += "?immutable=1";
    const Outcome at_head = run_program(program);
    INFO(at_head.describe());
    CHECK(server_started(at_head));
    disk.set_read_only(false);
    check_converges(project);
}

TEST_CASE("a read-only disk without a database: refused, and nothing is made") {
    const SmallDisk disk(1 << 20);
    disk.set_read_only(true);
    Project project(make_sqlite_database(disk.path() / "app.db"));
    add_growing_steps(project);
    const Outcome refused = project.start();
    INFO(refused.describe());
    CHECK(refused.exit_code == 77);
    CHECK(refused.err.contains("app.db"));
    disk.set_read_only(false);
    check_converges(project);
}

TEST_CASE("a file or folder of somebody else's: refused, 77, and nothing is changed") {
    const Journal journal = any_journal();
    const bool is_file = GENERATE(true, false);
    Project project(Kind::sqlite);
    add_growing_steps(project);
    choose(project, journal);
    REQUIRE(project.run({"upgrade", "+2"}).exit_code == 0);
    const std::filesystem::path file = project.database().url().substr(std::string("sqlite:///").size());
    using enum std::filesystem::perms;
    // The project is readable for all, as it would be in an image.
    std::filesystem::permissions(project.folder(), owner_all | group_read | group_exec | others_read | others_exec);
    std::filesystem::permissions(file,
                                 is_file ? owner_read | others_read : all & ~(owner_exec | group_exec | others_exec));
    const auto folder = file.parent_path();
    std::filesystem::permissions(folder, is_file ? all : owner_read | owner_exec | others_read | others_exec);
    const Outcome refused = run_program(as_nobody(project.gate()));
    INFO(refused.describe());
    CHECK(refused.exit_code == 77);
    CHECK(refused.err.contains("readonly database"));
    std::filesystem::permissions(folder, owner_all);
    std::filesystem::permissions(file, owner_read | owner_write);
    CHECK(project.applied() == std::vector{id(1), id(2)});
    check_converges(project);
}

TEST_CASE("a log that cannot be written does not stop the migration") {
    const Kind kind = GENERATE(Kind::postgres, Kind::sqlite);
    const std::string format = GENERATE("text", "json");
    const bool is_device = GENERATE(true, false);
    const SmallDisk disk(1 << 20);
    Project project(kind);
    project.add_three_steps();
    disk.fill_up_to(0);
    Program program = project.gate();
    program.environment["HEADGATE_LOG_FORMAT"] = format;
    program.environment["HEADGATE_LOG_LEVEL"] = "debug";
    const std::string full = is_device ? "/dev/full" : (disk.path() / "log").string();
    const Outcome outcome =
        run_program(begun_by({"sh", "-c", "log=$1; shift; exec \"$@\" 2>$log", "sh", full}, program));
    INFO(outcome.describe());
    CHECK(server_started(outcome));
    CHECK(project.applied().size() == 3);
}

TEST_CASE("a failure is told by the exit code also where the log cannot be written") {
    Project project(GENERATE(Kind::postgres, Kind::sqlite));
    project.add_step(1, "CREATE TABLE one (a integer);\nSELECT nothing FROM one;");
    const Outcome outcome = run_program(begun_by({"sh", "-c", "exec \"$@\" 2>/dev/full", "sh"}, project.gate()));
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 79);
    CHECK(project.database().tables().empty());
}

TEST_CASE("a log whose reader is stuck stops neither the migration nor a signal") {
    const std::string format = GENERATE("text", "json");
    Project project(Kind::sqlite);
    project.add_three_steps();
    // A full pipe. Whoever holds it open ends with the gate.
    const auto with_stuck_log = [&](Program program) {
        program.environment["HEADGATE_LOG_FORMAT"] = format;
        const std::string script =
            "rm -f log; mkfifo log; sleep 600 <>log & head -c 65536 /dev/zero >log; exec \"$@\" 2>log";
        return as_first_process(begun_by({"sh", "-c", script, "sh"}, std::move(program)));
    };
    const Outcome outcome = run_program(with_stuck_log(project.gate()));
    INFO(outcome.describe());
    CHECK(server_started(outcome));
    CHECK(project.applied().size() == 3);
    project.add_step(4, "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c;");
    RunningProgram gate(with_stuck_log(project.gate()));
    const pid_t pid = wait_for_process(gate.pid(), "headgate");
    // The four signals that end headgate, and no more: others block all of them while they begin.
    REQUIRE(eventually([&] { return status_field(pid, "SigBlk") == "0000000000004007"; }));
    ::kill(pid, SIGTERM);
    CHECK(gate.wait().exit_code == 128 + SIGTERM);
}
