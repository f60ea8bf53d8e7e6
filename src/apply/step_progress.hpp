// SPDX-License-Identifier: Apache-2.0
// What a person sees while steps run: name and seconds on a terminal, who is in the way, and the server's own notices.
#pragma once

#include <functional>
#include <span>
#include <string>

#include "base/event.hpp"
#include "database/connection.hpp"
#include "plan/planner.hpp"

namespace headgate::apply {

class StepProgress : public database::Progress {
public:
    using OnCommitted = std::function<void(const plan::Step& step, base::Milliseconds duration)>;

    // The steps that are handed over together; they outlive it.
    StepProgress(std::span<const plan::Step> steps, base::EventLog& log, OnCommitted on_committed = {});

    void step_committed(std::size_t index, base::Milliseconds duration) override;
    void still_running(std::size_t index, base::Milliseconds so_far) override;
    void notice(std::size_t index, std::string_view severity, std::string_view message) override;
    void blocked(std::size_t index, const database::Blocker& blocker) override;
    void building(std::size_t index, const database::BuildPhase& phase) override;
    // Who was last seen in the way of the step that runs; empty: nobody.
    const std::string& holder() const { return holder_; }
    // The steps are over: takes the line away.
    void clear();

private:
    const revision::Revision& revision(std::size_t index) const { return *steps_[index].revision; }
    void show(std::size_t index, const std::string& more);

    std::span<const plan::Step> steps_;
    base::EventLog& log_;
    OnCommitted on_committed_;
    std::string holder_;
};

void write_committed(const plan::Step& step, base::Milliseconds duration, base::EventLog& log);

}  // namespace headgate::apply
