// SPDX-License-Identifier: Apache-2.0
// headgate repair REV: accept the file of an applied revision as it is now; with --resume-at, say where a revision that
// stopped between its statements goes on.
#include <charconv>
#include <format>

#include "apply/record.hpp"
#include "base/error.hpp"
#include "entrypoint/table.hpp"
#include "entrypoint/workspace.hpp"

namespace headgate::entrypoint {

namespace {

std::size_t parse_number(const std::string& text) {
    std::size_t number = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (fault == std::errc() && end == text.data() + text.size()) return number;
    throw base::Error(base::ErrorKind::usage, std::format("--resume-at takes a statement's number, not \"{}\"", text));
}

Outcome resume_at(const Context& context, const apply::Connector& connector, const revision::Revision& revision,
                  const std::string& number) {
    apply::resume_at(connector, revision, parse_number(number), make_options(context), context.log, context.stop);
    context.log.write({base::Level::info,
                       "repaired",
                       std::format("revision {} goes on with statement {}", revision.id, number),
                       {{"revision", revision.id}}});
    return ExitCode::done;
}

Outcome repair(const Context& context) {
    const auto connector = make_connector(context, database::Access::read_write);
    const auto graph = load_graph(context, connector.driver->dialect);
    const auto& revision = graph.resolve(context.arguments.positionals.front());
    if (const auto number = context.arguments.find("resume-at"))
        return resume_at(context, connector, revision, *number);
    apply::repair(connector, revision, make_options(context), context.log, context.stop);
    context.log.write({base::Level::info,
                       "repaired",
                       std::format("the ledger has the checksums of {} as it is now", revision.path.string()),
                       {{"revision", revision.id}}});
    return ExitCode::done;
}

}  // namespace

const Command repair_command{
    .name = "repair",
    .summary = "accept the file of an applied revision as it is now",
    .options = {{"--resume-at", "N", "a revision that stopped between its statements goes on with the N-th"}},
    .positional = {Positional::Count::one, "revision", "a revision or its first characters"},
    .takes = Takes::no_server,
    .run = repair,
};

}  // namespace headgate::entrypoint
