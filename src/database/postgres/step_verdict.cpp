// SPDX-License-Identifier: Apache-2.0
#include "database/postgres/step_verdict.hpp"

#include <format>
#include <optional>
#include <string>
#include <utility>

#include "ledger/row.hpp"

namespace headgate::database::postgres {

namespace {

using base::Error;
using base::ErrorKind;

std::string join_lines(const std::string& first, const std::string& second) {
    if (first.empty() || second.empty()) return first + second;
    return first + "\n" + second;
}

// The offset in the script: where the server points, or else the statement that had no result yet.
std::optional<std::size_t> find_offset(const ServerError& failure, const StepMessage& message,
                                       const sql::Script& script, std::size_t completed) {
    if (auto offset = find_script_offset(message, script, failure.position)) return offset;
    if (message.section_of(completed, script.statements.size()) != Section::script) return std::nullopt;
    return script.statements[completed - message.before.size()].body_offset;
}

Error describe(const ServerError& failure) {
    return Error(ErrorKind::step_failed, failure.message)
        .with_code(failure.code)
        .with_detail(join_lines(failure.detail, failure.context))
        .with_hint(failure.hint);
}

Error make_script_error(const ServerError& failure, const sql::Script& script, std::size_t offset) {
    return describe(failure).at(script.spot_of(offset)).with_excerpt(base::render_excerpt(script.text, offset));
}

// What went wrong after the script's own statements is still the script's doing, but has no line of its own.
Error make_late_error(const ServerError& failure, const sql::Script& script, Section section) {
    auto error = describe(failure).at({script.file, 0, 0});
    if (!error.hint.empty()) return error;
    error.hint = section == Section::commit
                     ? "all statements ran; this came at COMMIT, from a constraint or trigger that was deferred"
                     : "all statements ran; this came when headgate put the session's settings back";
    return error;
}

// Since PostgreSQL 15 only its owner may create in public: the commonest reason for a first step to fail.
std::string explain_missing_right(std::string_view message) {
    constexpr std::string_view about_schema = "permission denied for schema ";
    if (!message.starts_with(about_schema))
        return "headgate keeps its ledger in this database: the role of the step must be able to write it";
    return std::format(
        "headgate keeps its ledger there: say as the schema's owner GRANT USAGE, CREATE ON SCHEMA {} TO "
        "…, for the user of the URL, or the setting role",
        message.substr(about_schema.size()));
}

Error make_ledger_error(const ServerError& failure) {
    auto error = translate(failure);
    if (failure.code == "22P02" || failure.code == "23505") error.kind = ErrorKind::history_mismatch;
    if (failure.code == "42501" && error.hint.empty()) error.hint = explain_missing_right(failure.message);
    return error;
}

// The plain guard has no way to raise a SQLSTATE of its own: it fails a cast of a text that starts with it.
bool is_raised(const ServerError& failure, std::string_view code) {
    return failure.code == code || (failure.code == "22P02" && failure.message.contains(std::format("\"{} ", code)));
}

// The table is there though it should not be, or the other way round.
bool is_ledger_elsewhere(const ServerError& failure) {
    return failure.code == "42P01" || failure.code == "42P07" || failure.code == "3F000" || failure.code == "23505";
}

std::optional<StepEnd> judge_guard(const ServerError& failure) {
    if (is_raised(failure, lock_busy_code)) return StepEnd::lock_busy;
    if (is_raised(failure, ledger_moved_code) || is_ledger_elsewhere(failure)) return StepEnd::ledger_moved;
    return std::nullopt;
}

// "cannot run inside a transaction block", and a COMMIT in a DO block or a procedure.
bool needs_alone(const ServerError& failure, const StepScript& step) {
    return step.statement != 0 && (failure.code == "25001" || failure.code == "2D000");
}

// A server in recovery refuses BEGIN … READ WRITE as a feature that it does not support; others refuse what writes.
bool is_read_only(const ServerError& failure, Section section) {
    if (section == Section::script) return false;
    return failure.code == "25006" || (failure.code == "0A000" && section == Section::opening);
}

// A server that cannot write or flush its log panics, and what it was to commit may be in there all the same. A session
// that ends before COMMIT has none to lose.
bool is_open(const ServerError& failure, bool may_commit) {
    return is_connection_loss(failure) || failure.severity == "PANIC" || (may_commit && failure.severity == "FATAL");
}

Error make_error(const ServerError& failure, const StepMessage& message, const StepScript& step,
                 std::size_t completed) {
    if (const auto offset = find_offset(failure, message, step.script, completed)) {
        return make_script_error(failure, step.script, *offset);
    }
    const auto section = message.section_of(completed, step.script.statements.size());
    if (section == Section::commit || section == Section::reset) return make_late_error(failure, step.script, section);
    return make_ledger_error(failure);
}

}  // namespace

Verdict judge_failure(const ServerError& failure, const StepMessage& message, const StepScript& step,
                      std::size_t completed) {
    auto error = make_error(failure, message, step, completed);
    const auto section = message.section_of(completed, step.script.statements.size());
    const bool may_commit = message.is_alone || section == Section::commit;
    if (is_open(failure, may_commit)) return {StepEnd::unknown, std::move(error)};
    if (needs_alone(failure, step) && section == Section::script) return {StepEnd::needs_alone, std::move(error)};
    if (is_read_only(failure, section)) {
        error.kind = ErrorKind::unreachable;
        return {StepEnd::read_only, std::move(error)};
    }
    if (section == Section::guard) {
        if (const auto end = judge_guard(failure)) return {*end, std::move(error)};
    }
    if (section == Section::change && failure.code == "23505" && failure.table == ledger::table_name) {
        return {StepEnd::ledger_moved, std::move(error)};
    }
    return {is_worth_retrying(failure) ? StepEnd::retryable : StepEnd::rolled_back, std::move(error)};
}

}  // namespace headgate::database::postgres
