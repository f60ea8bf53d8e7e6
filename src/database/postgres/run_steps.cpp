// SPDX-License-Identifier: Apache-2.0
#include "database/postgres/run_steps.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "database/postgres/exchange.hpp"

namespace headgate::database::postgres {

namespace {

using base::Error;
using base::ErrorKind;

StepsResult ended(StepEnd end, std::optional<Error> error) {
    StepsResult result;
    result.end = end;
    result.error = std::move(error);
    return result;
}

class Sending {
public:
    Sending(const StepSetting& setting, std::span<const StepScript> steps, const ledger::Expectation& expected,
            Progress& progress, base::Stop stop)
        : setting_(setting), steps_(steps), progress_(progress), stop_(stop) {
        all_.ledger = expected;
    }

    StepsResult send_all() {
        while (all_.committed < steps_.size() && all_.end == StepEnd::committed) send_next();
        return std::move(all_);
    }

private:
    void send_next() {
        const auto left = steps_.subspan(all_.committed);
        const auto count = is_one_by_one_ ? 1 : count_sent_together(left, setting_.frame.language);
        try {
            send(left.first(count));
        } catch (const Error& error) {
            add(not_begun(error, stop_));
        }
    }

    void send(std::span<const StepScript> steps) try {
        if (auto reason = find_stop_reason(stop_)) return add(ended(StepEnd::rolled_back, std::move(reason)));
        make_ready(setting_.connection, stop_);
        auto messages = make_step_messages(steps, setting_.frame, all_.ledger);
        StepRun run(setting_.connection, steps, std::move(messages), progress_, all_.committed, stop_, setting_.lock);
        auto result = run.run();
        // One of them cannot be read: those before it are to be run all the same.
        const bool is_unreadable = !run.was_begun() && result.end == StepEnd::rolled_back && !stop_.is_requested();
        if (is_unreadable && steps.size() > 1) {
            is_one_by_one_ = true;
        } else {
            add(std::move(result));
        }
    } catch (const std::exception&) {
        rethrow_translated();
    }

    void add(StepsResult part) {
        all_.committed += part.committed;
        std::ranges::copy(part.durations, std::back_inserter(all_.durations));
        if (part.committed > 0) all_.ledger = part.ledger;
        all_.end = part.end;
        all_.error = std::move(part.error);
    }

    const StepSetting& setting_;
    std::span<const StepScript> steps_;
    Progress& progress_;
    base::Stop stop_;
    StepsResult all_;
    bool is_one_by_one_ = false;
};

}  // namespace

StepsResult not_begun(const Error& error, const base::Stop& stop) {
    if (auto reason = find_stop_reason(stop)) return ended(StepEnd::rolled_back, std::move(reason));
    return ended(error.kind == ErrorKind::unreachable ? StepEnd::unknown : StepEnd::rolled_back, error);
}

StepsResult run_steps(const StepSetting& setting, std::span<const StepScript> steps,
                      const ledger::Expectation& expected, Progress& progress, base::Stop stop) {
    return Sending(setting, steps, expected, progress, stop).send_all();
}

}  // namespace headgate::database::postgres
