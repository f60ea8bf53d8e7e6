// SPDX-License-Identifier: Apache-2.0
#include "apply/wait_for_head.hpp"

#include <format>

#include "apply/elapsed.hpp"
#include "apply/history_check.hpp"
#include "apply/wait.hpp"
#include "base/backoff.hpp"
#include "base/error.hpp"
#include "base/text.hpp"

namespace headgate::apply {

namespace {

using base::Clock;
using base::Error;
using base::ErrorKind;
using base::Milliseconds;

constexpr std::chrono::seconds between_lines{10};

ledger::Ledger read_ledger_once(const Connector& connector, const Options& options, base::EventLog& log,
                                base::Stop stop) {
    options.enter(base::Phase::connect);
    const auto connection = wait_for_database(connector, options.wait_timeout, log, stop);
    options.enter(base::Phase::ledger);
    return connection->read_ledger(stop.within(options.wait_timeout)).ledger;
}

// Pending is not diverged here: an unknown revision may be a sibling that is merged by what is still to come.
bool is_ready(const plan::Standing& standing, const Options& options) {
    if (!standing.pending.empty() || !standing.partial.empty()) return false;
    check_history(standing, options);
    return true;
}

std::string render_missing(const plan::Standing& standing) {
    if (!standing.partial.empty()) return std::format("{} is only partly applied", standing.partial.front()->revision);
    const auto& next = *standing.pending.front();
    const auto more = standing.pending.size() - 1;
    return std::format("{} is not applied yet{}", next.id, more == 0 ? "" : std::format(", nor are {} more", more));
}

}  // namespace

void wait_for_head(const Connector& connector, const revision::Graph& graph, const Options& options,
                   base::EventLog& log, base::Stop stop) {
    const auto start = Clock::now();
    const auto bounded = stop.within(options.gate_timeout);
    base::Backoff backoff(Milliseconds(100), Milliseconds(2000));
    Clock::time_point next_line{};
    while (true) {
        const auto ledger = read_ledger_once(connector, options, log, stop);
        options.enter(base::Phase::plan);
        const auto standing = plan::find_standing(graph, ledger);
        if (is_ready(standing, options)) return write_history_warnings(standing, options, log);
        const auto missing = render_missing(standing);
        const auto waited = milliseconds_since(start);
        if (bounded.is_past_deadline()) {
            throw Error(ErrorKind::busy,
                        std::format("the database is not at head after {}: {}", base::render_duration(waited), missing))
                .with_hint("is the migration running, and of this image? gate_timeout sets how long headgate waits");
        }
        if (Clock::now() >= next_line) {
            next_line = Clock::now() + between_lines;
            log.write({base::Level::info,
                       "waiting_for_head",
                       std::format("waiting for the database to be at head: {}", missing),
                       {{"pending", static_cast<std::int64_t>(standing.pending.size())}, {"waited_ms", waited}}});
        }
        bounded.sleep_for(backoff.next());
    }
}

}  // namespace headgate::apply
