// SPDX-License-Identifier: Apache-2.0
#include "apply/step_progress.hpp"

#include <format>
#include <string>

#include "base/text.hpp"

namespace headgate::apply {

StepProgress::StepProgress(const plan::Step& step, base::EventLog& log) : step_(step), log_(log) {
    log_.show_progress(
        std::format("{} {} {} …", revision::name_of(step_.direction), step_.revision->id, step_.revision->message));
}

void StepProgress::still_running(std::size_t, base::Milliseconds so_far) {
    log_.show_progress(std::format("{} {} {} … {}", revision::name_of(step_.direction), step_.revision->id,
                                   step_.revision->message, base::render_duration(so_far.count())));
}

void StepProgress::notice(std::size_t, std::string_view severity, std::string_view message) {
    const bool is_warning = severity == "WARNING";
    log_.write(
        {is_warning ? base::Level::warning : base::Level::debug,
         "server_notice",
         std::format("{}: {}: {}", step_.revision->id, severity, message),
         {{"revision", step_.revision->id}, {"severity", std::string(severity)}, {"message", std::string(message)}}});
}

void StepProgress::clear() {
    log_.show_progress({});
}

}  // namespace headgate::apply
