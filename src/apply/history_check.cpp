// SPDX-License-Identifier: Apache-2.0
#include "apply/history_check.hpp"

#include <algorithm>
#include <format>
#include <string>

#include "base/error.hpp"
#include "base/text.hpp"

namespace headgate::apply {

namespace {

using base::Error;
using base::ErrorKind;
using base::Level;

std::string names_of(const std::vector<const ledger::Row*>& rows) {
    std::vector<std::string> names;
    for (const auto* row : rows) names.push_back(row->revision);
    return base::join(names, ", ");
}

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

void check_diverged(const plan::Standing& standing, const Options& options) {
    if (!standing.is_diverged()) return;
    const auto is_allowed = [&](const ledger::Row* row) {
        return std::ranges::contains(options.allowed_diverged, row->revision);
    };
    if (std::ranges::all_of(standing.unknown, is_allowed)) return;
    throw Error(
        ErrorKind::history_mismatch,
        std::format("the histories have diverged: the database has {}, which has no file here, while {} is pending",
                    names_of(standing.unknown), standing.pending.front()->id))
        .with_hint("merge the branches in the source, or allow it for one run: --allow-diverged REV");
}

std::string sentence_of_ahead(const plan::Standing& standing) {
    return std::format("the database is ahead of these files: {} has no file here", names_of(standing.unknown));
}

void check_ahead(const plan::Standing& standing, const Options& options) {
    if (!standing.is_ahead() || options.database_ahead == Verdict::allow) return;
    const auto breaking = std::ranges::find_if(standing.unknown, [](const auto* row) { return row->is_breaking; });
    if (breaking != standing.unknown.end()) {
        throw Error(
            ErrorKind::history_mismatch,
            std::format(
                "revision {} of the database is marked as breaking older images, and this image does not have it",
                (*breaking)->revision))
            .with_hint("deploy an image that has it; only database_ahead = \"allow\" overrides this");
    }
    if (options.database_ahead == Verdict::fail) {
        throw Error(ErrorKind::history_mismatch, sentence_of_ahead(standing))
            .with_hint("deploy a newer image, or set database_ahead = \"warn\"");
    }
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

void check_history(const plan::Standing& standing, const Options& options) {
    check_partial(standing);
    check_diverged(standing, options);
    check_ahead(standing, options);
    check_drift(standing, options);
}

void write_history_warnings(const plan::Standing& standing, const Options& options, base::EventLog& log) {
    for (const auto& drift : standing.drift) write_drift(drift, log);
    if (!standing.is_ahead() || options.database_ahead == Verdict::allow) return;
    log.write(
        {Level::warning, "database_ahead", sentence_of_ahead(standing), {{"unknown", names_of(standing.unknown)}}});
}

void check_surroundings(const database::Surroundings& around, const std::string& ledger_name) {
    const auto refuse = [&](const std::string& why, const std::string& hint) {
        throw Error(ErrorKind::history_mismatch,
                    std::format("no applied revision is recorded in {}, but {}", ledger_name, why))
            .with_hint(hint);
    };
    if (!around.other_ledgers.empty()) {
        refuse(std::format("there is another ledger: {}", base::join(around.other_ledgers, ", ")),
               "set ledger_schema to its schema, or check search_path and the role");
    }
    if (!around.other_histories.empty()) {
        refuse(std::format("another tool's history is there: {}", base::join(around.other_histories, ", ")),
               "headgate stamp REV takes the database over at that revision without running anything");
    }
    if (!around.tables.empty()) {
        constexpr std::size_t shown = 5;
        auto tables = around.tables;
        const bool more = tables.size() > shown;
        if (more) tables.resize(shown);
        refuse(std::format("the schema holds tables: {}{}", base::join(tables, ", "), more ? ", …" : ""),
               "headgate stamp REV where they are a revision's work (a restored dump?); --onto-existing to start from "
               "base beside them");
    }
}

}  // namespace headgate::apply
