// SPDX-License-Identifier: Apache-2.0
// headgate history: the revisions of the folder, newest first.
#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "entrypoint/history_drawing.hpp"
#include "entrypoint/output.hpp"
#include "entrypoint/revision_lines.hpp"
#include "entrypoint/table.hpp"
#include "entrypoint/workspace.hpp"
#include "plan/range.hpp"

namespace headgate::entrypoint {

namespace {

bool is_current(const std::optional<plan::Target>& end) {
    return end && end->symbol == "current";
}

// Without -i, and a range that says "current", history needs no database.
ledger::Ledger read_ledger_if_asked(const Context& context, const plan::Range& range) {
    const bool is_asked = context.arguments.has("indicate-current") || is_current(range.from) || is_current(range.to);
    return is_asked ? read_ledger(context) : ledger::Ledger();
}

std::set<std::string> find_marked(const Context& context, const ledger::Ledger& ledger) {
    std::set<std::string> marked;
    if (!context.arguments.has("indicate-current")) return marked;
    for (const auto* row : ledger.heads()) marked.insert(row->revision);
    return marked;
}

void print_json(const revision::Graph& graph, const Revisions& revisions) {
    auto list = nlohmann::ordered_json::array();
    for (const auto* revision : revisions) list.push_back(to_json(graph, *revision));
    print_line(list.dump(2));
}

void print_text(const Context& context, const revision::Graph& graph, const Revisions& revisions,
                const std::set<std::string>& marked) {
    const RevisionLines lines(graph, marked);
    const bool is_verbose = context.arguments.has("verbose");
    if (context.arguments.has("graph")) {
        const auto text_of = [&](const revision::Revision& revision) { return lines.short_line(revision); };
        for (const auto& row : draw_history(graph, revisions, text_of)) print_line(row);
        return;
    }
    for (const auto* revision : revisions) print_line(is_verbose ? lines.details(*revision) : lines.line(*revision));
}

Outcome history(const Context& context) {
    const auto graph = load_graph(context, dialect_of_files(context));
    const auto range = plan::parse_range(context.arguments.find("rev-range").value_or(":"));
    const auto ledger = read_ledger_if_asked(context, range);
    const auto marked = find_marked(context, ledger);
    auto revisions = plan::revisions_in(graph, ledger, range);
    std::ranges::reverse(revisions);
    if (context.arguments.has("json")) {
        print_json(graph, revisions);
    } else if (context.arguments.has("mermaid")) {
        print_line(base::trim(draw_mermaid(graph, revisions, marked)));
    } else {
        print_text(context, graph, revisions, marked);
    }
    return ExitCode::done;
}

}  // namespace

const Command history_command{
    .name = "history",
    .summary = "print the revisions, newest first",
    .options = {{"-r,--rev-range", "FROM:TO", "only these; each end may be missing"},
                {"-v,--verbose", "", "print each revision in full"},
                {"-i,--indicate-current", "", "mark what the database is at"},
                {"--graph", "", "draw the graph, as git log --graph does"},
                {"--mermaid", "", "print the graph as a Mermaid diagram"},
                json_option},
    .positional = {},
    .takes = Takes::no_server,
    .run = history,
};

}  // namespace headgate::entrypoint
