// SPDX-License-Identifier: Apache-2.0
#include "apply/known_failures.hpp"

#include <algorithm>
#include <array>
#include <format>

#include "base/text.hpp"

namespace headgate::apply {

namespace {

using base::Clock;
using base::Error;
using base::ErrorKind;
using base::Milliseconds;

constexpr Milliseconds remembered_for{60'000};
// From the end of the step that failed, which frees the lock, until its gate has written that down.
constexpr Milliseconds time_to_write{300};
constexpr std::chrono::seconds time_for_query{3};
constexpr std::size_t longest_text = 2000;

// Somebody cancelled the statement, the step met a lock with NOWAIT, or the machine lacks something (disk, memory): the
// next try may well succeed.
bool is_passing(const Error& error) {
    static constexpr std::array<std::string_view, 7> passing{"57014", "55P03",       "53",          "58",
                                                             "XX",    "SQLITE_FULL", "SQLITE_IOERR"};
    return std::ranges::any_of(passing, [&](std::string_view start) { return error.code.starts_with(start); });
}

std::string describe(const Error& error) {
    const auto place = base::render_spot(error.spot);
    auto text = place.empty() ? error.message : std::format("{} (at {})", error.message, place);
    if (text.size() > longest_text) text.resize(longest_text);
    if (const auto invalid = base::find_invalid_utf8(text)) text.resize(*invalid);
    return text;
}

bool is_upgrade(const plan::Step& step) {
    return step.direction == revision::Direction::upgrade;
}

}  // namespace

KnownFailures::KnownFailures(const Options& options, base::Stop stop) : options_(options), stop_(stop) {}

void KnownFailures::note_busy(const plan::Step& step) {
    busy_revision_ = step.revision->id;
}

// Whoever was at work on the first step has not done it, and may be about to say why.
void KnownFailures::read(database::Connection& connection, const plan::Plan& plan) {
    failures_.clear();
    const auto& first = plan.steps.front();
    if (!is_upgrade(first)) return;
    if (busy_revision_ == first.revision->id) stop_.sleep_for(time_to_write);
    busy_revision_.clear();
    failures_ = connection.read_failures(stop_.within(time_for_query));
    read_at_ = Clock::now();
}

const database::Failure* KnownFailures::find(const plan::Step& step) const {
    const auto found = std::ranges::find(failures_, step.revision->id, &database::Failure::revision);
    return found == failures_.end() || !is_upgrade(step) ? nullptr : &*found;
}

std::size_t KnownFailures::count_to_try(std::span<const plan::Step> steps) const {
    if (auto refusal = find_refusal(steps.front())) throw *std::move(refusal);
    const auto known = std::ranges::find_if(steps, [&](const auto& step) { return find_refusal(step).has_value(); });
    return static_cast<std::size_t>(known - steps.begin());
}

std::optional<Error> KnownFailures::find_refusal(const plan::Step& step) const {
    if (options_.failure_memory == FailureMemory::ignore) return std::nullopt;
    const auto* failure = find(step);
    if (failure == nullptr || failure->checksum != step.revision->upgrade.checksums.tokens) return std::nullopt;
    const auto age = failure->age + std::chrono::duration_cast<Milliseconds>(Clock::now() - read_at_);
    if (age < Milliseconds(0) || age >= remembered_for) return std::nullopt;
    auto error =
        Error(ErrorKind::step_failed,
              std::format("revision {} was not tried again: it failed {} ago on {} (run {}, at {}), and is "
                          "not tried for another {}: {}",
                          failure->revision, base::render_duration(age.count()), failure->host, failure->run_id,
                          failure->failed_at, base::render_duration((remembered_for - age).count()), failure->error))
            .with_code(failure->code)
            .with_hint("a changed file is tried at once, and so is headgate upgrade");
    error.revision = failure->revision;
    return error;
}

void KnownFailures::remember(database::Connection& connection, const plan::Step& step, const Error& error) const {
    const bool is_gate = options_.failure_memory == FailureMemory::heed;
    if (!is_gate || !is_upgrade(step) || stop_.is_requested()) return;
    if (error.kind != ErrorKind::step_failed || is_passing(error)) return;
    connection.remember_failure({.revision = step.revision->id,
                                 .checksum = step.revision->upgrade.checksums.tokens,
                                 .host = options_.author.host,
                                 .run_id = options_.author.run_id,
                                 .code = error.code,
                                 .error = describe(error),
                                 .failed_at = {}},
                                stop_.within(time_for_query));
}

void KnownFailures::forget(database::Connection& connection, std::span<const plan::Step> steps) const {
    for (const auto& step : steps) {
        if (find(step) != nullptr) connection.forget_failure(step.revision->id, stop_.within(time_for_query));
    }
}

}  // namespace headgate::apply
