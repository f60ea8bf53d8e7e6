// SPDX-License-Identifier: Apache-2.0
#include "apply/step_script.hpp"

#include "revision/revision_file.hpp"

namespace headgate::apply {

ledger::Row make_row(const revision::Revision& revision, const Author& author) {
    ledger::Row row;
    row.revision = revision.id;
    row.parents = revision.down_revisions;
    row.depends_on = revision.depends_on;
    row.message = revision.message;
    row.checksums = revision.upgrade.checksums;
    row.applied_by = author.user;
    row.host = author.host;
    row.run_id = author.run_id;
    row.image_label = author.image_label;
    row.headgate_version = author.headgate_version;
    row.is_breaking = revision.is_breaking;
    return row;
}

namespace {

constexpr std::size_t most_steps = 100;
constexpr std::size_t most_bytes = 256 * 1024;

std::size_t size_of(const plan::Step& step) {
    const auto& revision = *step.revision;
    if (step.direction == revision::Direction::upgrade) return revision.upgrade.size;
    return revision.downgrade ? revision.downgrade->size : 0;
}

database::StepScript make_step_script(const plan::Step& step, base::DialectId dialect, const Options& options) {
    const auto& revision = *step.revision;
    database::StepScript script;
    script.label = revision.id;
    script.script = revision::read_script(revision, step.direction, dialect);
    script.lock_timeout = revision.lock_timeout.value_or(options.lock_timeout);
    script.versions = step.versions;
    if (step.direction == revision::Direction::upgrade) {
        auto row = make_row(revision, options.author);
        row.statements_done = static_cast<int>(script.script.statements.size());
        script.changes.emplace_back(database::InsertRow{std::move(row)});
    } else {
        script.changes.emplace_back(database::DeleteRow{revision.id});
    }
    return script;
}

}  // namespace

std::size_t count_handed_together(std::span<const plan::Step> steps) {
    std::size_t count = 1;
    auto bytes = size_of(steps.front());
    while (count < steps.size() && count < most_steps) {
        const auto& step = steps[count];
        bytes += size_of(step);
        if (bytes > most_bytes || step.revision->transaction == revision::TransactionMode::none) break;
        ++count;
    }
    return count;
}

std::vector<database::StepScript> make_step_scripts(std::span<const plan::Step> steps, base::DialectId dialect,
                                                    const Options& options) {
    std::vector<database::StepScript> scripts;
    scripts.reserve(steps.size());
    for (const auto& step : steps) scripts.push_back(make_step_script(step, dialect, options));
    return scripts;
}

}  // namespace headgate::apply
