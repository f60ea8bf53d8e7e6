// SPDX-License-Identifier: Apache-2.0
// run --init: headgate stays as a tiny first process in front of a server that does not reap.
#include <algorithm>
#include <csignal>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "gate/project.hpp"
#include "support/processes.hpp"

using namespace headgate::gate;
using namespace headgate::support;

namespace {

constexpr auto init_name = "headgate-init";

enum class Place { ordinary, first_process };

Program in_place(Place place, Program program) {
    return place == Place::ordinary ? std::move(program) : as_first_process(std::move(program));
}

Place any_place() {
    return GENERATE(Place::ordinary, Place::first_process);
}

// headgate run --init -- server…
Program under_init(const Project& project, const std::vector<std::string>& server) {
    std::vector<std::string> arguments = {"run", "--init", "--"};
    arguments.insert(arguments.end(), server.begin(), server.end());
    return project.headgate(arguments);
}

Program script_under_init(const Project& project, const std::string& script) {
    return under_init(project, {"sh", "-c", script});
}

std::size_t count_zombies(pid_t parent) {
    return static_cast<std::size_t>(std::ranges::count(children_of(parent), 'Z', &Process::state));
}

// Three grandchildren whose parent goes away at once, while the server itself never waits for anybody.
constexpr auto orphaning = "for i in 1 2 3; do (sleep 0.2 & ); done; echo ready; exec tail -f /dev/null";

struct Started {
    RunningProgram gate;
    pid_t init;
    pid_t server;
};

Started start_script(const Project& project, Place place, const std::string& script, std::string_view server_name) {
    RunningProgram gate(in_place(place, script_under_init(project, script)));
    if (!gate.wait_for_text("ready\n")) throw std::runtime_error(gate.wait().describe());
    const pid_t init = wait_for_process(gate.pid(), init_name);
    const pid_t server = wait_for_process(init, server_name);
    return {std::move(gate), init, server};
}

}  // namespace

TEST_CASE("under --init the gate migrates, and the server is its child with the environment of a server") {
    const Place place = any_place();
    Project project(GENERATE(Kind::postgres, Kind::sqlite));
    project.add_three_steps();
    Program program = under_init(project, {HEADGATE_PROBE_SERVER, "a b", "--init", ""});
    program.environment["HEADGATE_LOG_LEVEL"] = "debug";
    const Outcome outcome = run_program(in_place(place, program));
    INFO(outcome.describe());
    CHECK(server_started(outcome));
    CHECK(outcome.exit_code == 0);
    CHECK_FALSE(outcome.out.contains("pid 1\n"));
    CHECK(outcome.out.contains("arg 612062\narg 2d2d696e6974\narg \n"));
    CHECK_FALSE(outcome.out.contains("env 48454144474154455f"));  // HEADGATE_
    CHECK(outcome.out.contains("fd 0\nfd 1\nfd 2\nSig"));
    CHECK(project.applied().size() == 3);
}

TEST_CASE("under --init the server's signal mask and dispositions are those the gate was started with") {
    Project project(Kind::sqlite);
    project.add_three_steps();
    const Program program = under_init(project, {HEADGATE_PROBE_SERVER});
    const Outcome plain = run_program(begun_by({"env", "--default-signal"}, program));
    INFO(plain.describe());
    CHECK(plain.out.contains("SigBlk 0000000000000000\nSigIgn 0000000000000000\n"));
    const Outcome odd = run_program(begun_by(
        {"env", "--default-signal", "--block-signal=USR2,QUIT", "--ignore-signal=HUP,INT,PIPE,CHLD"}, program));
    INFO(odd.describe());
    CHECK(odd.exit_code == 0);
    CHECK(odd.out.contains("SigBlk 0000000000000804\nSigIgn 0000000000011003\n"));
}

TEST_CASE("under --init neither the init nor the server holds a password of the gate's, or a descriptor of it") {
    Project project(Kind::sqlite);
    project.add_three_steps();
    Program program = script_under_init(project, "echo ready; exec sleep 60");
    program.environment["HEADGATE_DATABASE_URL"] = project.database().url();
    program.environment["HEADGATE_IMAGE_LABEL"] = "s3cret-of-the-owner";
    program.environment["DATABASE_URL"] = "postgresql://weak@192.0.2.1/app";
    RunningProgram gate(program);
    REQUIRE(gate.wait_for_text("ready"));
    const pid_t init = wait_for_process(gate.pid(), init_name);
    for (const pid_t pid : {init, wait_for_process(init, "sleep")}) {
        const auto folder = "/proc/" + std::to_string(pid);
        const auto environment = read_file(folder + "/environ");
        CHECK_FALSE(environment.contains("HEADGATE_"));
        CHECK(environment.contains("DATABASE_URL=postgresql://weak@192.0.2.1/app"));
        CHECK_FALSE(read_file(folder + "/cmdline").contains("s3cret"));
        CHECK(std::ranges::distance(std::filesystem::directory_iterator(folder + "/fd"),
                                    std::filesystem::directory_iterator()) == 3);
        CHECK(status_field(pid, "Threads") == "1");
    }
}

TEST_CASE("under --init orphans of the server are reaped") {
    const Place place = any_place();
    Project project(Kind::sqlite);
    project.add_three_steps();
    auto started = start_script(project, place, orphaning, "tail");
    CHECK(eventually([&] { return children_of(started.init).size() == 1; }));
    CHECK(count_zombies(started.init) == 0);
    CHECK(children_of(started.init).at(0).pid == started.server);
    started.gate.send_signal(SIGKILL);
}

TEST_CASE("without --init, as PID 1, a server that does not reap keeps its orphans as zombies") {
    Project project(Kind::sqlite);
    project.add_three_steps();
    RunningProgram gate(as_first_process(project.headgate({"run", "--", "sh", "-c", orphaning})));
    REQUIRE(gate.wait_for_text("ready\n"));
    const pid_t server = wait_for_process(gate.pid(), "tail");
    CHECK(eventually([&] { return count_zombies(server) == 3; }));
}

TEST_CASE("under --init signals reach the server, and it decides what they mean") {
    const Place place = any_place();
    Project project(Kind::sqlite);
    project.add_three_steps();
    const std::vector<std::pair<int, std::string>> signals = {
        {SIGHUP, "HUP"},   {SIGINT, "INT"},     {SIGQUIT, "QUIT"}, {SIGUSR1, "USR1"}, {SIGUSR2, "USR2"},
        {SIGTERM, "TERM"}, {SIGWINCH, "WINCH"}, {SIGALRM, "ALRM"}, {SIGABRT, "ABRT"}, {SIGRTMIN + 3, "37"}};
    std::string script;
    for (const auto& [number, name] : signals)
        script += "trap 'echo got " + name + "' " + std::to_string(number) + "; ";
    auto started = start_script(project, place, script + "echo ready; while :; do sleep 0.02; done", "sh");
    for (const auto& [number, name] : signals) {
        ::kill(started.init, number);
        INFO(name);
        CHECK(started.gate.wait_for_text("got " + name + "\n"));
    }
    CHECK(started.gate.is_running());
    // A second SIGTERM is one more for the server, no more and no less.
    ::kill(started.init, SIGTERM);
    CHECK(eventually([&] { return started.gate.out().ends_with("got TERM\n"); }));
    ::kill(started.server, SIGKILL);
    CHECK(started.gate.wait().status() == 128 + SIGKILL);
}

TEST_CASE("under --init the server's ending is the gate's: its exit code, or 128 + N for a signal") {
    const Place place = any_place();
    Project project(Kind::sqlite);
    project.add_three_steps();
    CHECK(run_program(in_place(place, script_under_init(project, "exit 7"))).status() == 7);
    CHECK(run_program(in_place(place, script_under_init(project, "kill -KILL $$"))).exit_code == 137);
    CHECK(run_program(in_place(place, script_under_init(project, "kill -TERM $$"))).exit_code == 143);
    // Somebody's children that are still there hold nobody up.
    CHECK(run_program(in_place(place, script_under_init(project, "sleep 5 & exit 3"))).status() == 3);
}

TEST_CASE("under --init SIGTERM ends a server that does not look at signals: 143") {
    const Place place = any_place();
    Project project(Kind::sqlite);
    project.add_three_steps();
    auto started = start_script(project, place, "echo ready; exec sleep 60", "sleep");
    ::kill(started.init, SIGTERM);
    const Outcome outcome = started.gate.wait();
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 143);
    CHECK(outcome.duration < Milliseconds{30'000});
}

TEST_CASE("under --init a stopped server goes on when it is told to, and the init stays awake meanwhile") {
    const Place place = any_place();
    Project project(Kind::sqlite);
    project.add_three_steps();
    auto started = start_script(project, place, "(sleep 0.5 &); echo ready; exec tail -f /dev/null", "tail");
    const auto state = [](pid_t pid) { return status_field(pid, "State").substr(0, 1); };
    ::kill(started.init, SIGTSTP);
    CHECK(eventually([&] { return state(started.server) == "T"; }));
    CHECK(eventually([&] { return children_of(started.init).size() == 1; }));  // the orphan was reaped
    CHECK(state(started.init) == "S");
    ::kill(started.init, SIGCONT);
    CHECK(eventually([&] { return state(started.server) == "S"; }));
}

TEST_CASE("under --init a server that cannot begin ends the gate as without it") {
    Project project(Kind::sqlite);
    project.add_three_steps();
    write_file(project.folder() / "server", "#!/no/such/interpreter\n");
    std::filesystem::permissions(project.folder() / "server", std::filesystem::perms::owner_all);
    CHECK(run_program(under_init(project, {"no-such-server"})).exit_code == 127);
    const Outcome outcome = run_program(under_init(project, {"./server"}));
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 127);
    CHECK(outcome.err.contains("interpreter"));
}

TEST_CASE("wait --init: the server is under the init, too") {
    Project project(Kind::sqlite);
    project.add_three_steps();
    REQUIRE(project.run({"upgrade"}).exit_code == 0);
    const Outcome outcome = project.run({"wait", "--init", "--", "sh", "-c", "exit 5"});
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 5);
    const Outcome without_server = project.run({"wait", "--init"});
    CHECK(without_server.exit_code == 0);
}

TEST_CASE("under --init the terminal is the server's: Ctrl-C reaches it once") {
    if (!find_in_path("python3")) skip_or_fail("python3 is not installed");
    Project project(Kind::sqlite);
    project.add_three_steps();
    // The terminal of a session of its own, whose foreground job is headgate; then Ctrl-C is typed.
    write_file(project.folder() / "terminal.py", R"(import os, pty, sys, time
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
seen = b''
while b'ready' not in seen:
    seen += os.read(terminal, 1000)
os.write(terminal, b'\x03')
while b'got INT' not in seen:
    seen += os.read(terminal, 1000)
time.sleep(0.5)
os.write(terminal, b'\x1c')
try:
    while True:
        seen += os.read(terminal, 1000)
except OSError:
    pass
print('interrupts:', seen.count(b'got INT'), 'quits:', seen.count(b'got QUIT'))
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
)");
    const Outcome outcome = run_program(
        begun_by({"python3", "terminal.py"},
                 script_under_init(project,
                                   "trap 'echo got INT' INT; trap 'echo got QUIT; exit 9' QUIT; echo ready; "
                                   "while :; do sleep 0.02; done")));
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 9);
    CHECK(outcome.out.contains("interrupts: 1 quits: 1"));
}
