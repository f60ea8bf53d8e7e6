// SPDX-License-Identifier: Apache-2.0
#include "database/sqlite/watch.hpp"

#include <utility>

#include <sqlite3.h>

namespace headgate::database::sqlite {

namespace {

// Instructions of SQLite's virtual machine between two looks at the clock: tens of microseconds.
constexpr int instructions_between_looks = 2000;
// Asking for signals is a system call, so it is done less often.
constexpr base::Milliseconds between_stop_checks{20};
constexpr base::Milliseconds between_reports{1000};

}  // namespace

Watch::Watch(sqlite3* handle, base::Stop stop, StillRunning still_running)
    : handle_(handle),
      stop_(stop),
      still_running_(std::move(still_running)),
      started_(base::Clock::now()),
      next_look_(started_),
      next_report_(started_ + between_reports) {
    sqlite3_progress_handler(handle_, instructions_between_looks, &Watch::on_progress, this);
}

Watch::~Watch() {
    end();
}

void Watch::end() {
    sqlite3_progress_handler(handle_, 0, nullptr, nullptr);
}

bool Watch::should_stop() {
    const auto now = base::Clock::now();
    if (now < next_look_) return false;
    if (stop_.is_requested()) return true;
    next_look_ = now + between_stop_checks;
    if (still_running_ && now >= next_report_) {
        still_running_(std::chrono::duration_cast<base::Milliseconds>(now - started_));
        next_report_ = now + between_reports;
    }
    return false;
}

int Watch::on_progress(void* watch) {
    return static_cast<Watch*>(watch)->should_stop() ? 1 : 0;
}

}  // namespace headgate::database::sqlite
