// SPDX-License-Identifier: Apache-2.0
#include "process/init.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <format>

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.hpp"

namespace headgate::process {

namespace {

// What the kernel sends for a fault of our own: to hold it back would be to loop on the fault.
constexpr std::array faults{SIGSEGV, SIGBUS, SIGFPE, SIGILL};

sigset_t all_but_faults() {
    sigset_t set;
    sigfillset(&set);
    for (const int number : faults) sigdelset(&set, number);
    return set;
}

bool is_from_terminal(int stop_signal) {
    return stop_signal == SIGTSTP || stop_signal == SIGTTIN || stop_signal == SIGTTOU;
}

int exit_status(int status) {
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

// The signals are held back before the server is there, so that none of its own gets lost.
class Init {
public:
    Init() : held_back_(all_but_faults()) {
        sigprocmask(SIG_SETMASK, &held_back_, &inherited_mask_);
        // Where SIGCHLD is ignored the kernel reaps, and the server's status would be lost.
        struct sigaction by_default{};
        sigaction(SIGCHLD, &by_default, &inherited_sigchld_);
        // Elsewhere than as PID 1: orphans of the server come to us. As PID 1 they do anyway.
        prctl(PR_SET_CHILD_SUBREAPER, 1);
        has_terminal_ = tcgetpgrp(STDIN_FILENO) == getpgrp();
    }

    // A process group of its own for the server, as tini does: what is typed at the terminal (Ctrl-C) then comes to the
    // server once, from the terminal, and not a second time from us. Both sides of the fork do it, so that neither runs
    // on before it is done.
    std::optional<int> run() {
        server_ = fork();
        if (server_ < 0) {
            throw base::Error(base::ErrorKind::io_failed,
                              std::format("no process for the server: {}", std::strerror(errno)));
        }
        setpgid(server_, 0);
        give_terminal(server_ == 0 ? getpid() : server_);
        if (server_ != 0) return stay();
        sigaction(SIGCHLD, &inherited_sigchld_, nullptr);
        sigprocmask(SIG_SETMASK, &inherited_mask_, nullptr);
        return std::nullopt;
    }

private:
    // SIGTTOU, which a process in the background would get for this, is held back.
    void give_terminal(pid_t group) const {
        if (has_terminal_) tcsetpgrp(STDIN_FILENO, group);
    }

    int stay() {
        prctl(PR_SET_NAME, "headgate-init");
        while (!ending_) {
            int number = 0;
            if (sigwait(&held_back_, &number) != 0) continue;
            if (number == SIGCHLD) {
                reap();
            } else {
                pass_on(number);
            }
        }
        return *ending_;
    }

    void reap() {
        int status = 0;
        for (pid_t child = 0; (child = waitpid(-1, &status, WNOHANG | WUNTRACED)) > 0;) {
            if (child == server_) take(status);
        }
    }

    void take(int status) {
        if (!WIFSTOPPED(status)) {
            ending_ = exit_status(status);
        } else if (has_terminal_ && is_from_terminal(WSTOPSIG(status))) {
            // Ctrl-Z: the shell that began us is to see it. (PID 1 cannot be stopped; for it this is nothing.)
            raise(SIGSTOP);
        }
    }

    void pass_on(int number) const {
        if (number == SIGPIPE) return;  // about a pipe of ours
        if (number == SIGCONT) give_terminal(server_);
        kill(server_, number);
    }

    sigset_t held_back_;
    sigset_t inherited_mask_{};
    struct sigaction inherited_sigchld_{};
    bool has_terminal_ = false;
    pid_t server_ = -1;
    std::optional<int> ending_;
};

}  // namespace

std::optional<int> stay_as_init() {
    return Init().run();
}

}  // namespace headgate::process
