// SPDX-License-Identifier: Apache-2.0
#include "apply/step_progress.hpp"

#include <format>
#include <string>
#include <utility>

#include "base/text.hpp"

namespace headgate::apply {

StepProgress::StepProgress(std::span<const plan::Step> steps, base::EventLog& log, OnCommitted on_committed)
    : steps_(steps), log_(log), on_committed_(std::move(on_committed)) {
    show(0, "");
}

void StepProgress::show(std::size_t index, const std::string& more) {
    const auto& step = steps_[index];
    log_.show_progress(std::format("{} {} {} …{}", revision::name_of(step.direction), step.revision->id,
                                   step.revision->message, more));
}

void StepProgress::step_committed(std::size_t index, base::Milliseconds duration) {
    holder_.clear();
    if (on_committed_) on_committed_(steps_[index], duration);
    if (index + 1 < steps_.size()) show(index + 1, "");
}

void StepProgress::still_running(std::size_t index, base::Milliseconds so_far) {
    show(index, " " + base::render_duration(so_far.count()));
}

void StepProgress::notice(std::size_t index, std::string_view severity, std::string_view message) {
    const bool is_warning = severity == "WARNING";
    log_.write(
        {is_warning ? base::Level::warning : base::Level::debug,
         "server_notice",
         std::format("{}: {}: {}", revision(index).id, severity, message),
         {{"revision", revision(index).id}, {"severity", std::string(severity)}, {"message", std::string(message)}}});
}

void StepProgress::blocked(std::size_t index, const database::Blocker& blocker) {
    holder_ = database::render_holder(blocker);
    const auto others = blocker.others == 0 ? std::string() : std::format(", and {} more", blocker.others);
    log_.write({base::Level::warning,
                "step_blocked",
                std::format("revision {} has waited {} for {}: in its way is {}{}", revision(index).id,
                            base::render_duration(blocker.waited.count()), blocker.wanted, holder_, others),
                {{"revision", revision(index).id},
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

void StepProgress::building(std::size_t index, const database::BuildPhase& phase) {
    const auto percent = phase.percent ? std::format(", {} %", *phase.percent) : std::string();
    base::Event event{base::Level::info,
                      "step_phase",
                      std::format("revision {}: {}{}", revision(index).id, phase.name, percent),
                      {{"revision", revision(index).id}, {"build_phase", phase.name}}};
    if (phase.percent) event.fields.emplace_back("percent", std::int64_t{*phase.percent});
    log_.write(event);
}

void StepProgress::clear() {
    log_.show_progress({});
}

void write_committed(const plan::Step& step, base::Milliseconds duration, base::EventLog& log) {
    const auto& revision = *step.revision;
    const bool is_upgrade = step.direction == revision::Direction::upgrade;
    log.write({base::Level::info,
               is_upgrade ? "step_applied" : "step_undone",
               std::format("{} {} {} ({})", is_upgrade ? "applied" : "undone", revision.id, revision.message,
                           base::render_duration(duration.count())),
               {{"revision", revision.id}, {"message", revision.message}, {"duration_ms", duration.count()}}});
}

}  // namespace headgate::apply
