// SPDX-License-Identifier: Apache-2.0
// A failure is remembered: for a minute after a step failed on one gate, the others fail at once with the same words
// instead of repeating it. Best effort: whatever goes wrong with the remembering, the run goes on as without it.
#pragma once

#include <string>
#include <vector>

#include "apply/options.hpp"
#include "base/error.hpp"
#include "plan/planner.hpp"

namespace headgate::apply {

class KnownFailures {
public:
    KnownFailures(const Options& options, base::Stop stop);

    // Somebody else is at work on the step.
    void note_busy(const plan::Step& step);
    // Before a plan is applied: one query for all its steps.
    void read(database::Connection& connection, const plan::Plan& plan);
    // Throws Error(step_failed) where the very same step has just failed elsewhere, and this run heeds that.
    void check(const plan::Step& step) const;
    // After the step failed with `error`.
    void remember(database::Connection& connection, const plan::Step& step, const base::Error& error) const;
    // After the step succeeded.
    void forget(database::Connection& connection, const plan::Step& step) const;

private:
    const database::Failure* find(const plan::Step& step) const;

    const Options& options_;
    base::Stop stop_;
    std::string busy_revision_;
    std::vector<database::Failure> failures_;
    base::Clock::time_point read_at_{};
};

}  // namespace headgate::apply
