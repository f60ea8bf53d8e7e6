// SPDX-License-Identifier: Apache-2.0
// kill -9 of headgate at any moment, upgrades and downgrades alike: the database holds whole steps only, the ledger
// says which, and the next run goes on from there. HEADGATE_FAULT_ROUNDS asks for more kills than the suite has time
// for, HEADGATE_FAULT_SEED replays one of its histories.
#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <random>
#include <thread>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "gate/project.hpp"
#include "support/relay.hpp"

using namespace headgate::gate;
using namespace headgate::support;

namespace {

constexpr int step_count = 30;

long number_from(const char* variable, long otherwise) {
    const char* text = std::getenv(variable);
    return text == nullptr ? otherwise : std::strtol(text, nullptr, 10);
}

// Each step makes a table and adds a row to `marks`, so that half a step would show.
void add_small_steps(Project& project) {
    for (int step = 1; step <= step_count; ++step) {
        const auto number = std::to_string(step);
        const std::string first = step == 1 ? "CREATE TABLE marks (step integer);\n" : "";
        const std::string last = step == 1 ? "\nDROP TABLE marks;" : "";
        project.add_step(
            step, first + "CREATE TABLE t" + number + " (a integer);\nINSERT INTO marks VALUES (" + number + ");",
            "DELETE FROM marks WHERE step = " + number + ";\nDROP TABLE t" + number + ";" + last);
    }
}

struct State {
    std::vector<std::string> applied;
    std::vector<std::string> marks;
    std::size_t tables = 0;  // t1, t2 …
};

// The ledger and the marks in one query: of one moment.
State read_state(const Project& project) {
    State state;
    const auto tables = project.database().tables();
    const auto is_step_table = [](const std::string& name) { return name.starts_with('t'); };
    state.tables = static_cast<std::size_t>(std::ranges::count_if(tables, is_step_table));
    if (!std::ranges::contains(tables, "headgate_ledger")) return state;
    const std::string ledger = "SELECT 'ledger', sequence, revision FROM headgate_ledger";
    const std::string marks = " UNION ALL SELECT 'mark', step, '' FROM marks";
    const bool has_marks = std::ranges::contains(tables, "marks");
    for (const auto& row : project.database().rows(ledger + (has_marks ? marks : "") + " ORDER BY 1, 2;"))
        if (row.at(0) == "ledger") {
            state.applied.push_back(row.at(2));
        } else {
            state.marks.push_back(id(std::stoi(row.at(1))));
        }
    return state;
}

std::vector<std::string> first_ids(std::size_t count) {
    std::vector<std::string> ids;
    for (std::size_t step = 1; step <= count; ++step) ids.push_back(id(static_cast<int>(step)));
    return ids;
}

// Whole steps only, from the first, and the ledger is true.
bool is_whole(const State& state) {
    return state.applied == first_ids(state.applied.size()) && state.marks == state.applied &&
           state.tables == state.applied.size();
}

// A killed client's step may still be committing: until its session is gone.
void wait_for_sessions_to_end(const Project& project) {
    if (project.kind() == Kind::sqlite) return;
    REQUIRE(eventually([&] {
        return project.database().value(
                   "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                   "AND application_name LIKE 'headgate%'") == "0";
    }));
}

State check_whole(const Project& project) {
    wait_for_sessions_to_end(project);
    State state = read_state(project);
    CAPTURE(state.applied, state.marks, state.tables);
    CHECK(is_whole(state));
    if (project.kind() == Kind::sqlite && !state.applied.empty())
        CHECK(project.database().value("PRAGMA integrity_check;") == "ok");
    return state;
}

// Runs to the end, and is there.
std::chrono::microseconds converge(const Project& project, const std::vector<std::string>& command, std::size_t steps) {
    const auto started = std::chrono::steady_clock::now();
    const Outcome outcome = project.run(command);
    const auto took = std::chrono::steady_clock::now() - started;
    INFO(outcome.describe());
    REQUIRE(outcome.exit_code == 0);
    const State state = read_state(project);
    CAPTURE(state.applied, state.marks, state.tables);
    CHECK(is_whole(state));
    CHECK(state.applied.size() == steps);
    return std::chrono::duration_cast<std::chrono::microseconds>(took);
}

struct Tally {
    long kills = 0;         // that came in time
    long late = 0;          // the run was quicker
    long in_the_midst = 0;  // some steps were done, and some not
    long convergences = 0;
};

// Some time after its start, or after its first step was done: the start itself takes as long as many steps.
void wait_for_moment(RunningProgram& run, std::chrono::microseconds usual, std::mt19937_64& random) {
    const auto up_to = [&](std::chrono::microseconds most) {
        return std::chrono::microseconds(std::uniform_int_distribution<long>(0, most.count())(random));
    };
    auto since = std::chrono::steady_clock::now();
    auto moment = up_to(usual);
    if (std::bernoulli_distribution(0.7)(random)) {
        while (run.is_running() && !run.err().contains(id(1).substr(0, 4))) pause_for(Milliseconds{1});
        since = std::chrono::steady_clock::now();
        moment = up_to(usual / 3);
    }
    std::this_thread::sleep_until(since + moment);
}

// One way, up or down, killed up to four times, then to the end.
void go_one_way(const Project& project, const std::vector<std::string>& command, std::size_t goal,
                std::chrono::microseconds usual, std::mt19937_64& random, Tally& tally) {
    const auto kills = std::uniform_int_distribution(1, 4)(random);
    for (int kill = 0; kill < kills; ++kill) {
        CAPTURE(command, kill);
        RunningProgram run(project.headgate(command));
        wait_for_moment(run, usual, random);
        run.send_signal(SIGKILL);
        run.wait().signal == SIGKILL ? ++tally.kills : ++tally.late;
        const auto done = check_whole(project).applied.size();
        if (done > 0 && done < step_count) ++tally.in_the_midst;
    }
    converge(project, command, goal);
    ++tally.convergences;
}

void run_rounds(Project& project, long kills) {
    const auto seed = static_cast<std::uint64_t>(number_from("HEADGATE_FAULT_SEED", std::random_device()()));
    INFO("HEADGATE_FAULT_SEED=" << seed);
    std::mt19937_64 random(seed);
    add_small_steps(project);
    const std::vector<std::string> up = {"upgrade"};
    const std::vector<std::string> down = {"downgrade", "base"};
    const auto usual_up = converge(project, up, step_count);
    const auto usual_down = converge(project, down, 0);
    Tally tally;
    while (tally.kills < kills) {
        go_one_way(project, up, step_count, usual_up, random, tally);
        go_one_way(project, down, 0, usual_down, random, tally);
    }
    WARN("seed " << seed << ": " << tally.kills << " kills (" << tally.in_the_midst
                 << " between the first and the last step), " << tally.late << " came too late; converged "
                 << tally.convergences << " times, always");
    CHECK(tally.in_the_midst > 0);
}

}  // namespace

TEST_CASE("killed at random moments, PostgreSQL: whole steps only, and the next run goes on") {
    Project project(Kind::postgres);
    run_rounds(project, number_from("HEADGATE_FAULT_ROUNDS", 50));
}

TEST_CASE("killed at random moments, SQLite: whole steps only, and the next run goes on") {
    Project project(Kind::sqlite);
    run_rounds(project, number_from("HEADGATE_FAULT_ROUNDS", 50));
}

TEST_CASE("killed at random moments, SQLite with a write-ahead log: whole steps only, and the next run goes on") {
    Project project(Kind::sqlite);
    project.database().execute(
        "PRAGMA journal_mode = wal; CREATE TABLE mark_of_wal (a integer); DROP TABLE mark_of_wal;");
    run_rounds(project, number_from("HEADGATE_FAULT_ROUNDS", 50));
    CHECK(project.database().value("PRAGMA journal_mode;") == "wal");
}

TEST_CASE("killed after the server has committed a step and before its answer arrives: the next run knows") {
    Project project(Kind::postgres);
    add_small_steps(project);
    const auto name = project.database().value("SELECT current_database()");
    int in_time = 0;
    for (std::size_t done = 0; done < 6;) {
        Relay relay(shared_server().host, shared_server().port);
        relay.set_delay(std::chrono::milliseconds(150));
        Program program = project.headgate({"upgrade"});
        program.environment["DATABASE_URL"] = PostgresAddress(shared_server()).with_port(relay.port()).url(name);
        RunningProgram run(program);
        REQUIRE(eventually([&] { return project.applied().size() > done; }, Milliseconds{30'000}));
        run.send_signal(SIGKILL);
        const Outcome outcome = run.wait();
        INFO(outcome.describe());
        done = check_whole(project).applied.size();
        // On a busy machine the answer may be there before the kill.
        if (!outcome.err.contains("applied")) ++in_time;
    }
    CHECK(in_time >= 1);
    converge(project, {"upgrade"}, step_count);
}

TEST_CASE("killed as soon as it says that a step is applied: the next run goes on, at every step") {
    Project project(GENERATE(Kind::postgres, Kind::sqlite));
    add_small_steps(project);
    for (std::size_t step = 1; step < step_count;) {
        RunningProgram run(project.headgate({"upgrade"}));
        REQUIRE(run.wait_for_text("applied " + id(static_cast<int>(step))));
        run.send_signal(SIGKILL);
        run.wait();
        const auto done = check_whole(project).applied.size();
        CHECK(done >= step);
        step = done + 1;
    }
    converge(project, {"upgrade"}, step_count);
}
