// SPDX-License-Identifier: Apache-2.0
#include "entrypoint/event_log.hpp"

#include <chrono>
#include <format>
#include <mutex>

#include <nlohmann/json.hpp>
#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <unistd.h>

#include "entrypoint/log_sink.hpp"

namespace headgate::entrypoint {

namespace {

using base::Event;
using base::Level;

spdlog::level::level_enum to_spdlog(Level level) {
    switch (level) {
        case Level::debug:
            return spdlog::level::debug;
        case Level::info:
            return spdlog::level::info;
        case Level::warning:
            return spdlog::level::warn;
        case Level::error:
            return spdlog::level::err;
    }
    return spdlog::level::err;
}

std::string_view name_of(Level level) {
    switch (level) {
        case Level::debug:
            return "debug";
        case Level::info:
            return "info";
        case Level::warning:
            return "warning";
        case Level::error:
            return "error";
    }
    return "error";
}

// A logger outside spdlog's registry: nothing global is made, and nothing has to be taken down before execve.
spdlog::logger make_logger(spdlog::sink_ptr sink, const char* pattern, const std::string& level) {
    spdlog::logger logger("headgate", std::move(sink));
    logger.set_pattern(pattern, spdlog::pattern_time_type::utc);
    logger.set_level(spdlog::level::from_str(level));
    logger.flush_on(spdlog::level::debug);
    // A log that cannot be written (full disk, reader gone) must not stop a migration.
    logger.set_error_handler([](const std::string&) {});
    return logger;
}

// A server's words may hold escape sequences: they are shown, never obeyed by the terminal.
std::string without_control_characters(std::string_view text) {
    std::string shown;
    for (const char byte : text) {
        const auto code = static_cast<unsigned char>(byte);
        const bool is_control = (code < 0x20 && byte != '\n' && byte != '\t') || code == 0x7F;
        if (is_control) {
            shown += std::format("\\x{:02x}", code);
        } else {
            shown += byte;
        }
    }
    return shown;
}

class TextLog : public base::EventLog {
public:
    explicit TextLog(const std::string& level)
        : is_terminal_(isatty(STDERR_FILENO) == 1), logger_(make_text_logger(is_terminal_, level)) {}

    void write(const Event& event) noexcept override {
        take_progress_away();
        logger_.log(to_spdlog(event.level), without_control_characters(event.sentence));
    }

    void show_progress(std::string_view line) noexcept override {
        if (!is_terminal_) return;
        take_progress_away();
        if (line.empty()) return;
        write_raw(without_control_characters(line));
        is_progress_shown_ = true;
    }

private:
    static spdlog::logger make_text_logger(bool is_terminal, const std::string& level) {
        if (!is_terminal) return make_logger(make_log_sink(), "%Y-%m-%dT%H:%M:%S.%eZ %-7l %v", level);
        return make_logger(std::make_shared<spdlog::sinks::stderr_color_sink_st>(), "%^%-7l%$ %v", level);
    }

    void take_progress_away() noexcept {
        if (!std::exchange(is_progress_shown_, false)) return;
        write_raw("\r\x1b[K");
    }

    static void write_raw(std::string_view text) noexcept {
        std::fwrite(text.data(), 1, text.size(), stderr);
        std::fflush(stderr);
    }

    bool is_terminal_;
    bool is_progress_shown_ = false;
    spdlog::logger logger_;
};

class JsonLog : public base::EventLog {
public:
    JsonLog(const std::string& level, std::string run_id, std::string image_label)
        : logger_(make_logger(make_log_sink(), "%v", level)),
          run_id_(std::move(run_id)),
          image_label_(std::move(image_label)) {}

    void write(const Event& event) noexcept override {
        if (logger_.should_log(to_spdlog(event.level))) logger_.log(to_spdlog(event.level), render(event));
    }

    void show_progress(std::string_view) noexcept override {}

private:
    std::string render(const Event& event) const {
        const auto now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
        nlohmann::ordered_json line{{"time", std::format("{:%FT%T}Z", now)},
                                    {"level", name_of(event.level)},
                                    {"event", event.name},
                                    {"msg", event.sentence},
                                    {"run_id", run_id_}};
        if (!image_label_.empty()) line["image_label"] = image_label_;
        for (const auto& [name, value] : event.fields) {
            std::visit([&](const auto& field) { line[name] = field; }, value);
        }
        // A server's words may be in any encoding: what is not UTF-8 is replaced, never fatal.
        return line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
    }

    spdlog::logger logger_;
    std::string run_id_;
    std::string image_label_;
};

}  // namespace

std::unique_ptr<base::EventLog> make_event_log(settings::LogFormat format, const std::string& level,
                                               const std::string& run_id, const std::string& image_label) {
    if (format == settings::LogFormat::json) return std::make_unique<JsonLog>(level, run_id, image_label);
    return std::make_unique<TextLog>(level);
}

}  // namespace headgate::entrypoint
