// SPDX-License-Identifier: Apache-2.0
// Why some revisions make no graph.
#include <algorithm>
#include <format>
#include <string>
#include <utility>

#include "base/text.hpp"
#include "revision/links.hpp"

namespace headgate::revision {

namespace {

// Looking for a near id compares with all of them; nobody reads more suggestions than this.
constexpr std::size_t most_suggestions = 20;

class FaultFinder {
public:
    FaultFinder(std::span<const Revision> revisions, const Links& links) : revisions_(revisions), links_(links) {}

    std::vector<base::Problem> run(MissingParents missing);

private:
    void check_duplicates();
    void check_labels(std::size_t index);
    void check_down_revisions(const Revision& revision, MissingParents missing);
    void check_dependencies(std::size_t index, MissingParents missing);
    void add_itself(const Revision& revision, std::string_view key, std::size_t line);
    void add_missing(const Revision& revision, const std::string& id, std::string_view key, std::size_t line);
    void check_cycles();
    std::vector<std::size_t> walk_up(std::size_t start, std::vector<std::size_t>& seen_in, std::size_t walk) const;
    std::size_t find_stuck_parent(std::size_t index, const std::vector<std::size_t>& seen_in) const;
    void add_cycle(std::vector<std::size_t> cycle);
    void add(const Revision& revision, std::size_t line, std::string message, std::string hint) {
        problems_.push_back({{revision.path.string(), line, 0}, std::move(message), std::move(hint)});
    }

    std::span<const Revision> revisions_;
    const Links& links_;
    std::size_t suggestions_ = 0;
    std::vector<base::Problem> problems_;
};

std::vector<base::Problem> FaultFinder::run(MissingParents missing) {
    check_duplicates();
    for (std::size_t index = 0; index < revisions_.size(); ++index) {
        check_labels(index);
        check_down_revisions(revisions_[index], missing);
        check_dependencies(index, missing);
    }
    check_cycles();
    return std::move(problems_);
}

void FaultFinder::check_duplicates() {
    for (std::size_t place = 1; place < links_.by_id.size(); ++place) {
        const Revision& first = revisions_[links_.by_id[place - 1]];
        const Revision& second = revisions_[links_.by_id[place]];
        if (first.id != second.id) continue;
        add(second, second.lines.revision, std::format("revision {} is in {} already", second.id, first.path.string()),
            "give one of the two files another id");
    }
}

// A label stands for one revision, wherever a revision may be named.
void FaultFinder::check_labels(std::size_t index) {
    const Revision& revision = revisions_[index];
    for (const std::string& label : revision.branch_labels) {
        const auto holder = find_index(revisions_, links_, label).value_or(links_.by_label.at(label));
        const Revision& other = revisions_[holder];
        if (other.id != label && holder == index) continue;
        const auto file = other.path.string();
        add(revision, revision.lines.branch_labels,
            other.id == label ? std::format("branch label {} is the id of the revision in {}", label, file)
                              : std::format("branch label {} is in {} already", label, file),
            "give the branch another name");
    }
}

void FaultFinder::check_down_revisions(const Revision& revision, MissingParents missing) {
    for (const std::string& id : revision.down_revisions) {
        if (id == revision.id) {
            add_itself(revision, "down_revision", revision.lines.down_revision);
        } else if (missing == MissingParents::report && !find_index(revisions_, links_, id)) {
            add_missing(revision, id, "down_revision", revision.lines.down_revision);
        }
    }
}

void FaultFinder::check_dependencies(std::size_t index, MissingParents missing) {
    const Revision& revision = revisions_[index];
    for (const std::string& name : revision.depends_on) {
        const auto found = find_named(revisions_, links_, name);
        if (name == revision.id || found == index) {
            add_itself(revision, "depends_on", revision.lines.depends_on);
        } else if (missing == MissingParents::report && !found) {
            add_missing(revision, name, "depends_on", revision.lines.depends_on);
        }
    }
}

void FaultFinder::add_itself(const Revision& revision, std::string_view key, std::size_t line) {
    add(revision, line, std::format("revision {} names itself as its {}", revision.id, key),
        "name the revision before it");
}

void FaultFinder::add_missing(const Revision& revision, const std::string& id, std::string_view key, std::size_t line) {
    std::optional<std::string> nearest;
    if (suggestions_++ < most_suggestions) {
        std::vector<std::string_view> ids;
        for (const Revision& other : revisions_) {
            if (&other != &revision) ids.push_back(other.id);
        }
        nearest = base::find_nearest(id, ids);
    }
    add(revision, line, std::format("{} {} of revision {} is in no file", key, id, revision.id),
        nearest ? std::format("did you mean {}?", *nearest)
                : std::string("add the file that is missing, or name a revision that is there"));
}

// Each revision that cannot be ordered has a parent that cannot be either; so a walk up from it ends in a cycle.
void FaultFinder::check_cycles() {
    constexpr std::size_t never = 0;
    constexpr std::size_t ordered = 1;
    std::vector<std::size_t> seen_in(revisions_.size(), never);
    for (const std::size_t index : order_revisions(revisions_, links_)) seen_in[index] = ordered;
    std::size_t walk = ordered;
    for (const std::size_t start : links_.by_id) {
        if (seen_in[start] == never) add_cycle(walk_up(start, seen_in, ++walk));
    }
}

// The cycle that the walk closes; empty where it meets an earlier walk.
std::vector<std::size_t> FaultFinder::walk_up(std::size_t start, std::vector<std::size_t>& seen_in,
                                              std::size_t walk) const {
    std::vector<std::size_t> way;
    std::size_t index = start;
    for (; seen_in[index] == 0; index = find_stuck_parent(index, seen_in)) {
        seen_in[index] = walk;
        way.push_back(index);
    }
    if (seen_in[index] != walk) return {};
    way.erase(way.begin(), std::ranges::find(way, index));
    return way;
}

std::size_t FaultFinder::find_stuck_parent(std::size_t index, const std::vector<std::size_t>& seen_in) const {
    return *std::ranges::find_if(links_.parents[index], [&](std::size_t parent) { return seen_in[parent] != 1; });
}

void FaultFinder::add_cycle(std::vector<std::size_t> cycle) {
    if (cycle.size() < 2) return;  // a revision that names itself was reported already
    const auto smallest = std::ranges::min_element(
        cycle, {}, [&](std::size_t index) -> const std::string& { return revisions_[index].id; });
    std::ranges::rotate(cycle, smallest);
    std::string names;
    for (const std::size_t index : cycle) {
        names += std::format("{} ({}) comes after ", revisions_[index].id, revisions_[index].path.string());
    }
    const Revision& first = revisions_[cycle.front()];
    add(first, first.lines.down_revision, std::format("a cycle: {}{}", names, first.id),
        "change down_revision in one of these files so that the history has a beginning");
}

}  // namespace

std::vector<base::Problem> check_links(std::span<const Revision> revisions, const Links& links,
                                       MissingParents missing) {
    return FaultFinder(revisions, links).run(missing);
}

}  // namespace headgate::revision
