// SPDX-License-Identifier: Apache-2.0
#include "entrypoint/revision_making.hpp"

#include <chrono>
#include <format>

#include "base/error.hpp"
#include "base/text.hpp"
#include "entrypoint/output.hpp"
#include "process/editor.hpp"
#include "revision/header.hpp"
#include "revision/new_revision.hpp"

namespace headgate::entrypoint {

namespace {

using base::Error;
using base::ErrorKind;
using revision::Graph;
using revision::Revision;

// An id or a label that nobody has yet.
void check_name(const Graph& graph, const std::string& name, std::string_view what) {
    if (const auto fault = revision::find_id_fault(name)) {
        throw Error(ErrorKind::usage, std::format("the {} \"{}\" {}", what, name, *fault))
            .with_hint("letters, digits, _ and . are fine");
    }
    const auto* taken = graph.find_named(name);
    if (taken == nullptr) return;
    throw Error(ErrorKind::usage, std::format("{} {} is there already", taken->id == name ? "revision" : "label", name))
        .at({taken->path.string(), 0, 0});
}

std::string choose_id(const Context& context, const Graph& graph) {
    const auto given = context.arguments.find("rev-id");
    if (given) check_name(graph, *given, "revision id");
    return given.value_or(base::make_random_id());
}

std::vector<std::string> choose_labels(const Context& context, const Graph& graph) {
    auto labels = context.arguments.all("branch-label");
    for (const auto& label : labels) check_name(graph, label, "branch label");
    return labels;
}

// A label stays a label: it goes on meaning that branch.
std::vector<std::string> choose_dependencies(const Context& context, const Graph& graph) {
    std::vector<std::string> names;
    for (const auto& given : context.arguments.all("depends-on")) {
        const auto& revision = graph.resolve(given);
        names.push_back(graph.find_named(given) == nullptr ? revision.id : given);
    }
    return names;
}

void check_parents(const Context& context, const Graph& graph, const std::vector<const Revision*>& parents) {
    if (context.arguments.has("splice")) return;
    for (const auto* parent : parents) {
        if (graph.is_head(*parent)) continue;
        throw Error(ErrorKind::usage, std::format("revision {} is not a head", parent->id))
            .at({parent->path.string(), 0, 0})
            .with_hint("--splice starts a new branch from it");
    }
}

}  // namespace

std::vector<Option> with_making_options(std::vector<Option> first) {
    first.insert(first.end(), {{"--rev-id", "ID", "its id, instead of a random one"},
                               {"--branch-label", "LABEL", "a name for the branch that begins here"},
                               {"--depends-on", "REV", "a revision of another branch that has to be applied before"},
                               {"--splice", "", "start from a revision that is no head: a new branch"},
                               {"-e,--edit", "", "open the file in $EDITOR"}});
    return first;
}

void make_revision_file(const Context& context, const Graph& graph, const std::vector<const Revision*>& parents,
                        const std::string& message) {
    check_parents(context, graph, parents);
    revision::NewRevision made;
    made.id = choose_id(context, graph);
    for (const auto* parent : parents) made.down_revisions.push_back(parent->id);
    made.message = message;
    made.create_date = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    made.branch_labels = choose_labels(context, graph);
    made.depends_on = choose_dependencies(context, graph);
    made.file_template = context.settings.file_template;
    const auto file = revision::write_new_revision(context.settings.migrations, made);
    print_line(file.string());
    if (context.arguments.has("edit")) open_in_editor(context, file);
}

void open_in_editor(const Context& context, const std::filesystem::path& file) {
    const auto& environment = context.sources.environment;
    for (const auto* name : {"VISUAL", "EDITOR"}) {
        const auto editor = environment.find(name);
        if (editor == environment.end() || editor->second.empty()) continue;
        return process::edit(editor->second, file);
    }
    throw Error(ErrorKind::bad_configuration, "no editor is named")
        .with_hint(std::format("set EDITOR, or open {}", file.string()));
}

}  // namespace headgate::entrypoint
