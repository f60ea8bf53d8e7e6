// SPDX-License-Identifier: Apache-2.0
// What a person sees while a step runs: its name and its seconds on a terminal, and the server's own notices.
#pragma once

#include <string>

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
    void blocked(std::size_t index, const database::Blocker& blocker) override;
    void building(std::size_t index, const database::BuildPhase& phase) override;
    // Who was last seen in the step's way; empty: nobody.
    const std::string& holder() const { return holder_; }
    // The step is over: takes the line away.
    void clear();

private:
    const plan::Step& step_;
    base::EventLog& log_;
    std::string holder_;
};

}  // namespace headgate::apply
