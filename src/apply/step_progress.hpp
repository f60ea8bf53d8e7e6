// SPDX-License-Identifier: Apache-2.0
// What a person sees while a step runs: its name and its seconds on a terminal, and the server's own notices.
#pragma once

#include "base/event.hpp"
#include "database/connection.hpp"
#include "plan/planner.hpp"

namespace headgate::apply {

class StepProgress : public database::Progress {
public:
    StepProgress(const plan::Step& step, base::EventLog& log);

    void step_committed(std::size_t, base::Milliseconds) override {}  // said by Migration, when it is settled
    void still_running(std::size_t index, base::Milliseconds so_far) override;
    void notice(std::size_t index, std::string_view severity, std::string_view message) override;
    // The step is over: takes the line away.
    void clear();

private:
    const plan::Step& step_;
    base::EventLog& log_;
};

}  // namespace headgate::apply
