// SPDX-License-Identifier: Apache-2.0
#include "apply/history_check.hpp"

#include <algorithm>
#include <format>
#include <ranges>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "base/text.hpp"

namespace headgate::apply {

namespace {

using base::Error;
using base::ErrorKind;
using base::Level;

// Enough for a message to a person.
constexpr std::size_t most_named = 5;

void write_drift(const plan::Drift& drift, base::EventLog& log) {
    const auto& revision = *drift.revision;
    const auto report = [&](Level level, const char* change, std::string sentence) {
        log.write({level,
                   "file_changed",
                   std::move(sentence),
                   {{"revision", revision.id}, {"file", revision.path.string()}, {"change", change}}});
    };
    switch (drift.kind) {
        case plan::DriftKind::comments_only:
            return report(Level::info, "comments",
                          std::format("{} was edited after {} was applied; only comments or white space changed",
                                      revision.path.string(), revision.id));
        case plan::DriftKind::other_algorithm:
            return report(Level::warning, "unknown",
                          std::format("{} cannot be compared with what was applied: another checksum version",
                                      revision.path.string()));
        case plan::DriftKind::statements_changed:
            return report(Level::warning, "statements",
                          std::format("{} was changed after {} was applied; the database has the old statements",
                                      revision.path.string(), revision.id));
    }
}

void check_drift(const plan::Standing& standing, const Options& options) {
    // A gate that has nothing to do starts all the same: one reformatted file must not stop a fleet.
    if (!standing.has_changed_statements() || standing.pending.empty() || options.changed_file != Verdict::fail) return;
    const auto& changed =
        *std::ranges::find(standing.drift, plan::DriftKind::statements_changed, &plan::Drift::kind)->revision;
    throw Error(ErrorKind::history_mismatch, std::format("revision {} was changed after it was applied", changed.id))
        .at({changed.path.string(), changed.upgrade.line, 0})
        .with_hint(std::format(
            "put the file back and write a new revision; or, if the database is right as it is: headgate repair {}",
            changed.id));
}

bool is_unknown(const plan::Standing& standing, const std::string& revision) {
    return std::ranges::contains(standing.unknown, revision, &ledger::Row::revision);
}

// A mistyped or forgotten leave would otherwise be silent, and there for a divergence that nobody has looked at.
void check_leave(const plan::Standing& standing, const Options& options) {
    for (const auto& revision : options.allowed_diverged) {
        if (is_unknown(standing, revision)) continue;
        throw Error(ErrorKind::usage,
                    std::format("--allow-diverged {}: the database has no revision {} that is missing here", revision,
                                revision))
            .with_hint(standing.unknown.empty()
                           ? "leave it out: the database has no revision that these files lack"
                           : std::format("what it has and these files lack: {}", render_revisions(standing.unknown)));
    }
}

// Nothing in common: most likely the database, or the ledger, of somebody else.
Error make_foreign_error(const plan::Standing& standing) {
    return Error(ErrorKind::history_mismatch,
                 std::format("the database has another history: {} (applied, but no file here); none of these files is "
                             "applied",
                             render_revisions(standing.unknown)))
        .with_hint(
            "is this the right database for this image, and the right migrations folder? Two applications in one "
            "schema want a ledger_schema each (HEADGATE_LEDGER_SCHEMA)");
}

Error make_diverged_error(const plan::Standing& standing) {
    std::string leave;
    for (const auto* row : standing.unknown | std::views::take(most_named)) {
        leave += std::format(" --allow-diverged {}", row->revision);
    }
    return Error(ErrorKind::history_mismatch,
                 std::format("the histories have diverged: the database has {}, which has no file here, while {} is "
                             "pending",
                             render_revisions(standing.unknown), standing.pending.front()->id))
        .with_hint(std::format("use an image that has both (merge the branches in the source); to apply what is "
                               "pending all the same, for one run: headgate upgrade{}",
                               leave));
}

void check_diverged(const plan::Standing& standing, const Options& options) {
    if (!standing.is_diverged()) return;
    const auto is_allowed = [&](const ledger::Row* row) {
        return std::ranges::contains(options.allowed_diverged, row->revision);
    };
    if (std::ranges::all_of(standing.unknown, is_allowed)) return;
    throw standing.in_common == 0 ? make_foreign_error(standing) : make_diverged_error(standing);
}

void check_breaking(const plan::Standing& standing, const Options& options) {
    if (options.database_ahead == Verdict::allow) return;
    const auto breaking = std::ranges::find_if(standing.unknown, [](const auto* row) { return row->is_breaking; });
    if (breaking == standing.unknown.end()) return;
    throw Error(ErrorKind::history_mismatch,
                std::format("revision {} of the database ({}) is marked as breaking older images, and this image does "
                            "not have it",
                            (*breaking)->revision, (*breaking)->message))
        .with_hint(
            "start an image that has it; only database_ahead = \"allow\" (HEADGATE_DATABASE_AHEAD) overrides this");
}

std::string sentence_of_ahead(const plan::Standing& standing) {
    return std::format("the database is ahead of these files: no file here for {}", render_revisions(standing.unknown));
}

void check_ahead(const plan::Standing& standing, const Options& options) {
    if (!standing.is_ahead() || options.database_ahead != Verdict::fail) return;
    throw Error(ErrorKind::history_mismatch, sentence_of_ahead(standing))
        .with_hint(
            "start a newer image; or, if this one can serve from the newer schema: database_ahead = \"warn\" "
            "(HEADGATE_DATABASE_AHEAD)");
}

// What another image began, and this one cannot go on with. Its own are gone on with.
void check_partial(const plan::Standing& standing) {
    for (const auto* row : standing.partial) {
        if (!std::ranges::contains(standing.unknown, row)) continue;
        throw Error(ErrorKind::outcome_unknown,
                    std::format("revision {} is only partly applied ({} statements are done), and has no file here",
                                row->revision, row->statements_done))
            .with_hint("start the image that has it: it goes on where it was");
    }
}

}  // namespace

std::string render_revisions(const std::vector<const ledger::Row*>& rows) {
    std::vector<std::string> names;
    for (const auto* row : rows | std::views::take(most_named)) names.push_back(row->revision);
    const auto more = rows.size() - names.size();
    return base::join(names, ", ") + (more == 0 ? std::string() : std::format(" and {} more", more));
}

void check_history(const plan::Standing& standing, const Options& options) {
    check_partial(standing);
    check_leave(standing, options);
    check_diverged(standing, options);
    check_breaking(standing, options);
    check_ahead(standing, options);
    check_drift(standing, options);
}

void write_history_warnings(const plan::Standing& standing, const Options& options, base::EventLog& log) {
    for (const auto& drift : standing.drift) write_drift(drift, log);
    if (standing.is_diverged()) {
        log.write({Level::warning,
                   "history_diverged",
                   std::format("going on although the histories have diverged, as --allow-diverged says: the database "
                               "has {}, which has no file here",
                               render_revisions(standing.unknown)),
                   {{"unknown", render_revisions(standing.unknown)}}});
    }
    if (standing.is_ahead() && options.database_ahead != Verdict::allow) {
        log.write({Level::warning,
                   "database_ahead",
                   sentence_of_ahead(standing),
                   {{"unknown", render_revisions(standing.unknown)}}});
    }
}

std::optional<Error> find_foreign(const database::Surroundings& around, const std::string& ledger_name) {
    const auto fault = [&](std::string_view what, const std::vector<std::string>& names, const std::string& hint) {
        const bool more = names.size() > most_named;
        const auto shown = std::vector(names.begin(), names.begin() + std::ssize(names | std::views::take(most_named)));
        return Error(ErrorKind::history_mismatch,
                     std::format("no applied revision is recorded in {}, but {}: {}{}", ledger_name, what,
                                 base::join(shown, ", "), more ? ", …" : ""))
            .with_hint(hint);
    };
    constexpr auto start_beside =
        "to start a new history from base beside it, for one run: headgate upgrade --onto-existing";
    if (!around.other_ledgers.empty()) {
        return fault(
            "there is another ledger", around.other_ledgers,
            std::format("if that is this application's: set ledger_schema to its schema, or look at the role and its "
                        "search_path; {}",
                        start_beside));
    }
    if (!around.other_histories.empty()) {
        return fault("another tool's history is there", around.other_histories,
                     std::format("headgate adopt (where it is Alembic's) or headgate stamp REV takes the database over "
                                 "without running anything; {}",
                                 start_beside));
    }
    const auto recover = std::format(
        "after a restore: was it complete? Where they are the work of revisions: headgate stamp REV records those "
        "without running anything; {}",
        start_beside);
    if (!around.tables.empty()) return fault("the database holds tables", around.tables, recover);
    if (!around.other_objects.empty()) return fault("the database is not empty", around.other_objects, recover);
    return std::nullopt;
}

}  // namespace headgate::apply
