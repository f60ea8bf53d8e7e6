// SPDX-License-Identifier: Apache-2.0
#include "entrypoint/history_drawing.hpp"

#include <algorithm>
#include <format>
#include <map>
#include <optional>
#include <utility>

namespace headgate::entrypoint {

namespace {

using revision::Graph;
using revision::Revision;

// Of a line that leads down from lane to lane, one lane a row.
struct Edge {
    std::size_t at;
    std::size_t to;
};

class Drawing {
public:
    Drawing(const Graph& graph, const Revisions& revisions)
        : graph_(graph), shown_(revisions.begin(), revisions.end()) {}

    void add(const Revision& revision, const std::string& text) {
        if (!find_lane(&revision)) lanes_.push_back(&revision);
        const auto place = *find_lane(&revision);
        std::string row;
        for (std::size_t lane = 0; lane < lanes_.size(); ++lane) row += lane == place ? "* " : "| ";
        rows_.push_back(row + text);
        lead_on(place, parents_shown(revision));
    }

    std::vector<std::string> take_rows() { return std::move(rows_); }

private:
    std::optional<std::size_t> find_lane(const Revision* revision) const {
        const auto found = std::ranges::find(lanes_, revision);
        if (found == lanes_.end()) return std::nullopt;
        return static_cast<std::size_t>(found - lanes_.begin());
    }

    Revisions parents_shown(const Revision& revision) const {
        auto parents = graph_.predecessors_of(revision);
        std::erase_if(parents, [&](const Revision* parent) { return !shown_.contains(parent); });
        return parents;
    }

    // Each lane leads to a revision that is still to come. From `place` lines go on to the parents: into lanes that
    // lead there already, else into new ones.
    void lead_on(std::size_t place, const Revisions& parents) {
        auto next = lanes_;
        Revisions made;
        bool goes_right = false;
        for (const auto* parent : parents) {
            const auto lane = find_lane(parent);
            if (!lane) made.push_back(parent);
            goes_right = goes_right || (lane && *lane > place);
        }
        const auto here = next.begin() + static_cast<std::ptrdiff_t>(place);
        if (parents.size() == 1 && goes_right) {
            next.erase(std::ranges::find(next, parents.front()));  // that lane comes over
            next[place] = parents.front();
        } else if (!made.empty()) {
            next.insert(next.erase(here), made.begin(), made.end());
        } else if (goes_right) {
            next[place] = nullptr;  // two moves: lines that go right and lanes that go left would cross
        } else {
            next.erase(here);
        }
        move_to(std::move(next), place, parents);
        auto whole = lanes_;
        if (std::erase(whole, nullptr) > 0) move_to(std::move(whole), lanes_.size(), {});
    }

    void move_to(Revisions next, std::size_t place, const Revisions& parents) {
        const auto before = std::exchange(lanes_, std::move(next));
        std::vector<Edge> edges;
        for (std::size_t lane = 0; lane < before.size(); ++lane) {
            if (lane != place && before[lane] != nullptr) edges.push_back({lane, *find_lane(before[lane])});
        }
        for (const auto* parent : parents) edges.push_back({place, *find_lane(parent)});
        const auto is_there = [](const Edge& edge) { return edge.at == edge.to; };
        while (!std::ranges::all_of(edges, is_there)) rows_.push_back(draw_row(edges));
    }

    static std::string draw_row(std::vector<Edge>& edges) {
        std::string row;
        const auto put = [&](std::size_t column, char mark) {
            row.resize(std::max(row.size(), column + 1), ' ');
            row[column] = mark;
        };
        for (auto& edge : edges) {
            if (edge.at == edge.to) {
                put(2 * edge.at, '|');
            } else if (edge.at > edge.to) {
                put(2 * edge.at-- - 1, '/');
            } else {
                put(2 * edge.at++ + 1, '\\');
            }
        }
        return row;
    }

    const Graph& graph_;
    std::set<const Revision*> shown_;
    Revisions lanes_;
    std::vector<std::string> rows_;
};

// Within a label's quotes.
std::string escape_mermaid(std::string_view text) {
    std::string escaped;
    for (const char byte : text) {
        if (byte == '"' || byte == '#' || byte == '<' || byte == '>' || byte == '&' || byte == '`') {
            escaped += std::format("#{};", static_cast<int>(byte));
        } else {
            escaped += byte;
        }
    }
    return escaped;
}

}  // namespace

std::vector<std::string> draw_history(const Graph& graph, const Revisions& revisions,
                                      const std::function<std::string(const Revision&)>& text_of) {
    Drawing drawing(graph, revisions);
    for (const auto* revision : revisions) drawing.add(*revision, text_of(*revision));
    return drawing.take_rows();
}

std::string draw_mermaid(const Graph& graph, const Revisions& revisions, const std::set<std::string>& current) {
    std::string text = "flowchart BT\n    classDef head stroke-width:4px\n    classDef current fill:#9f9,color:#000\n";
    std::map<const Revision*, std::size_t> numbers;
    for (const auto* revision : revisions) numbers.emplace(revision, numbers.size());
    for (const auto* revision : revisions) {
        const auto number = numbers.at(revision);
        text += std::format("    r{}[\"{}<br>{}\"]\n", number, revision->id, escape_mermaid(revision->message));
        if (graph.is_head(*revision)) text += std::format("    class r{} head\n", number);
        if (current.contains(revision->id)) text += std::format("    class r{} current\n", number);
        for (const auto* parent : graph.parents_of(*revision)) {
            if (!numbers.contains(parent)) continue;
            const bool is_down = std::ranges::contains(revision->down_revisions, parent->id);
            text += std::format("    r{} {} r{}\n", numbers.at(parent), is_down ? "-->" : "-.->", number);
        }
    }
    return text;
}

}  // namespace headgate::entrypoint
