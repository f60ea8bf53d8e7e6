// SPDX-License-Identifier: Apache-2.0
#include "process/command.hpp"

#include <csignal>

#include <catch2/catch_test_macros.hpp>

#include "base/error.hpp"
#include "process/signals.hpp"
#include "support/processes.hpp"
#include "support/program.hpp"

using namespace headgate;
using namespace headgate::process;
using namespace std::chrono_literals;

namespace {

CommandResult run_script(const std::string& script, base::Stop stop = base::Stop().within(20s)) {
    return run_command({"sh", "-c", script, "sh", "an argument"}, stop);
}

bool is_anybody_there(const std::string& words) {
    return support::run_program({.executable = "pgrep", .arguments = {"-f", "^" + words + "$"}}).exit_code == 0;
}

// What is killed takes a moment to be gone, on a busy machine.
bool is_gone(const std::string& words) {
    return support::eventually([&] { return !is_anybody_there(words); });
}

}  // namespace

TEST_CASE("The first line of a command's output is what it says") {
    CHECK(run_script("echo one; echo two").first_line == "one");
    CHECK(run_script("printf 'no line end'").first_line == "no line end");
    CHECK(run_script("printf ' blanks stay \\r\\nx'").first_line == " blanks stay ");
    CHECK(run_script("echo \"$1\"").first_line == "an argument");
    CHECK(run_script("true").first_line.empty());
    CHECK(run_script("cat").first_line.empty());
    CHECK(run_command({"printf", "%s", "$HOME `id` *"}, base::Stop()).first_line == "$HOME `id` *");
}

TEST_CASE("How a command ended is told") {
    const auto failed = run_script("echo x; echo y >&2; exit 3");
    CHECK(failed.end == CommandEnd::exited);
    CHECK(failed.status == 3);
    const auto killed = run_script("kill -USR1 $$");
    CHECK(killed.end == CommandEnd::by_signal);
    CHECK(killed.status == SIGUSR1);
    CHECK(run_command({"yes"}, base::Stop().within(20s)).end == CommandEnd::too_long);
}

TEST_CASE("A command that is not there is an error") {
    CHECK_THROWS_AS(run_command({"/no/such/program"}, base::Stop()), base::Error);
    CHECK_THROWS_AS(run_command({"no-such-program"}, base::Stop()), base::Error);
    CHECK_THROWS_AS(run_command({"/"}, base::Stop()), base::Error);
}

TEST_CASE("At the deadline a command is killed with all that it started") {
    const auto start = base::Clock::now();
    CHECK(run_script("sleep 71113 & sleep 71114", base::Stop().within(300ms)).end == CommandEnd::out_of_time);
    CHECK(base::Clock::now() - start < 10s);
    CHECK(is_gone("sleep 7111[34]"));
}

TEST_CASE("What a command leaves behind holds nobody up, and goes with it") {
    const auto start = base::Clock::now();
    CHECK(run_script("sleep 71115 & echo done").first_line == "done");
    CHECK(base::Clock::now() - start < 10s);
    CHECK(is_gone("sleep 71115"));
}

TEST_CASE("A command has its signals as usual, though we hold ours back") {
    const SignalScope held_back;
    CHECK(run_script("grep -c 'Sig[BI][lg][kn]:.*0000000000000000' /proc/self/status").first_line == "2");
}

TEST_CASE("A signal ends the wait for a command, and the command") {
    const SignalScope held_back;
    kill(getpid(), SIGTERM);
    CHECK_THROWS_AS(run_script("sleep 71116", held_back.stop()), base::Error);
    held_back.forget_pending();
    CHECK(is_gone("sleep 71116"));
}
