// SPDX-License-Identifier: Apache-2.0
#include "entrypoint/revision_lines.hpp"

#include <format>
#include <utility>

#include <nlohmann/json.hpp>

#include "base/text.hpp"

namespace headgate::entrypoint {

namespace {

using revision::Revision;

template <typename Names>
std::string join_names(const Names& names) {
    std::string text;
    for (const auto& name : names) text += std::format("{}{}", text.empty() ? "" : ", ", name);
    return text;
}

std::string render_parents(const Revision& revision) {
    return revision.is_base() ? std::string("<base>") : base::join(revision.down_revisions, ", ");
}

std::vector<std::string> ids_of(const std::vector<const Revision*>& revisions) {
    std::vector<std::string> ids;
    for (const auto* revision : revisions) ids.push_back(revision->id);
    return ids;
}

// What Alembic has no word for.
std::string render_own_keys(const Revision& revision) {
    std::string text;
    if (!revision.create_date.empty()) text += std::format("\n    Create Date: {}\n", revision.create_date);
    if (revision.transaction == revision::TransactionMode::none) text += "    Runs outside a transaction\n";
    if (revision.is_breaking) text += "    Breaks older images\n";
    if (!revision.downgrade) text += "    Cannot be undone: no downgrade section\n";
    return text;
}

}  // namespace

RevisionLines::RevisionLines(const revision::Graph& graph, std::set<std::string> current)
    : graph_(graph), labels_(graph), current_(std::move(current)) {}

std::string RevisionLines::labels(const Revision& revision) const {
    const auto names = labels_.of(revision);
    return names.empty() ? "" : std::format(" ({})", join_names(names));
}

std::string RevisionLines::head_marks(const Revision& revision) const {
    std::string marks;
    if (graph_.is_effective_head(revision)) {
        marks += " (head)";
    } else if (graph_.is_head(revision)) {
        marks += " (effective head)";
    }
    return current_.contains(revision.id) ? marks + " (current)" : marks;
}

std::string RevisionLines::tree_marks(const Revision& revision) const {
    return std::string(graph_.is_branch_point(revision) ? " (branchpoint)" : "") +
           (graph_.is_merge_point(revision) ? " (mergepoint)" : "");
}

std::string RevisionLines::line(const Revision& revision) const {
    const auto needs = revision.depends_on.empty() ? "" : std::format(" ({})", base::join(revision.depends_on, ", "));
    return std::format("{}{} -> {}{}{}{}, {}", render_parents(revision), needs, revision.id, labels(revision),
                       head_marks(revision), tree_marks(revision), revision.message);
}

std::string RevisionLines::head(const Revision& revision) const {
    return revision.id + labels(revision) + head_marks(revision);
}

std::string RevisionLines::place(const Revision& revision) const {
    return revision.id + head_marks(revision) + tree_marks(revision);
}

std::string RevisionLines::short_line(const Revision& revision) const {
    const auto needs =
        revision.depends_on.empty() ? "" : std::format(" (depends on {})", base::join(revision.depends_on, ", "));
    return std::format("{}{}{}, {}", head(revision), tree_marks(revision), needs, revision.message);
}

std::string RevisionLines::branch_point(const Revision& revision, Detail detail) const {
    const bool is_full = detail == Detail::full;
    auto text = is_full ? details(revision) : head(revision) + tree_marks(revision) + "\n";
    const std::string indent(revision.id.size(), ' ');
    for (const auto* child : graph_.successors_of(revision)) {
        text += std::format("{} -> {}{}{}\n", indent, head(*child), tree_marks(*child),
                            is_full ? ", " + child->message : "");
    }
    return text;
}

std::string RevisionLines::details(const Revision& revision) const {
    auto text = std::format("Rev: {}{}{}{}\n", revision.id, graph_.is_head(revision) ? " (head)" : "",
                            tree_marks(revision), current_.contains(revision.id) ? " (current)" : "");
    text += std::format("{}: {}\n", graph_.is_merge_point(revision) ? "Merges" : "Parent", render_parents(revision));
    if (!revision.depends_on.empty())
        text += std::format("Also depends on: {}\n", base::join(revision.depends_on, ", "));
    if (graph_.is_branch_point(revision))
        text += std::format("Branches into: {}\n", base::join(ids_of(graph_.successors_of(revision)), ", "));
    if (const auto names = labels_.of(revision); !names.empty())
        text += std::format("Branch names: {}\n", join_names(names));
    text += std::format("Path: {}\n\n    {}\n", revision.path.string(), revision.message);
    return text + render_own_keys(revision);
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
        {"is_effective_head", graph.is_effective_head(revision)},
        {"transaction", revision.transaction == revision::TransactionMode::one_transaction},
        {"breaking", revision.is_breaking},
        {"reversible", revision.downgrade.has_value()},
    };
}

}  // namespace headgate::entrypoint
