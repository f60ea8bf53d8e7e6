// SPDX-License-Identifier: Apache-2.0
#include "property/random_history.hpp"

#include <algorithm>
#include <format>
#include <set>

#include "support/temp_folder.hpp"

namespace headgate::property {

namespace {

using revision::Revision;
using Indexes = std::set<std::size_t>;

// Makes one revision after the other, and remembers what lies below each.
class Maker {
public:
    explicit Maker(Random& random) : random_(random) {}

    std::vector<Revision> run() {
        const std::size_t count = 2 + below(random_, 13);
        while (history_.size() < count) add();
        return std::move(history_);
    }

private:
    void add() {
        below_.emplace_back();
        Revision revision;
        // Ids that begin alike, so that prefixes are ambiguous now and then.
        revision.id = std::format("{:02x}{:02x}{:02x}", 0xa0 + below(random_, 3), below(random_, 256), history_.size());
        revision.message = "change " + std::to_string(history_.size());
        revision.create_date = std::format("2026-01-{:02}T10:00:00Z", history_.size() + 1);
        add_parents(revision);
        add_dependency(revision);
        if (happens(random_, 18)) revision.branch_labels = {std::format("label{}", history_.size())};
        history_.push_back(std::move(revision));
    }

    void add_parents(Revision& revision) {
        if (history_.empty() || happens(random_, 12)) return;
        const auto first = pick_recent();
        take_parent(revision, first);
        if (!happens(random_, 25)) return;
        const auto second = below(random_, history_.size());
        if (is_apart(first, second)) take_parent(revision, second);
    }

    void add_dependency(Revision& revision) {
        if (history_.empty() || !happens(random_, 20)) return;
        const auto index = below(random_, history_.size());
        if (below_.back().contains(index)) return;
        const auto& labels = history_[index].branch_labels;
        revision.depends_on = {labels.empty() ? history_[index].id : labels.front()};
        stand_on(index);
    }

    // Mostly the last ones, so that there are lines and not only bushes.
    std::size_t pick_recent() {
        return history_.size() - 1 - below(random_, std::min<std::size_t>(history_.size(), 3));
    }

    bool is_apart(std::size_t one, std::size_t other) const {
        return one != other && !below_[one].contains(other) && !below_[other].contains(one);
    }

    void take_parent(Revision& revision, std::size_t index) {
        revision.down_revisions.push_back(history_[index].id);
        stand_on(index);
    }

    void stand_on(std::size_t index) {
        below_.back().insert(below_[index].begin(), below_[index].end());
        below_.back().insert(index);
    }

    Random& random_;
    std::vector<Revision> history_;
    std::vector<Indexes> below_;
};

std::string list(const std::vector<std::string>& names) {
    std::string text;
    for (const auto& name : names) text += std::format("\"{}\", ", name);
    return text;
}

std::string header_line(std::string_view key, const std::vector<std::string>& names) {
    return names.empty() ? "" : std::format("-- {} = [{}]\n", key, list(names));
}

std::string python_line(std::string_view key, const std::vector<std::string>& names) {
    return std::format("{} = {}\n", key, names.empty() ? "None" : std::format("({})", list(names)));
}

}  // namespace

std::vector<Revision> make_history(Random& random) {
    return Maker(random).run();
}

void write_for_headgate(const std::vector<Revision>& history, const std::filesystem::path& folder) {
    for (const auto& revision : history) {
        const auto text = std::format(
            "-- headgate:revision\n-- revision = \"{}\"\n{}{}{}-- message = \"{}\"\n-- create_date = {}\n\n"
            "-- headgate:upgrade\n\n-- headgate:downgrade\n",
            revision.id, header_line("down_revision", revision.down_revisions),
            header_line("depends_on", revision.depends_on), header_line("branch_labels", revision.branch_labels),
            revision.message, revision.create_date);
        support::write_file(folder / "headgate" / (revision.id + ".sql"), text);
    }
}

void write_for_alembic(const std::vector<Revision>& history, const std::filesystem::path& folder) {
    for (const auto& revision : history) {
        const auto text = std::format(
            "\"\"\"{}\"\"\"\nrevision = \"{}\"\n{}{}{}\n\ndef upgrade():\n    pass\n\n\ndef downgrade():\n    pass\n",
            revision.message, revision.id, python_line("down_revision", revision.down_revisions),
            python_line("depends_on", revision.depends_on), python_line("branch_labels", revision.branch_labels));
        support::write_file(folder / "alembic" / "versions" / (revision.id + "_.py"), text);
    }
}

}  // namespace headgate::property
