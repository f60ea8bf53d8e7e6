// SPDX-License-Identifier: Apache-2.0
#include "process/command.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <format>
#include <optional>
#include <system_error>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/process/v2.hpp>
#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.hpp"
#include "process/server.hpp"

namespace headgate::process {

namespace {

namespace launching = boost::process::v2;

constexpr std::size_t most_output = 64 * 1024;
constexpr std::chrono::milliseconds between_looks{20};

class Pipe {
public:
    Pipe() {
        std::array<int, 2> ends{};
        if (pipe2(ends.data(), O_CLOEXEC) != 0)
            throw base::Error(base::ErrorKind::io_failed, std::format("no pipe: {}", std::strerror(errno)));
        reader_ = ends[0];
        writer_ = ends[1];
        fcntl(reader_, F_SETFL, O_NONBLOCK);
    }
    ~Pipe() {
        close(reader_);
        close_writer();
    }
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;

    int reader() const { return reader_; }
    int writer() const { return writer_; }
    void close_writer() {
        if (writer_ >= 0) close(std::exchange(writer_, -1));
    }

private:
    int reader_ = -1;
    int writer_ = -1;
};

// In the child, before it becomes the program: the signals that we hold back are its own business again, it has a group
// that can be killed as a whole, and it does not outlive us.
struct ChildSetup {
    launching::error_code on_exec_setup(launching::posix::default_launcher&, const std::filesystem::path&,
                                        const char* const*) const {
        setpgid(0, 0);
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        signal(SIGPIPE, SIG_DFL);
        sigset_t none;
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, nullptr);
        return {};
    }
    // The launcher would call exit(), which runs the destructors of a copy of this very process.
    void on_exec_error(launching::posix::default_launcher&, const std::filesystem::path&, const char* const*,
                       const launching::error_code&) const {
        kill(getpid(), SIGKILL);
    }
};

pid_t launch(const std::vector<std::string>& command, int output) try {
    const auto program = find_program(command.front());
    boost::asio::io_context context;
    launching::process child(context, program, std::vector<std::string>(command.begin() + 1, command.end()),
                             launching::process_stdio{nullptr, output, nullptr}, ChildSetup());
    const pid_t pid = child.id();
    child.detach();  // reaped below
    return pid;
} catch (const boost::system::system_error& failure) {
    throw base::Error(base::ErrorKind::not_executable,
                      std::format("cannot execute \"{}\": {}", command.front(), failure.code().message()));
}

// The program and all that it started, as far as it stayed in its group. Killed at the end of the scope: before the
// program is reaped, so that the group's number cannot be somebody else's meanwhile.
class Group {
public:
    explicit Group(pid_t leader) : leader_(leader) { setpgid(leader, leader); }
    ~Group() {
        kill(-leader_, SIGKILL);
        kill(leader_, SIGKILL);
        // As PID 1 the grandchildren have become ours.
        while (waitpid(-leader_, nullptr, 0) > 0 || waitpid(leader_, nullptr, 0) > 0) {
        }
    }
    Group(const Group&) = delete;
    Group& operator=(const Group&) = delete;

    std::optional<siginfo_t> ending() const {
        siginfo_t info{};
        const int code = waitid(P_PID, static_cast<id_t>(leader_), &info, WEXITED | WNOHANG | WNOWAIT);
        return code == 0 && info.si_pid == leader_ ? std::optional(info) : std::nullopt;
    }

private:
    pid_t leader_;
};

// What is there to be read now. False: that is the end of it.
bool read_some(int fd, std::string& text) {
    std::array<char, 4096> piece{};
    while (text.size() <= most_output) {
        const auto size = read(fd, piece.data(), piece.size());
        if (size < 0) return errno == EAGAIN || errno == EINTR;
        if (size == 0) return false;
        text.append(piece.data(), static_cast<std::size_t>(size));
    }
    return true;
}

CommandResult make_result(const siginfo_t& info, std::string output) {
    output.resize(std::min(output.find('\n'), output.size()));
    if (output.ends_with('\r')) output.pop_back();
    const auto end = info.si_code == CLD_EXITED ? CommandEnd::exited : CommandEnd::by_signal;
    return {end, info.si_status, std::move(output)};
}

}  // namespace

// Whoever keeps the pipe open without being the program holds nobody up: its end is what counts.
CommandResult run_command(const std::vector<std::string>& command, base::Stop stop) {
    Pipe pipe;
    const Group group(launch(command, pipe.writer()));
    pipe.close_writer();
    std::string output;
    for (bool is_open = true;;) {
        const auto ending = group.ending();
        if (is_open) is_open = read_some(pipe.reader(), output);
        if (output.size() > most_output) return {CommandEnd::too_long, 0, {}};
        if (ending) return make_result(*ending, std::move(output));
        stop.throw_if_interrupted();
        if (stop.is_past_deadline()) return {CommandEnd::out_of_time, 0, {}};
        stop.wait_for(is_open ? pipe.reader() : -1, POLLIN, between_looks);
    }
}

}  // namespace headgate::process
