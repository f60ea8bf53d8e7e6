// SPDX-License-Identifier: Apache-2.0
#include "support/program.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <format>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/process/v2.hpp>
#include <catch2/catch_test_macros.hpp>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/outcome_observer.hpp"
#include "support/secret_watch.hpp"
#include "support/temp_folder.hpp"

namespace headgate::support {
namespace {

namespace process = boost::process::v2;

constinit void (*outcome_observer)(const Outcome&) = nullptr;

// Output goes to files in memory: no pipe can fill up, and a grandchild that keeps one open holds nobody up.
int make_memory_file(std::string_view content) {
    const int fd = ::memfd_create("headgate-test", MFD_CLOEXEC);
    if (fd < 0) throw std::system_error(errno, std::generic_category(), "memfd_create");
    while (!content.empty()) {
        const ssize_t written = ::write(fd, content.data(), content.size());
        if (written < 0) throw std::system_error(errno, std::generic_category(), "write");
        content.remove_prefix(static_cast<std::size_t>(written));
    }
    ::lseek(fd, 0, SEEK_SET);
    return fd;
}

std::string read_memory_file(int fd) {
    std::string text;
    char buffer[65536];
    ssize_t size = 0;
    while ((size = ::pread(fd, buffer, sizeof buffer, static_cast<off_t>(text.size()))) > 0)
        text.append(buffer, static_cast<std::size_t>(size));
    return text;
}

// The environment as it was asked for; in the child a process group of its own, so that all of it can be killed, and
// dead when we are. (Boost 1.83 has no header-only process_environment.)
struct ChildSetup {
    std::vector<const char*> environment = {};

    process::error_code on_setup(process::posix::default_launcher& launcher, const std::filesystem::path&,
                                 const char* const*) {
        launcher.env = environment.data();
        return {};
    }
    process::error_code on_exec_setup(process::posix::default_launcher&, const std::filesystem::path&,
                                      const char* const*) {
        ::setpgid(0, 0);
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        return {};
    }
    // The launcher would call exit(), which runs the destructors of a copy of this very process.
    void on_exec_error(process::posix::default_launcher&, const std::filesystem::path&, const char* const*,
                       const process::error_code&) {
        ::_exit(127);
    }
};

std::vector<std::string> environment_of(const Program& program) {
    std::map<std::string, std::string> variables;
    for (char** entry = ::environ; !program.clear_environment && *entry != nullptr; ++entry) {
        const std::string_view text = *entry;
        const auto equals = text.find('=');
        if (equals != std::string_view::npos) variables[std::string(text.substr(0, equals))] = text.substr(equals + 1);
    }
    for (const auto& name : program.without) variables.erase(name);
    for (const auto& [name, value] : program.environment) variables[name] = value;
    std::vector<std::string> entries;
    for (const auto& [name, value] : variables) entries.push_back(name + "=" + value);
    return entries;
}

std::filesystem::path executable_of(const Program& program) {
    if (program.executable.contains('/')) return program.executable;
    if (auto path = find_in_path(program.executable)) return *path;
    throw std::runtime_error("no program " + program.executable + " in PATH");
}

pid_t launch(const Program& program, int in, int out, int err) {
    const auto executable = executable_of(program);
    const auto folder = program.folder.empty() ? std::filesystem::current_path() : program.folder;
    const auto entries = environment_of(program);
    ChildSetup setup;
    for (const auto& entry : entries) setup.environment.push_back(entry.c_str());
    setup.environment.push_back(nullptr);
    boost::asio::io_context context;
    process::process child(context, executable, program.arguments, process::process_stdio{{in}, {out}, {err}},
                           process::process_start_dir(folder), setup);
    const pid_t pid = child.id();
    child.detach();  // reaped below
    return pid;
}

// headgate, or another program that was given it to run.
bool runs_headgate(const Program& program) {
    const auto is_it = [](const std::string& word) { return std::filesystem::path(word).filename() == "headgate"; };
    return is_it(program.executable) || std::ranges::any_of(program.arguments, is_it);
}

}  // namespace

std::string Outcome::describe() const {
    return std::format("exit code {}, signal {}{}, after {} ms\n--- stdout\n{}\n--- stderr\n{}\n---", exit_code, signal,
                       timed_out ? ", TIMED OUT" : "", duration.count(), out, err);
}

RunningProgram::RunningProgram(const Program& program)
    : started_(std::chrono::steady_clock::now()), time_limit_(program.time_limit) {
    const int in = make_memory_file(program.input);
    is_headgate_ = runs_headgate(program);
    if (is_headgate_) note_secrets_of(program.environment);
    for (const auto& argument : program.arguments) given_line_ += argument + '\0';
    out_fd_ = make_memory_file("");
    err_fd_ = make_memory_file("");
    pid_ = launch(program, in, out_fd_, err_fd_);
    ::close(in);
}

RunningProgram::RunningProgram(RunningProgram&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      out_fd_(std::exchange(other.out_fd_, -1)),
      err_fd_(std::exchange(other.err_fd_, -1)),
      started_(other.started_),
      max_resident_kib_(other.max_resident_kib_),
      time_limit_(other.time_limit_),
      is_headgate_(other.is_headgate_),
      given_line_(std::move(other.given_line_)),
      command_line_(std::move(other.command_line_)),
      shown_secrets_(std::move(other.shown_secrets_)),
      ended_(std::move(other.ended_)) {}

RunningProgram::~RunningProgram() {
    if (pid_ > 0 && !ended_) {
        kill_group();
        ::waitpid(pid_, nullptr, 0);
        find_secrets_said();  // counted
    }
    if (out_fd_ >= 0) ::close(out_fd_);
    if (err_fd_ >= 0) ::close(err_fd_);
}

bool RunningProgram::is_running() {
    reap(WNOHANG);
    return !ended_;
}

void RunningProgram::send_signal(int signal) const {
    if (!ended_) ::kill(pid_, signal);
}

void RunningProgram::kill_group() const {
    ::kill(-pid_, SIGKILL);
    ::kill(pid_, SIGKILL);
}

std::string RunningProgram::out() const {
    return read_memory_file(out_fd_);
}

std::string RunningProgram::err() const {
    return read_memory_file(err_fd_);
}

bool RunningProgram::wait_for_text(std::string_view text, Milliseconds at_most) {
    const auto is_there = [&] { return out().contains(text) || err().contains(text); };
    eventually([&] { return is_there() || !is_running(); }, at_most);
    return is_there();
}

// From the kernel's mark for this very program: what wait4 reports counts our own memory, too, from before its exec.
void RunningProgram::note_memory() {
    std::ifstream status("/proc/" + std::to_string(pid_) + "/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("VmHWM:")) max_resident_kib_ = std::max(max_resident_kib_, std::stol(line.substr(6)));
}

// What every user of the machine can see, now of headgate and later of the server.
void RunningProgram::note_command_line() {
    if (!is_headgate_) return;
    std::ifstream file("/proc/" + std::to_string(pid_) + "/cmdline");
    std::string line{std::istreambuf_iterator<char>(file), {}};
    const bool is_as_given = line.empty() || line.ends_with(given_line_);
    if (is_as_given || line == command_line_) return;
    command_line_ = std::move(line);
    std::ranges::move(find_secrets(command_line_), std::back_inserter(shown_secrets_));
}

std::vector<std::string> RunningProgram::find_secrets_said() const {
    return is_headgate_ ? find_secrets(out() + err()) : std::vector<std::string>();
}

void RunningProgram::reap(int options) {
    if (ended_) return;
    note_memory();
    note_command_line();
    int status = 0;
    const pid_t reaped = ::waitpid(pid_, &status, options);
    if (reaped == 0 || (reaped < 0 && errno == EINTR)) return;
    if (reaped < 0) throw std::system_error(errno, std::generic_category(), "waitpid");
    Outcome outcome;
    if (WIFEXITED(status)) outcome.exit_code = WEXITSTATUS(status);
    if (WIFSIGNALED(status)) outcome.signal = WTERMSIG(status);
    outcome.duration = std::chrono::duration_cast<Milliseconds>(std::chrono::steady_clock::now() - started_);
    outcome.max_resident_kib = max_resident_kib_;
    ended_ = std::move(outcome);
}

Outcome RunningProgram::wait() {
    const auto left =
        std::chrono::duration_cast<Milliseconds>(started_ + time_limit_ - std::chrono::steady_clock::now());
    const bool in_time = eventually([&] { return !is_running(); }, std::max(left, Milliseconds{0}));
    if (!in_time) {
        kill_group();
        while (!ended_) reap(0);
    }
    Outcome outcome = *ended_;
    outcome.timed_out = !in_time;
    outcome.out = out();
    outcome.err = err();
    auto secrets = find_secrets_said();
    secrets.insert(secrets.end(), shown_secrets_.begin(), shown_secrets_.end());
    if (!secrets.empty()) FAIL_CHECK("headgate said a password: " << outcome.describe());
    if (outcome_observer != nullptr) outcome_observer(outcome);
    return outcome;
}

void observe_outcomes(void (*observer)(const Outcome&)) {
    outcome_observer = observer;
}

Outcome run_program(const Program& program) {
    return RunningProgram(program).wait();
}

std::string require_output(const Program& program) {
    const Outcome outcome = run_program(program);
    if (outcome.status() != 0) throw std::runtime_error(program.executable + ": " + outcome.describe());
    return outcome.out;
}

std::optional<std::filesystem::path> find_in_path(const std::string& name) {
    const char* path = std::getenv("PATH");
    std::string folders = std::string(path == nullptr ? "" : path) + ":/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin:";
    for (auto colon = folders.find(':'); colon != std::string::npos; colon = folders.find(':')) {
        const auto candidate = std::filesystem::path(folders.substr(0, colon)) / name;
        if (colon > 0 && ::access(candidate.c_str(), X_OK) == 0) return candidate;
        folders.erase(0, colon + 1);
    }
    return std::nullopt;
}

void pause_for(Milliseconds time) {
    std::this_thread::sleep_for(time);
}

}  // namespace headgate::support
