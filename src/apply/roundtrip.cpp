// SPDX-License-Identifier: Apache-2.0
#include "apply/roundtrip.hpp"

#include <format>
#include <functional>
#include <optional>
#include <ranges>
#include <string_view>

#include "apply/migration.hpp"
#include "apply/wait.hpp"
#include "base/error.hpp"

namespace headgate::apply {

namespace {

using base::Error;
using base::ErrorKind;
using database::Catalog;
using revision::Revision;

// An extension and its schema may be there, and what is said of them.
bool is_content(std::string_view name) {
    return !name.starts_with("schema ") && !name.starts_with("extension ") && !name.starts_with("comment on ");
}

// Something that is there already, wherever it is: revisions may drop more than they made.
std::optional<std::string> find_content(database::Connection& connection, database::Scratch& scratch, base::Stop stop) {
    const auto reading = connection.read_ledger(stop);
    if (!reading.ledger.rows().empty()) return reading.qualified_name;
    const auto around = connection.read_surroundings(stop);
    for (const auto* names : {&around.other_ledgers, &around.other_histories, &around.tables, &around.other_objects}) {
        if (!names->empty()) return names->front();
    }
    // By name a table comes after its columns.
    for (const auto& [name, what] : scratch.read_catalog(stop) | std::views::reverse) {
        if (is_content(name)) return name;
    }
    return std::nullopt;
}

void check_empty(const Connector& connector, database::Scratch& scratch, const Options& options, base::EventLog& log,
                 base::Stop stop) {
    const auto connection = wait_for_database(connector, options.wait_timeout, log, stop);
    const auto content = find_content(*connection, scratch, stop.within(options.wait_timeout));
    if (!content) return;
    throw Error(ErrorKind::usage, std::format("the scratch database {} is not empty: {}", scratch.name(), *content))
        .with_hint("name one that is: headgate empties none");
}

// The step was run and refused; anything else that goes wrong ends the whole attempt.
bool is_about_the_step(const Error& error) {
    return error.kind == ErrorKind::step_failed || error.kind == ErrorKind::outcome_unknown;
}

std::string describe(const Error& error) {
    const auto spot = base::render_spot(error.spot);
    return std::format("{}{}{}", spot, spot.empty() ? "" : ": ", error.message);
}

std::vector<std::string> compare(const Catalog& wanted, const Catalog& found) {
    std::vector<std::string> differences;
    for (const auto& [name, what] : wanted) {
        const auto here = found.find(name);
        if (here == found.end()) differences.push_back("gone: " + name);
        if (here != found.end() && here->second != what)
            differences.push_back(std::format("{} was \"{}\" and is \"{}\"", name, what, here->second));
    }
    for (const auto& [name, what] : found) {
        if (!wanted.contains(name)) differences.push_back("left behind: " + name);
    }
    return differences;
}

class Roundtrip {
public:
    Roundtrip(const Connector& connector, database::Scratch& scratch, const revision::Graph& graph, Options options,
              base::EventLog& log, base::Stop stop)
        : scratch_(scratch),
          options_(std::move(options)),
          stop_(stop),
          migration_(connector, graph, options_, log, stop) {}

    RoundtripReport run(const revision::Graph& graph) {
        for (const auto& revision : graph.in_order()) {
            report_.is_complete = try_revision(revision);
            if (!report_.is_complete) break;
        }
        return std::move(report_);
    }

private:
    // False: the database is not at this revision now, so nothing can be tried on top of it.
    bool try_revision(const Revision& revision) {
        const auto before = scratch_.read_catalog(stop_);
        if (!go_up(revision, "the upgrade fails on an empty database")) return false;
        if (!revision.downgrade) {
            report_.irreversible.push_back(&revision);
            return true;
        }
        ++report_.tried;
        const auto after = scratch_.read_catalog(stop_);
        if (const auto failure = try_to([&] { migration_.downgrade({"", -1}); })) {
            add(revision, "the downgrade fails: " + describe(*failure));
            return failure->kind == ErrorKind::step_failed;  // rolled back: it is still applied
        }
        const bool is_same = note_differences(revision, "the downgrade leaves a difference", before);
        if (!go_up(revision, "after its downgrade the revision cannot be applied again")) return false;
        if (is_same) note_differences(revision, "applied again, the revision makes something else", after);
        return true;
    }

    bool go_up(const Revision& revision, std::string_view fault) {
        const auto failure = try_to([&] { migration_.upgrade({revision.id, 0}); });
        if (failure) add(revision, std::format("{}: {}", fault, describe(*failure)));
        return !failure;
    }

    bool note_differences(const Revision& revision, std::string_view fault, const Catalog& wanted) {
        auto differences = compare(wanted, scratch_.read_catalog(stop_));
        if (differences.empty()) return true;
        add(revision, std::string(fault), std::move(differences));
        return false;
    }

    static std::optional<Error> try_to(const std::function<void()>& work) {
        try {
            work();
        } catch (const Error& error) {
            if (!is_about_the_step(error)) throw;
            return error;
        }
        return std::nullopt;
    }

    void add(const Revision& revision, std::string message, std::vector<std::string> details = {}) {
        report_.faults.push_back({&revision, std::move(message), std::move(details)});
    }

    database::Scratch& scratch_;
    Options options_;
    base::Stop stop_;
    Migration migration_;
    RoundtripReport report_;
};

}  // namespace

RoundtripReport try_roundtrip(const Connector& connector, database::Scratch& scratch, const revision::Graph& graph,
                              const Options& options, base::EventLog& log, base::Stop stop) {
    check_empty(connector, scratch, options, log, stop);
    // What a wrong downgrade leaves behind is told; it does not keep the others from being tried.
    auto lenient = options;
    lenient.existing_tables = ExistingTables::accept;
    return Roundtrip(connector, scratch, graph, std::move(lenient), log, stop).run(graph);
}

}  // namespace headgate::apply
