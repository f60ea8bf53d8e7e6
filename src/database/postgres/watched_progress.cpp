// SPDX-License-Identifier: Apache-2.0
#include "database/postgres/watched_progress.hpp"

#include <utility>

namespace headgate::database::postgres {

WatchedProgress::WatchedProgress(Progress& told, std::size_t index, WatchedStep step)
    : told_(told), index_(index), watch_(step.url, step.options, std::move(step.tag), step.lock_timeout) {}

void WatchedProgress::step_committed(std::size_t index, base::Milliseconds duration) {
    told_.step_committed(index, duration);
}

void WatchedProgress::still_running(std::size_t index, base::Milliseconds so_far) {
    index_ = index;
    watch_.start_if_slow(so_far);
    tell();
    told_.still_running(index, so_far);
}

void WatchedProgress::notice(std::size_t index, std::string_view severity, std::string_view message) {
    told_.notice(index, severity, message);
}

void WatchedProgress::finish() {
    watch_.end();
    tell();
}

void WatchedProgress::tell() {
    const auto news = watch_.take();
    if (news.blocker) told_.blocked(index_, *news.blocker);
    if (news.phase) told_.building(index_, *news.phase);
}

}  // namespace headgate::database::postgres
