// SPDX-License-Identifier: Apache-2.0
// Runs other programs as a user would: arguments, environment, input, working folder, time limit; gives back how they
// ended and what they said. A program that still runs when its RunningProgram goes out of scope is killed with its
// whole process group.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace headgate::support {

using Milliseconds = std::chrono::milliseconds;

struct Program {
    std::string executable;  // a path, or a name looked up in PATH
    std::vector<std::string> arguments = {};
    std::map<std::string, std::string> environment = {};  // added to the inherited one
    std::vector<std::string> without = {};                // variables not inherited
    bool clear_environment = false;                       // only `environment`
    std::string input = {};
    std::filesystem::path folder = {};  // empty: ours
    Milliseconds time_limit{60'000};    // then SIGKILL to the group, and `timed_out`
};

struct Outcome {
    int exit_code = -1;  // -1 where a signal ended it
    int signal = 0;
    bool timed_out = false;
    std::string out;
    std::string err;
    Milliseconds duration{};
    long max_resident_kib = 0;  // as last seen, some milliseconds before the end

    // What a shell would show: the exit code, or 128 + the signal.
    int status() const { return signal != 0 ? 128 + signal : exit_code; }
    // Everything about it, for Catch2's INFO.
    std::string describe() const;
};

class RunningProgram {
public:
    explicit RunningProgram(const Program& program);
    ~RunningProgram();
    RunningProgram(RunningProgram&& other) noexcept;
    RunningProgram& operator=(RunningProgram&&) = delete;
    RunningProgram(const RunningProgram&) = delete;

    pid_t pid() const { return pid_; }
    bool is_running();
    void send_signal(int signal) const;  // to the program alone
    // So far.
    std::string out() const;
    std::string err() const;
    // Until `text` is in what it said (either stream). False: it ended or the time is over first.
    bool wait_for_text(std::string_view text, Milliseconds at_most = Milliseconds{10'000});
    // Until it ends; kills it at its time limit.
    Outcome wait();

private:
    void reap(int options);
    void note_memory();
    void note_command_line();
    void kill_group() const;
    std::vector<std::string> find_secrets_said() const;

    pid_t pid_ = -1;
    int out_fd_ = -1;
    int err_fd_ = -1;
    std::chrono::steady_clock::time_point started_;
    long max_resident_kib_ = 0;
    Milliseconds time_limit_;
    bool is_headgate_ = false;  // whose words are searched for passwords
    std::string given_line_;    // its arguments, as the test itself wrote them
    std::string command_line_;  // as last seen from outside
    std::vector<std::string> shown_secrets_;
    std::optional<Outcome> ended_;
};

Outcome run_program(const Program& program);

// Runs it and gives its standard output; throws std::runtime_error with everything it said where it fails.
std::string require_output(const Program& program);

// The path of a program in PATH or one of the usual folders of root; none: not installed.
std::optional<std::filesystem::path> find_in_path(const std::string& name);

// Until `is_true` says so, asked every few milliseconds. False: the time is over.
template <typename Question>
bool eventually(Question is_true, Milliseconds at_most = Milliseconds{10'000});

void pause_for(Milliseconds time);

template <typename Question>
bool eventually(Question is_true, Milliseconds at_most) {
    const auto deadline = std::chrono::steady_clock::now() + at_most;
    while (!is_true()) {
        if (std::chrono::steady_clock::now() >= deadline) return false;
        pause_for(Milliseconds{5});
    }
    return true;
}

}  // namespace headgate::support
