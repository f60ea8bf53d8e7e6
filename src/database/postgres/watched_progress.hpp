// SPDX-License-Identifier: Apache-2.0
// A step's Progress that also tells who blocks the step: it stands between the driver, which says every second that
// the step still runs, and the one who wants to know.
#pragma once

#include <cstddef>
#include <string>

#include "database/connection.hpp"
#include "database/postgres/blocker_watch.hpp"

namespace headgate::database::postgres {

// What the watch needs to find the step: how to reach its server, and the tag of what it sends.
struct WatchedStep {
    const url::DatabaseUrl& url;
    const ConnectOptions& options;
    std::string tag;
    base::Milliseconds lock_timeout;
};

class WatchedProgress final : public Progress {
public:
    WatchedProgress(Progress& told, std::size_t index, WatchedStep step);

    void step_committed(std::size_t index, base::Milliseconds duration) override;
    void still_running(std::size_t index, base::Milliseconds so_far) override;
    void notice(std::size_t index, std::string_view severity, std::string_view message) override;
    // The step is over: tells what was found last. The second session is closed.
    void finish();

private:
    void tell();

    Progress& told_;
    std::size_t index_;
    BlockerWatch watch_;
};

}  // namespace headgate::database::postgres
