// SPDX-License-Identifier: Apache-2.0
#include "apply/offline.hpp"

#include <format>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "apply/author_text.hpp"
#include "apply/offline_marks.hpp"
#include "apply/offline_statements.hpp"
#include "apply/step_script.hpp"
#include "base/text.hpp"
#include "plan/downgrade.hpp"
#include "plan/version_rows.hpp"

namespace headgate::apply {

namespace {

using revision::Direction;

// The ledger of a database that is where the script begins.
ledger::Ledger make_ledger(const revision::Graph& graph, const plan::Goals& goals) {
    std::vector<ledger::Row> rows;
    for (const auto* revision : plan::revisions_up_to(graph, goals)) {
        auto& row = rows.emplace_back(make_row(*revision, {}));
        row.sequence = static_cast<std::int64_t>(rows.size());
    }
    return rows.empty() ? ledger::Ledger() : ledger::Ledger(std::move(rows));
}

ledger::Ledger find_start(const revision::Graph& graph, const std::optional<plan::Target>& from) {
    return make_ledger(graph, from ? plan::find_goals(graph, {}, *from) : plan::Goals{});
}

// A message of several lines must not end the comment that it stands in.
std::string on_one_line(std::string text) {
    for (auto& byte : text) {
        if (static_cast<unsigned char>(byte) < ' ') byte = ' ';
    }
    return text;
}

class Writer {
public:
    Writer(const OfflineSetting& setting, const ledger::Ledger& start)
        : setting_(setting),
          options_(setting.options),
          dialect_(setting.driver.offline(setting.names)),
          rows_(start),
          count_(start.rows().size()) {
        // Nobody knows yet who runs it, and the same plan shall give the same script.
        options_.author = {"offline script", "", "offline", options_.author.image_label,
                           options_.author.headgate_version};
    }

    void write_plan(const plan::Plan& plan, std::string_view what) {
        const auto from = ledger::render_heads(rows_.rows());
        auto end = rows_;
        for (const auto& step : plan.steps) end.take(step);
        way_ = std::format("{} to {}", from, ledger::render_heads(end.rows()));
        write_header(what, plan);
        for (const auto& step : plan.steps) write_step(step, plan.steps.size());
    }

    void write_stamp(StampPlan stamp, std::string_view target) {
        way_ = std::format("{} to {}", ledger::render_heads(rows_.rows()), target);
        write_header("stamp", {});
        write("\n-- Only records: nothing else is run.\n");
        const database::StepScript step{.label = "stamp",
                                        .script = {},
                                        .changes = std::move(stamp.changes),
                                        .lock_timeout = options_.lock_timeout,
                                        .versions = std::move(stamp.versions)};
        write_part(mark::begin, dialect_->begin(step, assumed()));
        write_part(mark::record, dialect_->end(step));
    }

    const Author& author() const { return options_.author; }

private:
    void write(std::string_view text) const { setting_.sink(text); }
    void write_part(std::string_view mark, std::string_view text) const { write(std::string(mark).append(text)); }

    void write_header(std::string_view what, const plan::Plan& plan) const {
        auto text = std::format(
            "-- headgate {}: {}, {}, for {}\n--\n--     {}\n--\n"
            "-- Each step is one transaction, its row in {} included. The script stops at the first error, and\n"
            "-- where the database is not where the script begins: a second run changes nothing.\n",
            options_.author.headgate_version, what, way_, dialect_->name(), dialect_->invocation(),
            on_one_line(dialect_->ledger_name()));
        if (!plan.is_empty()) {
            text += std::format("--\n-- {} step{}:\n", plan.steps.size(), plan.steps.size() == 1 ? "" : "s");
        }
        for (const auto& step : plan.steps) {
            text += std::format("--     {}  {}\n", step.revision->id, on_one_line(step.revision->message));
        }
        write(text + "\n" + dialect_->start());
    }

    void write_step(const plan::Step& step, std::size_t count) {
        const auto& revision = *step.revision;
        const bool is_loose = revision.transaction == revision::TransactionMode::none;
        write(std::format(
            "\n-- ==== {} of {}: {} {}, {}\n--      {}{}\n", ++number_, count,
            step.direction == Direction::upgrade ? "upgrade" : "downgrade", revision.id, on_one_line(revision.message),
            on_one_line(revision.path.string()),
            is_loose ? "\n--      transaction = false: its statements stand alone, each with its record" : ""));
        if (is_loose) {
            write_statements(step);
        } else {
            write_transaction(step);
        }
        rows_.take(step);
        count_ = step.direction == Direction::upgrade ? count_ + 1 : count_ - 1;
        is_first_ = false;
    }

    void write_transaction(const plan::Step& step) const {
        const auto dialect = setting_.driver.dialect;
        const auto scripts = make_step_scripts({&step, 1}, dialect, options_);
        const auto& script = scripts.front();
        const auto text = render_author_text(script.script, dialect);
        write_part(mark::begin, dialect_->begin(script, assumed()));
        write_part(text.empty() ? mark::nothing : mark::revision, text);
        write_part(mark::record, dialect_->end(script));
    }

    void write_statements(const plan::Step& step) const {
        write(render_offline_statements(step, setting_.driver.dialect, *dialect_, assumed(), options_));
    }

    database::AssumedHistory assumed() const {
        return {count_, rows_.rows(), is_first_, options_.existing_tables == ExistingTables::accept, way_};
    }

    const OfflineSetting& setting_;
    Options options_;
    std::unique_ptr<database::OfflineDialect> dialect_;
    plan::VersionRows rows_;  // heads, in the sense of Alembic: nothing stands on them
    std::size_t count_;       // applied revisions
    std::string way_;
    bool is_first_ = true;
    std::size_t number_ = 0;
};

plan::VersionTableState state_of(const ledger::Ledger& start) {
    return start.is_empty() ? plan::VersionTableState::absent : plan::VersionTableState::there;
}

void write_plan(const OfflineSetting& setting, const ledger::Ledger& start, plan::Plan plan, std::string_view what) {
    if (!setting.names.version_table.empty()) plan::add_version_steps(plan, start, state_of(start));
    Writer(setting, start).write_plan(plan, what);
}

}  // namespace

void write_upgrade(const OfflineSetting& setting, const std::optional<plan::Target>& from, const plan::Target& to) {
    const auto start = find_start(setting.graph, from);
    const auto goals = plan::find_upgrade_goals(setting.graph, start, to);
    write_plan(setting, start, plan::plan_upgrade(setting.graph, start, goals), "upgrade");
}

void write_downgrade(const OfflineSetting& setting, const plan::Target& from, const plan::Target& to) {
    const auto start = find_start(setting.graph, from);
    write_plan(setting, start, plan::plan_downgrade(setting.graph, start, to), "downgrade");
}

void write_stamp(const OfflineSetting& setting, const std::optional<plan::Target>& from,
                 const std::vector<plan::Target>& to) {
    database::LedgerReading reading{find_start(setting.graph, from), "", std::nullopt};
    if (!setting.names.version_table.empty()) {
        reading.versions =
            database::VersionTable{"", !reading.ledger.is_empty(), plan::VersionRows(reading.ledger).rows()};
    }
    Writer writer(setting, reading.ledger);
    auto stamp = plan_stamp(setting.graph, reading, to, UnknownRows::keep, writer.author());
    const auto target = ledger::render_heads(stamp.heads);
    writer.write_stamp(std::move(stamp), target);
}

}  // namespace headgate::apply
