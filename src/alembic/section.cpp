// SPDX-License-Identifier: Apache-2.0
#include "alembic/section.hpp"

#include <algorithm>
#include <format>

#include "base/text.hpp"
#include "revision/revision_file.hpp"
#include "sql/script.hpp"

namespace headgate::alembic {

namespace {

using sql::Statement;
using sql::StatementKind;

bool is_transaction_end_or_start(const Statement& statement) {
    return statement.kind == StatementKind::begin || statement.kind == StatementKind::commit;
}

// A COMMIT that closes what Alembic, not the revision, has begun: an autocommit_block, or op.execute("COMMIT").
bool commits_on_its_way(const std::vector<Statement>& statements) {
    const auto first = std::ranges::find_if(statements, is_transaction_end_or_start);
    return first != statements.end() && first->kind == StatementKind::commit;
}

}  // namespace

SectionText read_section(const Rendering& rendering, base::DialectId dialect) {
    SectionText section{
        .sql = std::string(base::trim(rendering.sql)), .hole = rendering.error, .notes = rendering.notes};
    const auto statements = sql::split(section.sql, dialect).statements;
    const bool has_such = std::ranges::contains(statements, StatementKind::outside_transaction, &Statement::kind);
    section.is_outside_transaction = rendering.has_autocommit_block || has_such || commits_on_its_way(statements);
    section.is_left_out = rendering.is_refused;
    return section;
}

void leave_out_transactions(SectionText& section, base::DialectId dialect) {
    std::string kept;
    for (const auto& statement : sql::split(section.sql, dialect).statements) {
        if (!is_transaction_end_or_start(statement)) kept += section.sql.substr(statement.offset, statement.size);
    }
    section.sql = base::trim(kept);
}

std::optional<std::string> find_load_fault(std::string_view header, const SectionText& section,
                                           base::DialectId dialect) {
    const auto text = std::format("{}\n-- headgate:upgrade\n{}\n", header, section.sql);
    const auto parsed = revision::parse_revision(text, "it", dialect);
    if (parsed.problems.empty()) return std::nullopt;
    const auto& problem = parsed.problems.front();
    return std::format("headgate refuses it: {}{}{}", problem.message, problem.hint.empty() ? "" : "; ", problem.hint);
}

}  // namespace headgate::alembic
