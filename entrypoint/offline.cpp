// SPDX-License-Identifier: Apache-2.0
#include "entrypoint/offline.hpp"

#include <format>
#include <string>

#include "apply/offline.hpp"
#include "base/error.hpp"
#include "base/text.hpp"
#include "entrypoint/drivers.hpp"
#include "entrypoint/login.hpp"
#include "entrypoint/output.hpp"
#include "entrypoint/workspace.hpp"

namespace headgate::entrypoint {

namespace {

using base::Error;
using base::ErrorKind;

base::DialectId parse_dialect(const std::string& name) {
    if (const auto* driver = find_driver(base::to_lower(name))) return driver->dialect;
    throw Error(ErrorKind::usage, std::format("there is no dialect \"{}\"", name))
        .with_hint("it is postgresql or sqlite");
}

// Of the URL only the scheme is looked at.
base::DialectId find_dialect(const Context& context) {
    if (const auto name = context.arguments.find("dialect")) return parse_dialect(*name);
    if (context.settings.database_url) return read_database_url(context.sources).dialect;
    throw Error(ErrorKind::bad_configuration, "--sql does not know which database the script is for")
        .with_hint("--dialect postgresql or --dialect sqlite, or set DATABASE_URL: only its scheme is looked at");
}

void check_known(const std::optional<plan::Target>& target) {
    if (!target || target->symbol != "current") return;
    throw Error(ErrorKind::usage, "a script cannot know what is current when it is run")
        .with_hint("headgate current says where a database is; name that revision, as FROM:TO");
}

plan::Range read_range(const std::string& text) {
    auto range = plan::is_range(text) ? plan::parse_range(text) : plan::Range{std::nullopt, plan::parse_target(text)};
    check_known(range.from);
    check_known(range.to);
    return range;
}

void print_piece(std::string_view text) {
    print_line(text.ends_with('\n') ? text.substr(0, text.size() - 1) : text);
}

template <typename Work>
Outcome print(const Context& context, Work work) {
    const auto& driver = driver_for(find_dialect(context));
    const auto graph = load_graph(context, driver.dialect);
    const auto options = make_options(context);
    const apply::Sink sink = print_piece;
    context.phase = base::Phase::plan;
    work(apply::OfflineSetting{driver, make_step_options(context, driver.dialect), graph, options, sink});
    return ExitCode::done;
}

}  // namespace

bool is_offline(const Context& context) {
    if (context.arguments.has("dialect") && !context.arguments.has("sql")) {
        throw Error(ErrorKind::usage, "--dialect goes with --sql").with_hint("the database's URL names its dialect");
    }
    return context.arguments.has("sql");
}

Outcome print_upgrade(const Context& context) {
    const auto& given = context.arguments.positionals;
    const auto range = read_range(given.empty() ? context.settings.target : given.front());
    return print(context, [&](const apply::OfflineSetting& setting) {
        apply::write_upgrade(setting, range.from, range.to.value_or(plan::Target{"head"}));
    });
}

Outcome print_downgrade(const Context& context) {
    const auto range = read_range(context.arguments.positionals.front());
    if (!range.from || !range.to) {
        throw Error(ErrorKind::usage, "downgrade --sql has to be told where the database is")
            .with_hint("headgate downgrade FROM:TO --sql");
    }
    return print(context, [&](const apply::OfflineSetting& setting) {
        apply::write_downgrade(setting, *range.from, *range.to);
    });
}

Outcome print_stamp(const Context& context) {
    std::optional<plan::Target> from;
    std::vector<plan::Target> targets;
    for (const auto& text : context.arguments.positionals) {
        const auto range = read_range(text);
        if (range.from) from = range.from;
        targets.push_back(range.to.value_or(plan::Target{"heads"}));
    }
    return print(context, [&](const apply::OfflineSetting& setting) { apply::write_stamp(setting, from, targets); });
}

}  // namespace headgate::entrypoint
