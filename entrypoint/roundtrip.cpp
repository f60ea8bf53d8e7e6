// SPDX-License-Identifier: Apache-2.0
#include "entrypoint/roundtrip.hpp"

#include <format>
#include <memory>
#include <utility>

#include "apply/roundtrip.hpp"
#include "apply/wait.hpp"
#include "entrypoint/login.hpp"
#include "entrypoint/workspace.hpp"

namespace headgate::entrypoint {

namespace {

using database::Scratch;
using database::ScratchPlace;

bool is_made_on_server(const apply::Connector& connector, ScratchPlace place) {
    return place == ScratchPlace::made && connector.driver->dialect == base::DialectId::postgresql;
}

std::unique_ptr<Scratch> make_scratch(const Context& context, apply::Connector& connector, ScratchPlace place) {
    context.phase = base::Phase::connect;
    const auto timeout = context.settings.wait_timeout;
    if (is_made_on_server(connector, place)) apply::wait_for_database(connector, timeout, context.log, context.stop);
    const auto ask = [ask = connector.url, timeout](base::Stop stop) { return ask(stop.within(timeout)); };
    auto scratch = connector.driver->make_scratch(ask, connector.options, place, context.log, context.stop);
    connector.url = [ask = connector.url, &made = *scratch](base::Stop asked) {
        auto redirected = ask(asked);
        made.redirect(redirected);
        return redirected;
    };
    // The only schema that is there from the start, wherever the settings want the ledger.
    if (is_made_on_server(connector, place)) connector.options.ledger_schema = "public";
    return scratch;
}

std::vector<std::string> list_faults(const apply::RoundtripReport& report) {
    std::vector<std::string> lines;
    for (const auto& fault : report.faults) {
        lines.push_back(std::format("{}: {}", fault.revision->id, fault.message));
        for (const auto& detail : fault.details) lines.push_back("    " + detail);
    }
    if (!report.is_complete) lines.emplace_back("what comes after that was not tried");
    return lines;
}

void log_report(const Context& context, const apply::RoundtripReport& report) {
    std::string irreversible;
    for (const auto* revision : report.irreversible)
        irreversible += std::format("{}{}", irreversible.empty() ? "" : ",", revision->id);
    context.log.write({base::Level::info,
                       "roundtrip_done",
                       std::format("{} revisions were run up, down and up again; {} have no downgrade section",
                                   report.tried, report.irreversible.size()),
                       {{"tried", static_cast<std::int64_t>(report.tried)}, {"irreversible", irreversible}}});
}

}  // namespace

ScratchSettings::ScratchSettings(const Context& context) : outer_(context), sources_(context.sources) {
    // The local database is not touched: the dialect is all that is taken from it.
    if (!context.settings.database_url) sources_.flags["database_url"] = local_database;
    if (const auto url = context.arguments.find("scratch-url")) sources_.flags["database_url"] = *url;
    settings_ = settings::read_settings(sources_);
}

Context ScratchSettings::context() const {
    return {outer_.arguments, settings_, sources_, outer_.log, outer_.stop, outer_.run_id, outer_.phase};
}

std::vector<std::string> try_roundtrip(const Context& context, const revision::Graph& graph) {
    auto connector = make_connector(context, database::Access::read_write);
    // What the settings name is in the other database, and need not be in this one.
    connector.options.reader_roles.clear();
    connector.options.version_table.clear();
    connector.options.version_table_schema.clear();
    const auto place = context.arguments.has("scratch-url") ? ScratchPlace::given : ScratchPlace::made;
    const auto scratch = make_scratch(context, connector, place);
    context.log.write({base::Level::info,
                       "scratch_database",
                       std::format("the revisions are tried on {}", scratch->name()),
                       {{"database", scratch->name()}}});
    const auto report =
        apply::try_roundtrip(connector, *scratch, graph, make_options(context), context.log, context.stop);
    log_report(context, report);
    return list_faults(report);
}

}  // namespace headgate::entrypoint
