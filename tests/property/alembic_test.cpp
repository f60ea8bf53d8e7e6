// SPDX-License-Identifier: Apache-2.0
// headgate and the real Alembic are asked the same about the same random histories. Where the answers differ, the
// difference is one of those that docs/alembic.md explains, or the test fails. HEADGATE_TEST_SEED repeats a run,
// HEADGATE_TEST_ROUNDS asks about so many histories.
#include <algorithm>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <map>
#include <optional>
#include <set>

#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "plan/downgrade.hpp"
#include "plan/range.hpp"
#include "property/asked_history.hpp"
#include "revision/branch_labels.hpp"
#include "revision/lineage.hpp"
#include "support/program.hpp"
#include "support/shared_server.hpp"
#include "support/temp_folder.hpp"

namespace headgate::property {
namespace {

using nlohmann::json;
using revision::Graph;
using revision::Revision;

std::size_t number_from(const char* variable, std::size_t usual) {
    const char* value = std::getenv(variable);
    return value == nullptr ? usual : std::stoul(value);
}

struct Answer {
    std::vector<std::string> order;
    Ids rows;
    std::string error;
};

class Ours {
public:
    Ours(const Graph& graph, const json& question) : graph_(graph), question_(question) {
        for (const auto& id : question.value("applied", Ids{})) applied_.push_back(graph.find(id));
        ledger_ = make_ledger(applied_);
    }

    Answer answer() {
        try {
            const auto ask = question_["ask"].get<std::string>();
            if (ask == "upgrade") return upgrade();
            if (ask == "downgrade") return downgrade();
            if (ask == "stamp") return stamp();
            if (ask == "history")
                return {ids_of(plan::revisions_in(graph_, ledger_, plan::parse_range(text()))), {}, {}};
            return {sorted(ids_of(plan::find_goals(graph_, ledger_, target()))), {}, {}};
        } catch (const base::Error& error) {
            return {{}, {}, error.message + "; " + error.hint};
        }
    }

    // The new one stands on nothing that is not applied; what goes leaves nothing that stands on it.
    bool is_valid_order(const Ids& order) const {
        std::set<const Revision*> there(applied_.begin(), applied_.end());
        for (const auto& id : order) {
            const auto* revision = graph_.find(id);
            const bool is_up = question_["ask"] != "downgrade";
            const auto near = is_up ? graph_.parents_of(*revision) : graph_.children_of(*revision);
            if (std::ranges::any_of(near, [&](const Revision* other) { return there.contains(other) != is_up; }))
                return false;
            if (is_up)
                there.insert(revision);
            else
                there.erase(revision);
        }
        return true;
    }

private:
    std::string text() const { return question_["target"].get<std::string>(); }
    plan::Target target() const { return plan::parse_target(text()); }

    Ids rows_of(const std::set<const Revision*>& there) const {
        plan::Goals applied;
        for (const auto& revision : graph_.in_order()) {
            if (there.contains(&revision)) applied.push_back(&revision);
        }
        return sorted(ids_of(plan::find_current(graph_, make_ledger(applied))));
    }

    Answer upgrade() {
        const auto plan = plan::plan_upgrade(graph_, ledger_, plan::find_upgrade_goals(graph_, ledger_, target()));
        std::set<const Revision*> there(applied_.begin(), applied_.end());
        Answer answer;
        for (const auto& step : plan.steps) {
            there.insert(step.revision);
            answer.order.push_back(step.revision->id);
        }
        answer.rows = rows_of(there);
        return answer;
    }

    Answer downgrade() {
        std::set<const Revision*> there(applied_.begin(), applied_.end());
        Answer answer;
        for (const auto& step : plan::plan_downgrade(graph_, ledger_, target()).steps) {
            there.erase(step.revision);
            answer.order.push_back(step.revision->id);
        }
        answer.rows = rows_of(there);
        return answer;
    }

    Answer stamp() {
        std::vector<plan::Target> targets;
        for (const auto& text : question_["targets"]) targets.push_back(plan::parse_target(text.get<std::string>()));
        const auto goals = plan::find_stamp_goals(graph_, ledger_, targets);
        const auto wanted = plan::revisions_up_to(graph_, goals);
        return {{}, rows_of({wanted.begin(), wanted.end()}), {}};
    }

    const Graph& graph_;
    const json& question_;
    plan::Goals applied_;
    ledger::Ledger ledger_;
};

json shape_of(const Graph& graph) {
    Ids effective;
    Ids branch_points;
    Ids merge_points;
    json labels = json::object();
    const revision::BranchLabels names(graph);
    for (const auto& revision : graph.in_order()) {
        if (graph.is_effective_head(revision)) effective.push_back(revision.id);
        if (graph.is_branch_point(revision)) branch_points.push_back(revision.id);
        if (graph.is_merge_point(revision)) merge_points.push_back(revision.id);
        labels[revision.id] = names.of(revision);
    }
    return {{"heads", sorted(ids_of(graph.heads()))}, {"effective_heads", sorted(effective)},
            {"bases", sorted(ids_of(graph.bases()))}, {"branch_points", sorted(branch_points)},
            {"merge_points", sorted(merge_points)},   {"labels", labels}};
}

std::vector<json> ask_alembic(const std::filesystem::path& folder, const json& questions) {
    support::write_file(folder / "questions.json", questions.dump());
    support::require_output({.executable = "python3",
                             .arguments = {HEADGATE_SOURCE_DIR "/tests/property/alembic_answers.py",
                                           (folder / "questions.json").string(), (folder / "answers.json").string()},
                             .environment = {{"PYTHONDONTWRITEBYTECODE", "1"}},
                             .time_limit = support::Milliseconds(900'000)});
    return json::parse(support::read_file(folder / "answers.json")).get<std::vector<json>>();
}

struct Comparison {
    const Graph& graph;
    const json& question;
    const Answer& ours;
    Answer theirs;

    std::string ask() const { return question["ask"].get<std::string>(); }
    std::string target() const { return question.value("target", ""); }
    bool only_they_refuse() const { return ours.error.empty() && !theirs.error.empty(); }
    bool only_we_refuse() const { return !ours.error.empty() && theirs.error.empty(); }
    bool is_same() const {
        if (!ours.error.empty() || !theirs.error.empty()) return !ours.error.empty() && !theirs.error.empty();
        return sorted(ours.order) == sorted(theirs.order) && ours.rows == theirs.rows;
    }
};

// Their error for a person; anything else is an assertion of Alembic's own code, or a KeyError in it.
bool is_refusal(const std::string& error) {
    return error.starts_with("CommandError") || error.starts_with("RevisionError");
}

Ids effective_heads(const Graph& graph) {
    auto heads = graph.heads();
    std::erase_if(heads, [&](const Revision* head) { return !graph.is_effective_head(*head); });
    return sorted(ids_of(heads));
}

// Each revision that was named is in the table, or below what is.
bool stands_on_every_target(const Comparison& seen) {
    plan::Goals tips;
    for (const auto& id : seen.ours.rows) tips.push_back(seen.graph.find(id));
    const auto below = plan::revisions_up_to(seen.graph, tips);
    for (const auto& text : seen.question["targets"]) {
        const auto goals = plan::find_goals(seen.graph, {}, plan::parse_target(text.get<std::string>()));
        if (!std::ranges::all_of(goals, [&](const Revision* goal) { return std::ranges::contains(below, goal); }))
            return false;
    }
    return true;
}

// What is printed is on the branch, or below what is.
bool is_one_branch(const Comparison& seen) {
    const auto& branch = seen.graph.resolve(seen.target().substr(0, seen.target().find('@')));
    plan::Goals printed;
    for (const auto& id : seen.ours.order) printed.push_back(seen.graph.find(id));
    const auto members = plan::revisions_up_to(seen.graph, revision::filter_lineage(seen.graph, printed, branch));
    return std::ranges::all_of(printed, [&](const Revision* each) { return std::ranges::contains(members, each); });
}

// All of theirs, and some that were there before.
bool keeps_more_places(const Comparison& seen) {
    const auto before = seen.question.value("rows", Ids{});
    const auto is_theirs = [&](const std::string& id) { return std::ranges::contains(seen.theirs.rows, id); };
    return std::ranges::count_if(seen.ours.rows, is_theirs) == std::ssize(seen.theirs.rows) &&
           std::ranges::all_of(seen.ours.rows, [&](const std::string& id) {
               return is_theirs(id) || std::ranges::contains(before, id);
           });
}

// docs/alembic.md has these, under "Where headgate and Alembic differ".
struct Difference {
    const char* name;
    bool (*is_it)(const Comparison& seen);
};

const std::vector<Difference> differences = {
    {"Alembic's own code fails an assertion",
     [](const Comparison& seen) { return seen.only_they_refuse() && !is_refusal(seen.theirs.error); }},
    {"an upgrade to what lies below is refused",
     [](const Comparison& seen) {
         return seen.ask() == "upgrade" && seen.only_we_refuse() && seen.ours.error.contains("is above") &&
                seen.theirs.order.empty();
     }},
    {"downgrade -N undoes the last applied",
     [](const Comparison& seen) {
         return seen.ask() == "downgrade" && seen.target().starts_with('-') && seen.ours.error.empty();
     }},
    {"stamp with several revisions stands on all of them",
     [](const Comparison& seen) {
         const bool are_several =
             seen.question.value("targets", Ids{}) == Ids{"heads"} || seen.question.value("targets", Ids{}).size() > 1;
         return seen.ask() == "stamp" && are_several && seen.ours.error.empty() && stands_on_every_target(seen);
     }},
    {"history -N: counts from the range's end",
     [](const Comparison& seen) { return seen.ask() == "history" && seen.target().starts_with('-'); }},
    {"history LABEL@base: shows that branch and what is below it",
     [](const Comparison& seen) {
         return seen.ask() == "history" && seen.target().contains("@base:") && seen.ours.error.empty() &&
                is_one_branch(seen);
     }},
    {"a downgrade to what nothing stands on has nothing to do",
     [](const Comparison& seen) {
         return seen.ask() == "downgrade" && seen.only_they_refuse() && seen.ours.order.empty() &&
                seen.theirs.error.contains("is not a valid downgrade target");
     }},
    {"stamp LABEL@ leaves the places on other branches",
     [](const Comparison& seen) {
         return seen.ask() == "stamp" && seen.question["targets"][0].get<std::string>().contains('@') &&
                seen.ours.error.empty() && seen.theirs.error.empty() && keeps_more_places(seen);
     }},
    {"heads is every head, also one that another depends on",
     [](const Comparison& seen) {
         if (seen.target() != "heads") return false;
         const bool is_named = seen.ask() == "named" && sorted(seen.theirs.order) == effective_heads(seen.graph);
         return is_named || (seen.ask() == "downgrade" && seen.ours.error.contains("is ambiguous"));
     }},
    {"LABEL@ is the branch without what depends on it",
     [](const Comparison& seen) {
         return seen.ask() == "downgrade" && seen.target().contains('@') &&
                (seen.only_they_refuse() || seen.ours.error.contains("is not a member of branch"));
     }},
    {"a downgrade LABEL@-N from several places below the branch is refused",
     [](const Comparison& seen) {
         return seen.ask() == "downgrade" && seen.target().contains("@-") && seen.only_we_refuse() &&
                seen.ours.error.contains("is ambiguous: the database is at");
     }},
};

// "same", the name of a difference, or none.
std::optional<std::string> compare(const Graph& graph, const json& question, const json& theirs) {
    if (question["ask"] == "shape") {
        return shape_of(graph) == theirs ? std::optional<std::string>("same") : std::nullopt;
    }
    Ours ours(graph, question);
    const auto answer = ours.answer();
    const Comparison seen{graph,
                          question,
                          answer,
                          {theirs.value("revisions", Ids{}), theirs.value("rows", Ids{}), theirs.value("error", "")}};
    const bool moves = seen.ask() == "upgrade" || seen.ask() == "downgrade";
    if (moves && answer.error.empty() && !ours.is_valid_order(answer.order)) return std::nullopt;
    if (seen.is_same()) return "same";
    const auto found = std::ranges::find_if(differences, [&](const Difference& each) { return each.is_it(seen); });
    return found == differences.end() ? std::nullopt : std::optional<std::string>(found->name);
}

std::string describe(const Graph& graph, const json& question, const json& theirs) {
    std::string text;
    for (const auto& revision : graph.in_order()) {
        text += revision.id + " <- " + json(revision.down_revisions).dump() + " deps " +
                json(revision.depends_on).dump() + " labels " + json(revision.branch_labels).dump() + "\n";
    }
    const auto ours =
        question["ask"] == "shape" ? Answer{{shape_of(graph).dump()}, {}, {}} : Ours(graph, question).answer();
    return text + question.dump() + "\nours: " + json(ours.order).dump() + " rows " + json(ours.rows).dump() + " " +
           ours.error + "\nalembic: " + theirs.dump();
}

}  // namespace

TEST_CASE("random histories mean the same to headgate and to Alembic") {
    if (!support::find_in_path("alembic")) support::skip_or_fail("alembic is not installed");
    const auto seed = static_cast<unsigned>(number_from("HEADGATE_TEST_SEED", Catch::getSeed()));
    const auto rounds = number_from("HEADGATE_TEST_ROUNDS", 60);
    INFO("HEADGATE_TEST_SEED=" << seed);
    Random random(seed);
    const support::TempFolder folder;
    std::vector<AskedHistory> histories;
    histories.reserve(rounds);
    json questions = json::array();
    for (std::size_t round = 0; round < rounds; ++round) {
        histories.emplace_back(random, folder / std::to_string(round));
        questions.push_back(histories.back().questions());
    }
    const auto answers = ask_alembic(folder.path(), questions);
    std::map<std::string, int> tally;
    for (std::size_t round = 0; round < rounds; ++round) {
        const auto& graph = histories[round].graph();
        for (std::size_t index = 0; index < answers[round].size(); ++index) {
            const auto& question = questions[round]["questions"][index];
            const auto outcome = compare(graph, question, answers[round][index]);
            ++tally[outcome.value_or("different")];
            if (!outcome) FAIL_CHECK(describe(graph, question, answers[round][index]));
        }
    }
    CHECK(tally["same"] > 35 * static_cast<int>(rounds));
    std::cout << rounds << " histories, seed " << seed << ":";
    for (const auto& [outcome, count] : tally) std::cout << " " << count << " " << outcome << ";";
    std::cout << "\n";
}

}  // namespace headgate::property
