// SPDX-License-Identifier: Apache-2.0
#include "process/signals.hpp"

#include <sys/signalfd.h>
#include <unistd.h>

#include "base/error.hpp"

namespace headgate::process {

namespace {

sigset_t ending_signals() {
    sigset_t set;
    sigemptyset(&set);
    for (const int number : {SIGTERM, SIGINT, SIGQUIT, SIGHUP}) sigaddset(&set, number);
    return set;
}

}  // namespace

SignalScope::SignalScope() {
    const auto set = ending_signals();
    sigprocmask(SIG_BLOCK, &set, &inherited_mask_);
    // A log reader that goes away must not kill a migration: writing then fails with EPIPE instead.
    struct sigaction ignore{};
    ignore.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &ignore, &inherited_sigpipe_);
    fd_ = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    if (fd_ < 0) throw base::Error(base::ErrorKind::internal, "signalfd failed");
}

SignalScope::~SignalScope() {
    close(fd_);
    sigaction(SIGPIPE, &inherited_sigpipe_, nullptr);
    sigprocmask(SIG_SETMASK, &inherited_mask_, nullptr);
}

void SignalScope::forget_pending() const {
    signalfd_siginfo signal{};
    while (read(fd_, &signal, sizeof signal) > 0) {
    }
}

}  // namespace headgate::process
