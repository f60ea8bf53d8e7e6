// SPDX-License-Identifier: Apache-2.0
// A stop request ends what runs, and leaves nothing of it.
#include <chrono>

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>
#include <signal.h>
#include <sys/signalfd.h>
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

// In a process of its own, because signals are blocked in it: a slow step that a SIGTERM ends. 0 where all is as it
// should be.
template <typename Subject>
int end_slow_step_by_signal(const Subject& subject) {
    sigset_t ending;
    sigemptyset(&ending);
    sigaddset(&ending, SIGTERM);
    sigprocmask(SIG_BLOCK, &ending, nullptr);
    const base::Stop stop(signalfd(-1, &ending, SFD_CLOEXEC), base::Clock::time_point::max());
    const auto connection = subject.connect();
    const auto result =
        apply(*connection,
              revision_step(subject.dialect, "r2", "CREATE TABLE a (x integer);" + subject.slow_statement()), stop);
    if (result.end != StepEnd::rolled_back) return 10 + static_cast<int>(result.end);
    if (result.error->kind != base::ErrorKind::interrupted) return 2;
    return result.error->signal == SIGTERM ? 0 : 3;
}

}  // namespace

TEMPLATE_TEST_CASE("the deadline cancels a long statement and rolls its step back", "", SqliteSubject,
                   PostgresSubject) {
    const TestType subject;
    const auto connection = subject.connect();
    REQUIRE(apply(*connection, revision_step(subject.dialect, "r1", "")).end == StepEnd::committed);
    const auto started = base::Clock::now();
    const auto result = apply(
        *connection, revision_step(subject.dialect, "r2", "CREATE TABLE a (x integer);" + subject.slow_statement()),
        base::Stop().within(1500ms));
    const auto took = base::Clock::now() - started;
    REQUIRE(result.end == StepEnd::rolled_back);
    CHECK(result.error->kind == base::ErrorKind::step_failed);
    CHECK(took >= 1500ms);
    CHECK(took < 5s);
    CHECK(applied(*connection) == Names{"r1"});
    CHECK(connection->read_surroundings({}).tables.empty());
    CHECK(apply(*connection, revision_step(subject.dialect, "r2", "")).end == StepEnd::committed);
}

TEMPLATE_TEST_CASE("a signal cancels a long statement and rolls its step back", "", SqliteSubject, PostgresSubject) {
    const TestType subject;
    REQUIRE(apply(*subject.connect(), revision_step(subject.dialect, "r1", "")).end == StepEnd::committed);
    const pid_t child = fork();
    if (child == 0) _exit(end_slow_step_by_signal(subject));
    REQUIRE(child > 0);
    sleep(2);
    kill(child, SIGTERM);
    int status = 0;
    waitpid(child, &status, 0);
    REQUIRE(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 0);
    const auto connection = subject.connect();
    CHECK(applied(*connection) == Names{"r1"});
    CHECK(connection->read_surroundings({}).tables.empty());
}

TEMPLATE_TEST_CASE("a step that is stopped before it begins does nothing", "", SqliteSubject, PostgresSubject) {
    const TestType subject;
    const auto connection = subject.connect();
    KeptProgress progress;
    const auto step = revision_step(subject.dialect, "r1", "CREATE TABLE a (x integer)");
    const auto result = connection->apply_steps({&step, 1}, {}, progress, base::Stop().within(-1ms));
    CHECK(result.end == StepEnd::rolled_back);
    CHECK(result.committed == 0);
    const auto fresh = subject.connect();
    CHECK_FALSE(fresh->read_ledger({}).ledger.exists());
}

TEMPLATE_TEST_CASE("a step that works for long is heard of about every second", "", SqliteSubject, PostgresSubject) {
    const TestType subject;
    const auto connection = subject.connect();
    KeptProgress progress;
    const auto step = revision_step(subject.dialect, "r1", subject.slow_statement());
    connection->apply_steps({&step, 1}, {}, progress, base::Stop().within(3500ms));
    CHECK(progress.reports >= 2);
    CHECK(progress.reports <= 4);
}
