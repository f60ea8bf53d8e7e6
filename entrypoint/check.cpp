// SPDX-License-Identifier: Apache-2.0
// headgate check: are the files whole, is the database at head, is what was applied still what the files say?
#include <algorithm>
#include <format>
#include <optional>

#include "apply/version_check.hpp"
#include "base/error.hpp"
#include "entrypoint/output.hpp"
#include "entrypoint/roundtrip.hpp"
#include "entrypoint/table.hpp"
#include "entrypoint/workspace.hpp"
#include "plan/standing.hpp"

namespace headgate::entrypoint {

namespace {

using Reasons = std::vector<std::string>;

bool names_database(const Context& context) {
    return context.settings.database_url || context.arguments.has("dev");
}

base::DialectId parse_dialect(const std::string& name) {
    if (const auto dialect = base::find_dialect(name)) return *dialect;
    throw base::Error(base::ErrorKind::bad_configuration,
                      std::format("the setting dialects holds \"{}\", which is no dialect", name))
        .with_hint("postgresql, sqlite");
}

// That of the database first.
std::vector<base::DialectId> find_dialects(const Context& context) {
    std::vector<base::DialectId> dialects;
    if (names_database(context) || context.settings.dialects.empty()) dialects.push_back(dialect_of_files(context));
    for (const auto& name : context.settings.dialects) {
        const auto dialect = parse_dialect(name);
        if (!std::ranges::contains(dialects, dialect)) dialects.push_back(dialect);
    }
    return dialects;
}

bool has_problem(const base::Error& error, const base::Problem& problem) {
    return std::ranges::any_of(error.problems, [&](const base::Problem& known) {
        return known.spot == problem.spot && known.message == problem.message;
    });
}

// The files may be wrong for several dialects: all of it is told at once.
class FileFaults {
public:
    void add(base::Error error) {
        if (!all_) {
            all_ = std::move(error);
            return;
        }
        for (auto& problem : error.problems) {
            if (!has_problem(*all_, problem)) all_->problems.push_back(std::move(problem));
        }
        all_->message = std::format("the revision files have {} faults, in all dialects", all_->problems.size());
    }

    void throw_any() const {
        if (all_) throw base::Error(*all_);
    }

private:
    std::optional<base::Error> all_;
};

// Throws what is wrong with the files, for every dialect that is asked for.
revision::Graph check_files(const Context& context) {
    std::optional<revision::Graph> graph;
    FileFaults faults;
    for (const auto dialect : find_dialects(context)) {
        try {
            auto loaded = load_graph(context, dialect);
            if (!graph) graph.emplace(std::move(loaded));
        } catch (base::Error& error) {
            if (error.kind != base::ErrorKind::bad_revisions) throw;
            faults.add(std::move(error));
        }
    }
    faults.throw_any();
    if (!context.arguments.has("allow-several-heads")) graph->single_head();
    return *std::move(graph);
}

void add_drift(const plan::Standing& standing, Reasons& reasons) {
    for (const auto& drift : standing.drift) {
        if (drift.kind != plan::DriftKind::statements_changed) continue;
        reasons.push_back(std::format("the file of {} was changed after it was applied: {}", drift.revision->id,
                                      drift.revision->path.string()));
    }
}

// What would keep a gate from starting, too.
void add_disagreement(const database::LedgerReading& reading, Reasons& reasons) try {
    apply::check_versions(reading);
} catch (const base::Error& error) {
    if (error.kind != base::ErrorKind::history_mismatch) throw;
    reasons.push_back(error.message);
}

Reasons reasons_against(const revision::Graph& graph, const database::LedgerReading& reading) {
    const auto standing = plan::find_standing(graph, reading.ledger);
    Reasons reasons;
    for (const auto* revision : standing.pending) reasons.push_back(std::format("{} is not applied", revision->id));
    for (const auto* row : standing.unknown) reasons.push_back(std::format("{} has no file here", row->revision));
    for (const auto* row : standing.partial) reasons.push_back(std::format("{} is applied in part", row->revision));
    add_drift(standing, reasons);
    add_disagreement(reading, reasons);
    return reasons;
}

ExitCode answer(const Reasons& reasons, const std::string& good_news) {
    for (const auto& reason : reasons) print_line(reason);
    if (!reasons.empty()) return ExitCode::check_answered_no;
    print_line(good_news);
    return ExitCode::done;
}

std::string praise(const revision::Graph& graph) {
    return std::format("{} revisions, no fault", graph.in_order().size());
}

Outcome check_roundtrip(const Context& context) {
    const ScratchSettings scratch(context);
    const auto graph = check_files(scratch.context());
    return answer(try_roundtrip(scratch.context(), graph), praise(graph) + ", neither up nor down");
}

Outcome check(const Context& context) {
    if (context.arguments.has("roundtrip")) return check_roundtrip(context);
    const auto graph = check_files(context);
    const auto good_files = praise(graph);
    if (context.arguments.has("files")) return answer({}, good_files);
    if (!names_database(context)) return answer({}, good_files + "; no database is named, and none was asked");
    return answer(reasons_against(graph, read_ledger_and_versions(context)), good_files + "; the database is at head");
}

}  // namespace

const Command check_command{
    .name = "check",
    .summary = "check the files, and that the database is what they say",
    .options = {{"--files", "", "the files only: no database is asked"},
                {"--roundtrip", "", "run every revision up, down and up again, on a scratch database"},
                {"--scratch-url", "URL", "an empty database for --roundtrip; else one is made, and dropped after it"},
                {"--allow-several-heads", "", "a history of several heads is no fault"}},
    .positional = {},
    .takes = Takes::no_server,
    .run = check,
};

}  // namespace headgate::entrypoint
