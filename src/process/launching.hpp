// SPDX-License-Identifier: Apache-2.0
// What every child that Boost launches needs of us, as a base of the initializer that the launcher is given.
#pragma once

#include <csignal>

#include <boost/process/v2.hpp>
#include <sys/wait.h>
#include <unistd.h>

namespace headgate::process {

namespace launching = boost::process::v2;

// (Boost 1.83 looks for its error hooks with other arguments than it gives them, so they take any.)
struct CleanLaunch {
    // In the child, before it becomes the program: the signals that headgate holds back are its own business again.
    static void give_signals_back() {
        sigset_t none;
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, nullptr);
        signal(SIGPIPE, SIG_DFL);
    }
    // The launcher would call exit(), which runs the destructors of a copy of this very process.
    template <class... Rest>
    void on_exec_error(const launching::posix::default_launcher&, const Rest&...) const {
        kill(getpid(), SIGKILL);
    }
    // Nor does it reap the child that could not become the program.
    template <class... Rest>
    void on_error(const launching::posix::default_launcher& launcher, const Rest&...) const {
        if (launcher.pid > 0) waitpid(launcher.pid, nullptr, 0);
    }
};

}  // namespace headgate::process
