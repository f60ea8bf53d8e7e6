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

void StepProgress::blocked(std::size_t, const database::Blocker& blocker) {
    holder_ = database::render_holder(blocker);
    const auto others = blocker.others == 0 ? std::string() : std::format(", and {} more", blocker.others);
    log_.write({base::Level::warning,
                "step_blocked",
                std::format("revision {} has waited {} for {}: in its way is {}{}", step_.revision->id,
                            base::render_duration(blocker.waited.count()), blocker.wanted, holder_, others),
                {{"revision", step_.revision->id},
                 {"waited_ms", blocker.waited.count()},
                 {"wanted", blocker.wanted},
                 {"holder", holder_},
                 {"holder_pid", blocker.pid},
                 {"holder_application", blocker.application},
                 {"holder_client", blocker.client},
                 {"holder_state", blocker.state},
                 {"holder_since", blocker.since},
                 {"holder_query", blocker.query},
                 {"holder_lock", blocker.holds},
                 {"other_holders", blocker.others}}});
}

void StepProgress::building(std::size_t, const database::BuildPhase& phase) {
    const auto percent = phase.percent ? std::format(", {} %", *phase.percent) : std::string();
    base::Event event{base::Level::info,
                      "step_phase",
                      std::format("revision {}: {}{}", step_.revision->id, phase.name, percent),
                      {{"revision", step_.revision->id}, {"build_phase", phase.name}}};
    if (phase.percent) event.fields.emplace_back("percent", std::int64_t{*phase.percent});
    log_.write(event);
}

void StepProgress::clear() {
    log_.show_progress({});
}

}  // namespace headgate::apply
