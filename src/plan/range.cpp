// SPDX-License-Identifier: Apache-2.0
#include "plan/range.hpp"

#include <algorithm>
#include <format>
#include <iterator>

#include "base/error.hpp"
#include "revision/lineage.hpp"

namespace headgate::plan {

namespace {

using base::Error;
using base::ErrorKind;
using revision::Follow;
using revision::Graph;
using revision::Revision;

bool counts_from_other_end(const std::optional<Target>& end) {
    return end && end->symbol.empty();
}

Error wrong_way(const Target& end) {
    return Error(ErrorKind::usage, std::format("\"{}\" leads away from the other end of the range", end.render()))
        .with_hint("a range begins at the older end: FROM:TO, -2:TO, FROM:+2");
}

// Down to base at most: "-20:" shows the last twenty, or all.
const Revision* walk_down(const Graph& graph, const Revision* start, Target target) {
    const Revision* here = start;
    const int wanted = -target.steps;
    target.steps = -1;
    for (int walked = 0; walked < wanted && here != nullptr; ++walked) here = walk(graph, here, target);
    return here;
}

// Up to a head at most.
const Revision* walk_up(const Graph& graph, const Revision* start, Target target) {
    const Revision* here = start;
    const int wanted = target.steps;
    target.steps = 1;
    for (int walked = 0; walked < wanted && (here == nullptr || !graph.is_head(*here)); ++walked)
        here = walk(graph, here, target);
    return here;
}

Goals lower_of(const Graph& graph, const Goals& uppers, const Target& from) {
    if (from.steps >= 0) throw wrong_way(from);
    Goals lower;
    for (const auto* upper : uppers) {
        if (const auto* end = walk_down(graph, upper, from)) lower.push_back(end);
    }
    return lower;
}

Goals upper_of(const Graph& graph, const Goals& lowers, const Target& to) {
    if (to.steps <= 0) throw wrong_way(to);
    if (lowers.empty()) return {walk_up(graph, nullptr, to)};
    Goals upper;
    for (const auto* lower : lowers) upper.push_back(walk_up(graph, lower, to));
    return upper;
}

// "LABEL@base:" shows that branch.
Goals on_branch_of(const Graph& graph, const Goals& uppers, const std::optional<Target>& from) {
    const auto* branch = from ? find_branch(graph, *from) : nullptr;
    return branch == nullptr ? uppers : revision::filter_lineage(graph, uppers, *branch);
}

struct Ends {
    Goals lower;  // none: base
    Goals upper;
};

Ends find_ends(const Graph& graph, const ledger::Ledger& ledger, const Range& range) {
    const auto goals_of = [&](const Target& end) { return find_goals(graph, ledger, end); };
    Ends ends;
    if (range.from && !counts_from_other_end(range.from)) ends.lower = goals_of(*range.from);
    if (counts_from_other_end(range.to)) {
        ends.upper = upper_of(graph, ends.lower, *range.to);
    } else {
        ends.upper = range.to ? goals_of(*range.to) : graph.heads();
    }
    ends.upper = on_branch_of(graph, ends.upper, range.from);
    if (counts_from_other_end(range.from)) ends.lower = lower_of(graph, ends.upper, *range.from);
    return ends;
}

void check_leads_up(const revision::Members& below, const Goals& lower, const Range& range) {
    for (const auto* revision : lower) {
        if (below.contains(revision)) continue;
        throw Error(ErrorKind::usage,
                    std::format("\"{}\" is no range: {} does not lie below its end", range.render(), revision->id))
            .with_hint("headgate history shows what lies below what");
    }
}

}  // namespace

std::vector<const Revision*> revisions_in(const Graph& graph, const ledger::Ledger& ledger, const Range& range) {
    const auto ends = find_ends(graph, ledger, range);
    const auto below = revision::ancestors_of(graph, ends.upper, Follow::dependencies);
    check_leads_up(below, ends.lower, range);
    const auto above = revision::descendants_of(graph, ends.lower, Follow::parents);
    std::vector<const Revision*> found;
    for (const auto& revision : graph.in_order()) {
        if (below.contains(&revision) && (ends.lower.empty() || above.contains(&revision))) found.push_back(&revision);
    }
    return found;
}

}  // namespace headgate::plan
