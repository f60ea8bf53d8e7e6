// SPDX-License-Identifier: Apache-2.0
// How revisions are printed: Alembic's lines for people, one JSON object for machines.
#pragma once

#include <set>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "revision/branch_labels.hpp"
#include "revision/graph.hpp"

namespace headgate::entrypoint {

class RevisionLines {
public:
    // Looks into `graph`, which outlives it. `current` is marked.
    explicit RevisionLines(const revision::Graph& graph, std::set<std::string> current = {});

    // "1975ea83b712 -> 9f3c1a7be204 (head), add email_verified to users"; "<base>" for no parent.
    std::string line(const revision::Revision& revision) const;
    // "9f3c1a7be204 (billing) (head)"
    std::string head(const revision::Revision& revision) const;
    // "9f3c1a7be204 (head) (mergepoint)"
    std::string place(const revision::Revision& revision) const;
    // "9f3c1a7be204 (billing) (head), add email_verified to users"
    std::string short_line(const revision::Revision& revision) const;
    // "9f3c1a7be204 (billing) (branchpoint)", and its children below, each "-> ID".
    enum class Detail { brief, full };
    std::string branch_point(const revision::Revision& revision, Detail detail) const;
    // Several lines: Rev, Parent, Path, message.
    std::string details(const revision::Revision& revision) const;

private:
    std::string labels(const revision::Revision& revision) const;
    std::string head_marks(const revision::Revision& revision) const;
    std::string tree_marks(const revision::Revision& revision) const;

    const revision::Graph& graph_;
    revision::BranchLabels labels_;
    std::set<std::string> current_;
};

nlohmann::ordered_json to_json(const revision::Graph& graph, const revision::Revision& revision);

}  // namespace headgate::entrypoint
