// SPDX-License-Identifier: Apache-2.0
// headgate current: where the database is.
#include <format>

#include <nlohmann/json.hpp>

#include "entrypoint/login.hpp"
#include "entrypoint/output.hpp"
#include "entrypoint/revision_lines.hpp"
#include "entrypoint/table.hpp"
#include "entrypoint/workspace.hpp"
#include "plan/standing.hpp"

namespace headgate::entrypoint {

namespace {

std::string render_row(const Context& context, const revision::Graph& graph, const ledger::Row& row) {
    const auto* revision = graph.find(row.revision);
    if (revision == nullptr) return row.revision + " (no file here)";
    const RevisionLines lines(graph);
    return context.arguments.has("verbose") ? lines.details(*revision) : lines.place(*revision);
}

std::string render_partial(const ledger::Row& row) {
    return std::format("{} (partial: {} of its statements are done)", row.revision, row.statements_done);
}

void print_lines(const Context& context, const revision::Graph& graph, const ledger::Ledger& ledger,
                 const plan::Standing& standing) {
    if (context.arguments.has("verbose")) {
        const auto place = read_database_url(context.sources).render_redacted();
        print_line(std::format("Current revision(s) for {}:", place));
    }
    for (const auto* row : ledger.heads()) print_line(render_row(context, graph, *row));
    for (const auto* row : standing.partial) print_line(render_partial(*row));
}

nlohmann::ordered_json to_json(const ledger::Row& row) {
    return {{"revision", row.revision},     {"message", row.message},       {"state", ledger::name_of(row.state)},
            {"applied_at", row.applied_at}, {"applied_by", row.applied_by}, {"host", row.host}};
}

void print_json(const ledger::Ledger& ledger, const plan::Standing& standing) {
    nlohmann::ordered_json result{{"at_head", standing.is_at_head()}, {"ahead", standing.is_ahead()}};
    result["current"] = nlohmann::ordered_json::array();
    for (const auto* row : ledger.heads()) result["current"].push_back(to_json(*row));
    result["partial"] = nlohmann::ordered_json::array();
    for (const auto* row : standing.partial) {
        result["partial"].push_back(to_json(*row));
        result["partial"].back()["statements_done"] = row->statements_done;
    }
    result["pending"] = nlohmann::ordered_json::array();
    for (const auto* revision : standing.pending) result["pending"].push_back(revision->id);
    print_line(result.dump(2));
}

std::string sentence_of(const plan::Standing& standing) {
    if (standing.is_ahead())
        return std::format("the database is not at head, it is ahead: {} has no file here",
                           standing.unknown.front()->revision);
    if (!standing.partial.empty())
        return std::format("the database is not at head: {} is applied in part", standing.partial.front()->revision);
    return std::format("the database is not at head: {} pending", standing.pending.size());
}

Outcome current(const Context& context) {
    const auto graph = load_graph(context, dialect_of_files(context));
    const auto ledger = read_ledger(context);
    const auto standing = plan::find_standing(graph, ledger);
    if (context.arguments.has("json")) {
        print_json(ledger, standing);
    } else {
        print_lines(context, graph, ledger, standing);
    }
    if (context.arguments.has("check-heads") && !standing.is_at_head()) {
        context.log.write({base::Level::warning,
                           "not_at_head",
                           sentence_of(standing),
                           {{"pending", std::ssize(standing.pending)}, {"unknown", std::ssize(standing.unknown)}}});
        return ExitCode::check_answered_no;
    }
    return ExitCode::done;
}

}  // namespace

const Command current_command{
    .name = "current",
    .summary = "print the revision that the database is at",
    .options = {{"-v,--verbose", "", "print each revision in full, and which database it is"},
                {"-c,--check-heads", "", "exit with 1 unless the database is at head"},
                json_option},
    .positional = {},
    .takes = Takes::no_server,
    .run = current,
};

}  // namespace headgate::entrypoint
