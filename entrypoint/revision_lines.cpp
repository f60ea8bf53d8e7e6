// SPDX-License-Identifier: Apache-2.0
#include "entrypoint/revision_lines.hpp"

#include <format>

#include <nlohmann/json.hpp>

#include "base/text.hpp"

namespace headgate::entrypoint {

namespace {

std::string render_parents(const revision::Revision& revision) {
    auto text = revision.is_base() ? std::string("<base>") : base::join(revision.down_revisions, ", ");
    if (!revision.depends_on.empty()) text += std::format(" ({})", base::join(revision.depends_on, ", "));
    return text;
}

}  // namespace

std::string render_marks(const revision::Graph& graph, const revision::Revision& revision, bool is_current) {
    std::string marks;
    if (!revision.branch_labels.empty()) marks += std::format(" ({})", base::join(revision.branch_labels, ", "));
    if (graph.is_head(revision)) marks += " (head)";
    if (is_current) marks += " (current)";
    if (graph.is_branch_point(revision)) marks += " (branchpoint)";
    if (graph.is_merge_point(revision)) marks += " (mergepoint)";
    return marks;
}

std::string render_line(const revision::Graph& graph, const revision::Revision& revision, bool is_current) {
    return std::format("{} -> {}{}, {}", render_parents(revision), revision.id,
                       render_marks(graph, revision, is_current), revision.message);
}

std::string render_details(const revision::Graph& graph, const revision::Revision& revision) {
    auto text = std::format("Rev: {}{}\n", revision.id, render_marks(graph, revision));
    text += std::format("{}: {}\n", graph.is_merge_point(revision) ? "Merges" : "Parent",
                        revision.is_base() ? "<base>" : base::join(revision.down_revisions, ", "));
    if (!revision.depends_on.empty())
        text += std::format("Also depends on: {}\n", base::join(revision.depends_on, ", "));
    if (!revision.branch_labels.empty())
        text += std::format("Branch names: {}\n", base::join(revision.branch_labels, ", "));
    text += std::format("Path: {}\n\n    {}\n", revision.path.string(), revision.message);
    if (!revision.create_date.empty()) text += std::format("\n    Create Date: {}\n", revision.create_date);
    if (revision.transaction == revision::TransactionMode::none) text += "    Runs outside a transaction\n";
    if (revision.is_breaking) text += "    Breaks older images\n";
    if (!revision.downgrade) text += "    Cannot be undone: no downgrade section\n";
    return text;
}

std::string render_heads(const std::vector<std::string>& heads) {
    return heads.empty() ? "base" : base::join(heads, ", ");
}

nlohmann::ordered_json to_json(const revision::Graph& graph, const revision::Revision& revision) {
    return {
        {"revision", revision.id},
        {"down_revision", revision.down_revisions},
        {"depends_on", revision.depends_on},
        {"branch_labels", revision.branch_labels},
        {"message", revision.message},
        {"create_date", revision.create_date},
        {"path", revision.path.string()},
        {"is_head", graph.is_head(revision)},
        {"transaction", revision.transaction == revision::TransactionMode::one_transaction},
        {"breaking", revision.is_breaking},
        {"reversible", revision.downgrade.has_value()},
    };
}

}  // namespace headgate::entrypoint
