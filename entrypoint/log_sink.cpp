// SPDX-License-Identifier: Apache-2.0
#include "entrypoint/log_sink.hpp"

#include <algorithm>
#include <climits>
#include <memory>
#include <string_view>

#include <poll.h>
#include <spdlog/details/null_mutex.h>
#include <spdlog/sinks/base_sink.h>
#include <unistd.h>

namespace headgate::entrypoint {

namespace {

constexpr int patience_ms = 1000;

class LogSink : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
protected:
    void sink_it_(const spdlog::details::log_msg& message) override {
        spdlog::memory_buf_t line;
        formatter_->format(message, line);
        write_bytes({line.data(), line.size()});
    }
    void flush_() override {}

private:
    // A pipe that has room at all has room for PIPE_BUF bytes.
    void write_bytes(std::string_view text) {
        while (!text.empty() && wait_for_room()) {
            const auto written = ::write(STDERR_FILENO, text.data(), std::min<std::size_t>(text.size(), PIPE_BUF));
            if (written <= 0) return;  // a full disk, a reader that is gone
            text.remove_prefix(static_cast<std::size_t>(written));
        }
    }

    // The first line that meets a stuck reader waits a little, the next ones do not.
    bool wait_for_room() {
        pollfd polled{STDERR_FILENO, POLLOUT, 0};
        is_stuck_ = poll(&polled, 1, is_stuck_ ? 0 : patience_ms) == 0;
        return !is_stuck_;
    }

    bool is_stuck_ = false;
};

}  // namespace

spdlog::sink_ptr make_log_sink() {
    return std::make_shared<LogSink>();
}

}  // namespace headgate::entrypoint
