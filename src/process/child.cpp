// SPDX-License-Identifier: Apache-2.0
#include "process/child.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <format>
#include <optional>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.hpp"
#include "process/launching.hpp"

namespace headgate::process {

namespace {

// Two pipes are read, and one of them is waited for.
constexpr std::chrono::milliseconds between_looks{20};
constexpr std::size_t most_of_err = 64 * 1024;
// Linux lets nobody but root make it larger (fs.pipe-max-size).
constexpr std::size_t most_in_a_pipe = 1024 * 1024;

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

    int reader() const { return is_open_ ? reader_ : -1; }
    int writer() const { return writer_; }
    void close_writer() {
        if (writer_ >= 0) close(std::exchange(writer_, -1));
    }
    // What is there now, but not much more than so much in all. Who writes without end does not keep us here: we come
    // back after as much as the fullest pipe holds.
    void read_into(std::string& text, std::size_t most) {
        std::array<char, 65536> piece{};
        const auto before = text.size();
        while (is_open_ && text.size() <= most && text.size() - before < most_in_a_pipe) {
            const auto size = read(reader_, piece.data(), piece.size());
            if (size < 0 && errno == EINTR) continue;
            if (size < 0) return;
            is_open_ = size > 0;
            text.append(piece.data(), static_cast<std::size_t>(size));
        }
    }

private:
    int reader_ = -1;
    int writer_ = -1;
    bool is_open_ = true;
};

// The environment as it was asked for (Boost 1.83 has no header-only process_environment). In the child, before it
// becomes the program: it has a group that can be killed as a whole, and it does not outlive us.
struct ChildLaunch : CleanLaunch {
    std::vector<const char*> environment;

    explicit ChildLaunch(const Environment& entries) {
        for (const auto& entry : entries) environment.push_back(entry.c_str());
        environment.push_back(nullptr);
    }
    launching::error_code on_setup(launching::posix::default_launcher& launcher, const std::filesystem::path&,
                                   const char* const*) const {
        launcher.env = environment.data();
        return {};
    }
    launching::error_code on_exec_setup(launching::posix::default_launcher&, const std::filesystem::path&,
                                        const char* const*) const {
        setpgid(0, 0);
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        give_signals_back();
        return {};
    }
};

pid_t launch(const Child& child, int out, int err) try {
    const auto program = find_program(child.arguments.front());
    boost::asio::io_context context;
    launching::process started(context, program,
                               std::vector<std::string>(child.arguments.begin() + 1, child.arguments.end()),
                               launching::process_stdio{nullptr, out, err}, ChildLaunch(child.environment));
    const pid_t pid = started.id();
    started.detach();  // reaped below
    return pid;
} catch (const boost::system::system_error& failure) {
    throw base::Error(base::ErrorKind::not_executable,
                      std::format("cannot execute \"{}\": {}", child.arguments.front(), failure.code().message()));
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

}  // namespace

// Whoever keeps a pipe open without being the program holds nobody up: its end is what counts.
ChildResult run_child(const Child& child, base::Stop stop) {
    Pipe out;
    Pipe err;
    const Group group(launch(child, out.writer(), err.writer()));
    out.close_writer();
    err.close_writer();
    ChildResult result;
    const auto ended = [&](ChildEnd end, int status = 0) {
        result.end = end;
        result.status = status;
        return std::move(result);
    };
    while (true) {
        const auto ending = group.ending();
        out.read_into(result.out, child.most_output);
        err.read_into(result.err, 2 * most_of_err);
        if (result.err.size() > most_of_err) result.err.erase(0, result.err.size() - most_of_err);
        if (result.out.size() > child.most_output) return ended(ChildEnd::too_much_output);
        if (ending)
            return ended(ending->si_code == CLD_EXITED ? ChildEnd::exited : ChildEnd::by_signal, ending->si_status);
        stop.throw_if_interrupted();
        if (stop.is_past_deadline()) return ended(ChildEnd::out_of_time);
        stop.wait_for(out.reader(), POLLIN, between_looks);
    }
}

}  // namespace headgate::process
