// SPDX-License-Identifier: Apache-2.0
// The signals that end headgate, held back while it works and seen through a descriptor; the way they were before is
// put back when the scope ends, so that the server inherits what headgate inherited.
#pragma once

#include <csignal>

#include "base/stop.hpp"

namespace headgate::process {

// Blocks SIGTERM, SIGINT, SIGHUP and SIGQUIT and ignores SIGPIPE for the whole process. Create it in main before
// any thread. Not copyable: one is enough.
class SignalScope {
public:
    SignalScope();
    ~SignalScope();
    SignalScope(const SignalScope&) = delete;
    SignalScope& operator=(const SignalScope&) = delete;

    // For who ends because of one: the exit code tells, which a signal would take away at the end of the scope.
    void forget_pending() const;
    base::Stop stop() const { return {fd_, base::Clock::time_point::max()}; }

private:
    int fd_ = -1;
    sigset_t inherited_mask_{};
    struct sigaction inherited_sigpipe_{};
};

}  // namespace headgate::process
