// SPDX-License-Identifier: Apache-2.0
#include "property/asked_history.hpp"

#include "plan/places.hpp"
#include "plan/planner.hpp"
#include "revision/folder.hpp"

namespace headgate::property {

using nlohmann::json;
using revision::Revision;

ledger::Ledger make_ledger(const std::vector<const Revision*>& applied) {
    std::vector<ledger::Row> rows;
    for (const auto* revision : applied) {
        ledger::Row row;
        row.sequence = std::ssize(rows) + 1;
        row.revision = revision->id;
        row.parents = revision->down_revisions;
        row.depends_on = revision->depends_on;
        rows.push_back(row);
    }
    return ledger::Ledger(std::move(rows));
}

AskedHistory::AskedHistory(Random& random, const std::filesystem::path& folder) : random_(random), folder_(folder) {
    const auto history = make_history(random);
    write_for_headgate(history, folder);
    write_for_alembic(history, folder);
    graph_.emplace(revision::read_folder(folder / "headgate", base::DialectId::postgresql));
    for (const auto& revision : history)
        labels_.insert(labels_.end(), revision.branch_labels.begin(), revision.branch_labels.end());
}

json AskedHistory::questions() {
    return {{"folder", (folder_ / "alembic").string()}, {"questions", make_questions()}};
}

json AskedHistory::make_questions() {
    json questions = {{{"ask", "shape"}}};
    for (int count = 0; count < 8; ++count) {
        const auto state = make_state();
        questions.push_back(
            {{"ask", "upgrade"}, {"applied", state.first}, {"rows", state.second}, {"target", target()}});
        questions.push_back(
            {{"ask", "downgrade"}, {"applied", state.first}, {"rows", state.second}, {"target", target()}});
        Ids targets = {stamp_target()};
        if (happens(random_, 30)) targets.push_back(stamp_target());
        questions.push_back({{"ask", "stamp"}, {"applied", state.first}, {"rows", state.second}, {"targets", targets}});
        questions.push_back({{"ask", "history"}, {"target", range()}});
        questions.push_back({{"ask", "named"}, {"target", named()}});
    }
    questions.push_back({{"ask", "upgrade"}, {"applied", Ids{}}, {"rows", Ids{}}, {"target", "heads"}});
    return questions;
}

// Everything below some revisions is applied. And what Alembic's table says then.
std::pair<Ids, Ids> AskedHistory::make_state() {
    plan::Goals goals;
    for (const auto& revision : graph_->in_order()) {
        if (happens(random_, 15)) goals.push_back(&revision);
    }
    const auto applied = plan::revisions_up_to(*graph_, goals);
    return {ids_of(applied), sorted(ids_of(plan::find_current(*graph_, make_ledger(applied))))};
}

const Revision& AskedHistory::any() {
    return graph_->in_order()[below(random_, graph_->in_order().size())];
}

std::string AskedHistory::label() {
    return labels_.empty() || happens(random_, 15) ? any_id() : labels_[below(random_, labels_.size())];
}

std::string AskedHistory::named() {
    switch (below(random_, 8)) {
        case 0:
            return "head";
        case 1:
            return "heads";
        case 2:
            return "base";
        case 3:
            return label();
        case 4:
            return label() + "@head";
        case 5:
            return label() + "@" + any_id();
        case 6:
            return any_id().substr(0, 2 + below(random_, 4));
        default:
            return any_id();
    }
}

std::string AskedHistory::target() {
    switch (below(random_, 5)) {
        case 0:
            return steps();
        case 1:
            return label() + "@" + steps();
        case 2:
            return label() + "@base";
        case 3:
            return (happens(random_, 30) ? "head" : any_id()) + steps();
        default:
            return named();
    }
}

std::string AskedHistory::stamp_target() {
    return happens(random_, 20) ? label() + "@base" : named();
}

std::string AskedHistory::range() {
    const auto from = happens(random_, 30)   ? ""
                      : happens(random_, 20) ? steps('-')
                      : happens(random_, 20) ? label() + "@base"
                                             : any_id();
    const auto to = happens(random_, 40) ? "" : happens(random_, 20) ? steps('+') : named();
    return from + ":" + to;
}

}  // namespace headgate::property
