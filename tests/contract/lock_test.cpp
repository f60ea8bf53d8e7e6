// SPDX-License-Identifier: Apache-2.0
// One step at a time, whoever runs it; and whoever dies holds nobody up.
#include <atomic>
#include <chrono>
#include <thread>

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "contract/steps.hpp"
#include "contract/subject.hpp"

using namespace headgate;
using namespace headgate::contract;
using namespace headgate::database;
using namespace std::chrono_literals;

using Names = std::vector<std::string>;

namespace {

// Tries until the step ends as `wanted`, which it is returned then, or for half a minute.
StepEnd try_until(Connection& connection, const StepScript& step, StepEnd wanted) {
    const auto give_up = base::Clock::now() + 30s;
    StepEnd end{};
    do {
        end = apply(connection, step).end;
        if (end == wanted) break;
        std::this_thread::sleep_for(20ms);
    } while (base::Clock::now() < give_up);
    return end;
}

// Whether somebody else holds the lock within half a minute. The ledger is expected to be what it is not, so that
// asking does nothing.
bool is_locked_soon(Connection& connection) {
    const auto give_up = base::Clock::now() + 30s;
    const auto step = StepScript();
    KeptProgress progress;
    while (base::Clock::now() < give_up) {
        if (connection.apply_steps({&step, 1}, {true, 999, 999}, progress, {}).end == StepEnd::lock_busy) return true;
        std::this_thread::sleep_for(20ms);
    }
    return false;
}

template <typename Subject>
pid_t start_child_with_slow_step(const Subject& subject, const std::string& before) {
    const pid_t child = fork();
    if (child != 0) return child;
    const auto connection = subject.connect();
    // Whoever looks for the lock holds it for a moment.
    try_until(*connection, revision_step(subject.dialect, "child", before + subject.slow_statement()),
              StepEnd::committed);
    _exit(0);
}

}  // namespace

TEMPLATE_TEST_CASE("while a step runs no other step begins", "", SqliteSubject, PostgresSubject) {
    const TestType subject;
    const auto waiting = subject.connect();
    REQUIRE(apply(*waiting, revision_step(subject.dialect, "r1", "")).end == StepEnd::committed);
    StepsResult slow;
    std::thread runner([&] {
        const auto connection = subject.connect();
        const auto step =
            revision_step(subject.dialect, "r2", "CREATE TABLE a (x integer);" + subject.slow_statement());
        do {  // whoever looks for the lock holds it for a moment
            slow = apply(*connection, step, base::Stop().within(3s));
        } while (slow.end == StepEnd::lock_busy);
    });
    const bool was_locked = is_locked_soon(*waiting);
    const auto started = base::Clock::now();
    const auto busy = apply(*waiting, revision_step(subject.dialect, "r3", "CREATE TABLE b (x integer)"));
    const auto took = base::Clock::now() - started;
    const auto seen = applied(*waiting);  // reading needs no lock
    runner.join();
    CHECK(was_locked);
    CHECK(busy.end == StepEnd::lock_busy);
    CHECK(busy.committed == 0);
    CHECK(took < 1s);  // it is told at once, not made to wait
    CHECK(seen == Names{"r1"});
    CHECK(slow.end == StepEnd::rolled_back);
    CHECK(try_until(*waiting, revision_step(subject.dialect, "r3", "CREATE TABLE b (x integer)"), StepEnd::committed) ==
          StepEnd::committed);
    CHECK(applied(*waiting) == Names{"r1", "r3"});
    CHECK(waiting->read_surroundings({}).tables == Names{"b"});
}

TEMPLATE_TEST_CASE("the lock and the half-done step of a process die with it", "", SqliteSubject, PostgresSubject) {
    const TestType subject;
    const pid_t child = start_child_with_slow_step(subject, "CREATE TABLE a (x integer);");
    REQUIRE(child > 0);
    const auto connection = subject.connect();
    const bool was_locked = is_locked_soon(*connection);
    kill(child, SIGKILL);
    int status = 0;
    waitpid(child, &status, 0);
    REQUIRE(was_locked);
    CHECK(WIFSIGNALED(status));
    CHECK(try_until(*connection, revision_step(subject.dialect, "r1", "CREATE TABLE b (x integer)"),
                    StepEnd::committed) == StepEnd::committed);
    CHECK(applied(*connection) == Names{"r1"});
    CHECK(connection->read_surroundings({}).tables == Names{"b"});
}

TEMPLATE_TEST_CASE("of many connections that run the same first step one does it", "", SqliteSubject, PostgresSubject) {
    const TestType subject;
    constexpr int gates = 8;
    std::atomic<int> committed = 0;
    std::atomic<int> failed = 0;
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < gates; ++i) {
            threads.emplace_back([&] {
                const auto connection = subject.connect();
                const auto step =
                    revision_step(subject.dialect, "r1", "CREATE TABLE a (x integer); INSERT INTO a VALUES (1);");
                StepEnd end{};
                do {
                    KeptProgress progress;
                    end = connection->apply_steps({&step, 1}, {}, progress, {}).end;
                    if (end == StepEnd::lock_busy || end == StepEnd::retryable) std::this_thread::sleep_for(5ms);
                } while (end == StepEnd::lock_busy || end == StepEnd::retryable);
                if (end == StepEnd::committed)
                    ++committed;
                else if (end != StepEnd::ledger_moved)
                    ++failed;
            });
        }
    }
    CHECK(committed == 1);
    CHECK(failed == 0);
    const auto connection = subject.connect();
    CHECK(applied(*connection) == Names{"r1"});
    CHECK(holds(*connection, subject.dialect, "(SELECT count(*) FROM a) = 1"));
}
