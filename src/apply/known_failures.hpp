// SPDX-License-Identifier: Apache-2.0
// A failure is remembered: for a minute after a step failed on one gate, the others fail at once with the same words
// instead of repeating it. Best effort: whatever goes wrong with the remembering, the run goes on as without it.
#pragma once

#include <optional>
#include <span>
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
    // How many of the steps, from the first, did not just fail elsewhere. Throws Error(step_failed) where it is none,
    // and this run heeds that.
    std::size_t count_to_try(std::span<const plan::Step> steps) const;
    // After the step failed with `error`.
    void remember(database::Connection& connection, const plan::Step& step, const base::Error& error) const;
    // After the steps succeeded.
    void forget(database::Connection& connection, std::span<const plan::Step> steps) const;

private:
    const database::Failure* find(const plan::Step& step) const;
    std::optional<base::Error> find_refusal(const plan::Step& step) const;

    const Options& options_;
    base::Stop stop_;
    std::string busy_revision_;
    std::vector<database::Failure> failures_;
    base::Clock::time_point read_at_{};
};

}  // namespace headgate::apply
