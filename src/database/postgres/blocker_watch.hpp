// SPDX-License-Identifier: Apache-2.0
// A second pair of eyes on a step that takes long: a thread with a session of its own, which looks now and then why
// the step waits. It is best effort in everything: where there is no second session to be had, nothing is said, and it
// ends within milliseconds whatever it does.
#pragma once

#include <mutex>
#include <string>
#include <thread>

#include "database/driver.hpp"
#include "database/postgres/blockers.hpp"
#include "database/postgres/handles.hpp"

namespace headgate::database::postgres {

// From when on a step is slow. A step that meets its lock_timeout (2 s by default) must have been looked at before:
// so after half of it, and after two seconds at the latest.
base::Milliseconds time_until_slow(base::Milliseconds lock_timeout);

// What a look has found that is worth telling.
struct News {
    std::optional<Blocker> blocker;
    std::optional<BuildPhase> phase;
};

class BlockerWatch {
public:
    // The references outlive the watch. Costs nothing until it is started.
    BlockerWatch(const url::DatabaseUrl& url, const ConnectOptions& options, std::string tag,
                 base::Milliseconds lock_timeout);
    ~BlockerWatch() { end(); }
    BlockerWatch(const BlockerWatch&) = delete;
    BlockerWatch& operator=(const BlockerWatch&) = delete;

    // These belong to the step's thread and never throw. Starts the thread when the step has become slow.
    void start_if_slow(base::Milliseconds elapsed) noexcept;
    // What has not been taken yet.
    News take();
    void end() noexcept;

private:
    void watch() noexcept;
    void look();
    void note(const Sight& sight);
    bool is_ended_after(base::Clock::duration pause) const;

    const url::DatabaseUrl& url_;
    const ConnectOptions& options_;
    const std::string tag_;
    const base::Milliseconds slow_;

    bool is_tried_ = false;
    // A pipe. Its writing end is closed when the thread is to end, which cannot be read away.
    int end_fd_ = -1;
    int end_writer_ = -1;
    std::thread thread_;

    // The thread's own.
    OwnedConnection session_;
    std::string query_;
    base::Clock::time_point waits_since_{};
    std::int64_t told_pid_ = -1;
    base::Clock::time_point blocker_told_{};
    std::string told_phase_;
    base::Clock::time_point phase_told_{};

    std::mutex mutex_;  // for news_
    News news_;
};

}  // namespace headgate::database::postgres
