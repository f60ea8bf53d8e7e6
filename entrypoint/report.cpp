// SPDX-License-Identifier: Apache-2.0
#include "entrypoint/report.hpp"

#include <format>

#include <fcntl.h>
#include <unistd.h>

#include "base/text.hpp"
#include "entrypoint/exit_code.hpp"

namespace headgate::entrypoint {

namespace {

constexpr const char* termination_log = "/dev/termination-log";  // Kubernetes: terminationMessagePath
constexpr std::size_t termination_log_size = 4096;

void add_line(std::string& text, std::string_view label, std::string_view value) {
    if (!value.empty()) text += std::format("\n  {}: {}", label, value);
}

std::string indent(std::string_view lines) {
    std::string text;
    for (const auto line : base::split_at(lines, '\n')) text += std::format("\n    {}", line);
    return text;
}

std::string render_problem(const base::Problem& problem) {
    const auto where = base::render_spot(problem.spot);
    auto text =
        where.empty() ? std::format("\n  {}", problem.message) : std::format("\n  {}: {}", where, problem.message);
    if (!problem.hint.empty()) text += std::format("\n      hint: {}", problem.hint);
    return text;
}

std::string render_exit(const base::Error& error) {
    return std::format("{} ({})", exit_status_of(error), meaning_of(exit_code_of(error)));
}

// Not in the middle of a character: a reader of UTF-8 would take the whole for damaged.
std::string cut_to(std::string text, std::size_t most) {
    constexpr std::string_view left_out = "\n…";
    if (text.size() <= most) return text;
    auto end = most - left_out.size();
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
    text.resize(end);
    return text += left_out;
}

// The file may be absent, a folder, or not ours: then the log has to do.
void write_termination_log(const std::string& text) {
    const int fd = open(termination_log, O_WRONLY | O_TRUNC | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0) return;
    const auto cause = cut_to(text, termination_log_size);
    [[maybe_unused]] const auto written = ::write(fd, cause.data(), cause.size());
    close(fd);
}

}  // namespace

std::string render_failure(const base::Error& error) {
    auto text = error.message;
    if (const auto where = base::render_spot(error.spot); !where.empty()) text += std::format("\n  at {}", where);
    if (!error.excerpt.empty()) text += indent(error.excerpt);
    add_line(text, "code", error.code);
    add_line(text, "detail", error.detail);
    for (const auto& problem : error.problems) text += render_problem(problem);
    add_line(text, "hint", error.hint);
    add_line(text, "committed before it, by this run", base::join(error.applied, ", "));
    add_line(text, "undone before it, by this run", base::join(error.undone, ", "));
    add_line(text, "exit", render_exit(error));
    return text;
}

void report_failure(const base::Error& error, base::Phase phase, base::EventLog& log) {
    const auto text = render_failure(error);
    base::Event event{base::Level::error,
                      "failed",
                      text,
                      {{"reason", error.message},
                       {"exit_code", std::int64_t{exit_status_of(error)}},
                       {"phase", std::string(base::name_of(phase))}}};
    const auto add = [&](const char* name, const std::string& value) {
        if (!value.empty()) event.fields.emplace_back(name, value);
    };
    add("revision", error.revision);
    add("file", error.spot.file);
    if (error.spot.line != 0) event.fields.emplace_back("line", static_cast<std::int64_t>(error.spot.line));
    if (error.spot.column != 0) event.fields.emplace_back("column", static_cast<std::int64_t>(error.spot.column));
    add("code", error.code);
    add("detail", error.detail);
    add("hint", error.hint);
    add("applied", base::join(error.applied, ","));
    add("undone", base::join(error.undone, ","));
    log.write(event);
    write_termination_log(text);
}

}  // namespace headgate::entrypoint
