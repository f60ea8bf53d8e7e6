// SPDX-License-Identifier: Apache-2.0
#include "apply/history_check.hpp"

#include <optional>

#include <catch2/catch_test_macros.hpp>

#include "base/error.hpp"
#include "unit/plan/history.hpp"

using namespace headgate;
using namespace headgate::tests;
using base::ErrorKind;

namespace {

std::optional<ErrorKind> refusal(const revision::Graph& graph, const ledger::Ledger& ledger,
                                 const apply::Options& options = {}) {
    try {
        apply::check_history(plan::find_standing(graph, ledger), options);
        return std::nullopt;
    } catch (const base::Error& error) {
        CAPTURE(error.message);
        CHECK(!error.hint.empty());
        return error.kind;
    }
}

ledger::Ledger with_changed_statements(const revision::Graph& graph, const std::vector<std::string>& applied) {
    std::vector<ledger::Row> rows;
    for (const auto& id : applied) rows.push_back(make_row(*graph.find(id), std::ssize(rows) + 1));
    rows.front().checksums = {.raw = "other", .tokens = "other", .algorithm = 1};
    return ledger::Ledger(std::move(rows));
}

std::optional<ErrorKind> refusal(const database::Surroundings& surroundings) {
    const auto foreign = apply::find_foreign(surroundings, "\"public\".\"headgate_ledger\"");
    return foreign ? std::optional(foreign->kind) : std::nullopt;
}

}  // namespace

TEST_CASE("files and ledger that belong together are accepted") {
    const revision::Graph graph(make_line({"a", "b"}));
    CHECK(refusal(graph, ledger::Ledger()) == std::nullopt);
    CHECK(refusal(graph, make_ledger(graph, {"a"})) == std::nullopt);
    CHECK(refusal(graph, make_ledger(graph, {"a", "b"})) == std::nullopt);
}

TEST_CASE("a changed file stops a run with something pending, and no gate that is at head") {
    const revision::Graph graph(make_line({"a", "b"}));
    CHECK(refusal(graph, with_changed_statements(graph, {"a"})) == ErrorKind::history_mismatch);
    CHECK(refusal(graph, with_changed_statements(graph, {"a", "b"})) == std::nullopt);
    CHECK(refusal(graph, with_changed_statements(graph, {"a"}), {.changed_file = apply::Verdict::warn}) ==
          std::nullopt);
}

TEST_CASE("a database ahead is refused only where that was asked for, or where it breaks older images") {
    const revision::Graph full(make_line({"a", "b", "c"}));
    const revision::Graph old(make_line({"a", "b"}));
    const auto plain = make_ledger(full, {"a", "b", "c"});
    CHECK(refusal(old, plain) == std::nullopt);
    CHECK(refusal(old, plain, {.database_ahead = apply::Verdict::fail}) == ErrorKind::history_mismatch);

    auto breaking_line = make_line({"a", "b", "c"});
    breaking_line.back().is_breaking = true;
    const revision::Graph breaking_graph(std::move(breaking_line));
    std::vector<ledger::Row> rows = plain.rows();
    rows.back().is_breaking = true;
    const ledger::Ledger breaking(std::move(rows));
    CHECK(refusal(old, breaking) == ErrorKind::history_mismatch);
    CHECK(refusal(old, breaking, {.database_ahead = apply::Verdict::allow}) == std::nullopt);
}

TEST_CASE("diverged histories are refused unless each unknown revision is allowed") {
    const revision::Graph full(make_line({"a", "b", "c"}));
    const revision::Graph sibling({make_revision("a"), make_revision("x", {"a"})});
    const auto all = make_ledger(full, {"a", "b", "c"});
    CHECK(refusal(sibling, all) == ErrorKind::history_mismatch);
    CHECK(refusal(sibling, all, {.allowed_diverged = {"b"}}) == ErrorKind::history_mismatch);
    CHECK(refusal(sibling, all, {.allowed_diverged = {"b", "c"}}) == std::nullopt);
}

TEST_CASE("leave to go on is for revisions that the database has and the files lack, and for no breaking one") {
    const revision::Graph full(make_line({"a", "b", "c"}));
    const revision::Graph sibling({make_revision("a"), make_revision("x", {"a"})});
    CHECK(refusal(sibling, make_ledger(full, {"a", "b"}), {.allowed_diverged = {"b", "typo"}}) == ErrorKind::usage);
    CHECK(refusal(sibling, make_ledger(full, {"a"}), {.allowed_diverged = {"b"}}) == ErrorKind::usage);
    CHECK(refusal(full, make_ledger(full, {"a"}), {.allowed_diverged = {"a"}}) == ErrorKind::usage);

    std::vector<ledger::Row> rows = make_ledger(full, {"a", "b"}).rows();
    rows.back().is_breaking = true;
    const ledger::Ledger breaking(std::move(rows));
    CHECK(refusal(sibling, breaking, {.allowed_diverged = {"b"}}) == ErrorKind::history_mismatch);
    CHECK(refusal(sibling, breaking, {.database_ahead = apply::Verdict::allow, .allowed_diverged = {"b"}}) ==
          std::nullopt);
}

TEST_CASE("a long list of revisions is cut") {
    const revision::Graph graph(make_line({"a", "b", "c", "d", "e", "f", "g"}));
    const revision::Graph none(make_line({}));
    const auto five = make_ledger(graph, {"a", "b", "c", "d", "e"});
    CHECK(apply::render_revisions(plan::find_standing(none, five).unknown) == "a, b, c, d, e");
    const auto seven = make_ledger(graph, {"a", "b", "c", "d", "e", "f", "g"});
    CHECK(apply::render_revisions(plan::find_standing(none, seven).unknown) == "a, b, c, d, e and 2 more");
}

TEST_CASE("a half-done revision is gone on with where its file is, and else needs a human") {
    const revision::Graph graph(make_line({"a"}));
    auto row = make_row(*graph.find("a"), 1);
    row.state = ledger::State::partial;
    CHECK(refusal(graph, ledger::Ledger(std::vector{row})) == std::nullopt);
    CHECK(refusal(revision::Graph(make_line({"b"})), ledger::Ledger(std::vector{row})) == ErrorKind::outcome_unknown);
}

TEST_CASE("no ledger is not base: tables, another ledger and another tool's history are refused") {
    CHECK(refusal(database::Surroundings{}) == std::nullopt);
    CHECK(refusal(database::Surroundings{.tables = {"users"}}) == ErrorKind::history_mismatch);
    CHECK(refusal(database::Surroundings{.other_objects = {"type mood"}}) == ErrorKind::history_mismatch);
    CHECK(refusal(database::Surroundings{.other_ledgers = {"app.headgate_ledger"}}) == ErrorKind::history_mismatch);
    CHECK(refusal(database::Surroundings{.other_histories = {"alembic_version"}}) == ErrorKind::history_mismatch);
}
