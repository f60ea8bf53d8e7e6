// SPDX-License-Identifier: Apache-2.0
// Looks at the clock and at signals while SQLite works, through its progress handler: ends a statement that should stop
// and says about once a second that it still runs. SQLite works in our own thread, so nobody else could.
#pragma once

#include <functional>

#include "base/stop.hpp"

struct sqlite3;

namespace headgate::database::sqlite {

class Watch {
public:
    using StillRunning = std::function<void(base::Milliseconds so_far)>;  // must not throw

    // Watches `handle`, which must outlive it. One Watch a handle at a time.
    Watch(sqlite3* handle, base::Stop stop, StillRunning still_running = {});
    ~Watch();
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

    // To be asked between statements: short ones never reach the progress handler.
    bool should_stop();
    // From here on nothing is interrupted: for COMMIT and ROLLBACK.
    void end();

private:
    static int on_progress(void* watch);

    sqlite3* handle_;
    base::Stop stop_;
    StillRunning still_running_;
    base::Clock::time_point started_;
    base::Clock::time_point next_look_;
    base::Clock::time_point next_report_;
};

}  // namespace headgate::database::sqlite
