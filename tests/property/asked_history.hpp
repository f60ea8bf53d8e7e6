// SPDX-License-Identifier: Apache-2.0
// A random history in files of both tools, and random questions about it.
#pragma once

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "ledger/ledger.hpp"
#include "property/random_history.hpp"
#include "revision/graph.hpp"

namespace headgate::property {

using Ids = std::vector<std::string>;

inline Ids sorted(Ids ids) {
    std::ranges::sort(ids);
    return ids;
}

template <typename Revisions>
Ids ids_of(const Revisions& revisions) {
    Ids ids;
    for (const auto* revision : revisions) ids.push_back(revision->id);
    return ids;
}

ledger::Ledger make_ledger(const std::vector<const revision::Revision*>& applied);

// Asked about with several databases, in the words of alembic_answers.py.
class AskedHistory {
public:
    AskedHistory(Random& random, const std::filesystem::path& folder);

    const revision::Graph& graph() const { return *graph_; }
    nlohmann::json questions();

private:
    nlohmann::json make_questions();
    std::pair<Ids, Ids> make_state();
    const revision::Revision& any();
    std::string any_id() { return any().id; }
    std::string steps(char sign) { return sign + std::to_string(1 + below(random_, 3)); }
    std::string steps() { return steps(happens(random_, 50) ? '+' : '-'); }
    std::string label();
    std::string named();
    std::string target();
    std::string stamp_target();
    std::string range();

    Random& random_;
    std::filesystem::path folder_;
    std::optional<revision::Graph> graph_;
    Ids labels_;
};

}  // namespace headgate::property
