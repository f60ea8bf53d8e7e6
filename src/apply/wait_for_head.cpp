// SPDX-License-Identifier: Apache-2.0
#include "apply/wait_for_head.hpp"

#include <format>
#include <string>
#include <unordered_set>

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
// Of gate_timeout's own, so that the last look is not cut off the moment it begins.
constexpr std::chrono::seconds last_look{1};

database::LedgerReading read_ledger_once(const Connector& connector, const Options& options, base::EventLog& log,
                                         base::Stop stop) {
    const auto patient = stop.within(options.wait_timeout);
    base::Backoff backoff(Milliseconds(25), Milliseconds(1000));
    while (true) {
        const auto connection = wait_for_database(connector, options.wait_timeout, log, patient);
        try {
            return connection->read_ledger(patient);
        } catch (const Error& error) {
            if (error.kind != ErrorKind::unreachable || patient.is_past_deadline()) throw;
        }
        patient.sleep_for(backoff.next());
    }
}

// Pending is not diverged here: an unknown revision may be a sibling that is merged by what is still to come.
bool is_ready(const plan::Standing& standing, const Options& options) {
    if (!standing.pending.empty() || !standing.partial.empty()) return false;
    check_history(standing, options);
    return true;
}

std::string render_pending(const plan::Standing& standing) {
    if (!standing.partial.empty()) return std::format("{} is only partly applied", standing.partial.front()->revision);
    const auto more = standing.pending.size() - 1;
    return std::format("{} is not applied yet{}", standing.pending.front()->id,
                       more == 0 ? "" : std::format(", nor are {} more", more));
}

// What is missing, and who is at work on it.
std::string render_missing(const plan::Standing& standing, const database::LedgerReading& reading) {
    auto text = render_pending(standing);
    if (!reading.ledger.exists()) text += std::format("; there is no {} yet", reading.qualified_name);
    if (!standing.unknown.empty()) {
        text += std::format("; the database has {}, which has no file here", render_revisions(standing.unknown));
    }
    if (reading.holder) text += std::format("; migrating now: {}", reading.holder->description);
    return text;
}

class WaitForHead {
public:
    WaitForHead(const Connector& connector, const revision::Graph& graph, const plan::Target& target,
                const Options& options, base::EventLog& log, base::Stop stop)
        : connector_(connector),
          graph_(graph),
          target_(target),
          options_(options),
          log_(log),
          stop_(stop),
          bounded_(stop.within(options.gate_timeout)) {}

    void run() {
        while (!look()) {
            if (bounded_.is_past_deadline()) throw give_up();
            write_line();
            bounded_.sleep_for(backoff_.next());
        }
    }

private:
    // True: at head. The connection is closed when it comes back.
    bool look() {
        const auto reading = read();
        const auto standing = find_standing(reading.ledger);
        if (is_ready(standing, options_)) {
            write_history_warnings(standing, options_, log_);
            return true;
        }
        pending_ = standing.pending.size();
        missing_ = render_missing(standing, reading);
        return false;
    }

    // What lies beyond the target is not waited for.
    plan::Standing find_standing(const ledger::Ledger& ledger) const {
        auto standing = plan::find_standing(graph_, ledger);
        const auto below = plan::revisions_up_to(graph_, plan::find_goals(graph_, ledger, target_));
        const std::unordered_set<const revision::Revision*> wanted(below.begin(), below.end());
        std::erase_if(standing.pending, [&](const auto* revision) { return !wanted.contains(revision); });
        return standing;
    }

    // The first reading has wait_timeout to itself; a database that goes away later is waited for within gate_timeout.
    database::LedgerReading read() {
        try {
            const auto patient = missing_.empty() ? stop_ : stop_.until(bounded_.deadline() + last_look);
            return read_ledger_once(connector_, options_, log_, patient);
        } catch (const Error& error) {
            const bool is_over = error.kind == ErrorKind::unreachable && bounded_.is_past_deadline();
            if (missing_.empty() || !is_over) throw;
            missing_ += std::format(" (as last seen; now: {})", error.message);
            throw give_up();
        }
    }

    Error give_up() const {
        const auto waited = base::render_duration(milliseconds_since(start_));
        return Error(ErrorKind::busy, std::format("the database is not at head after {}: {}", waited, missing_))
            .with_hint(
                "is the migration running, with this image's revisions, in this database and with the same "
                "ledger_schema? headgate current shows where it is; gate_timeout sets how long headgate waits");
    }

    void write_line() {
        if (Clock::now() < next_line_) return;
        next_line_ = Clock::now() + between_lines;
        log_.write({base::Level::info,
                    "waiting_for_head",
                    std::format("waiting for the database to be at head: {}", missing_),
                    {{"pending", static_cast<std::int64_t>(pending_)}, {"waited_ms", milliseconds_since(start_)}}});
    }

    const Connector& connector_;
    const revision::Graph& graph_;
    const plan::Target& target_;
    const Options& options_;
    base::EventLog& log_;
    base::Stop stop_;
    base::Stop bounded_;
    Clock::time_point start_ = Clock::now();
    Clock::time_point next_line_{};
    base::Backoff backoff_{Milliseconds(100), Milliseconds(2000)};
    std::size_t pending_ = 0;
    std::string missing_;  // as last seen; empty: not looked yet
};

}  // namespace

void wait_for_head(const Connector& connector, const revision::Graph& graph, const plan::Target& target,
                   const Options& options, base::EventLog& log, base::Stop stop) {
    WaitForHead(connector, graph, target, options, log, stop).run();
}

}  // namespace headgate::apply
