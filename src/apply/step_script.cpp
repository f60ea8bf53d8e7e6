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

database::StepScript make_step_script(const plan::Step& step, base::DialectId dialect, const Options& options) {
    const auto& revision = *step.revision;
    database::StepScript script;
    script.label = revision.id;
    script.script = revision::read_script(revision, step.direction, dialect);
    script.lock_timeout = revision.lock_timeout.value_or(options.lock_timeout);
    if (step.direction == revision::Direction::upgrade) {
        auto row = make_row(revision, options.author);
        row.statements_done = static_cast<int>(script.script.statements.size());
        script.changes.emplace_back(database::InsertRow{std::move(row)});
    } else {
        script.changes.emplace_back(database::DeleteRow{revision.id});
    }
    return script;
}

}  // namespace headgate::apply
