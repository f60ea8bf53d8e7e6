// SPDX-License-Identifier: Apache-2.0
#include "revision/step_statements.hpp"

#include <algorithm>
#include <format>
#include <initializer_list>
#include <optional>
#include <span>
#include <utility>

#include "base/text.hpp"
#include "sql/concurrent_index.hpp"
#include "sql/lexer.hpp"

namespace headgate::revision {

namespace {

using sql::Statement;
using sql::StatementKind;

// A section that is wrong as a whole (each statement with a BEGIN and COMMIT of its own) is not worth more.
constexpr std::size_t most_problems = 10;

constexpr const char* add_transaction_false = "add transaction = false to the header";

struct Refusal {
    std::string_view reason;  // follows the statement
    std::string_view hint;
};

std::optional<Refusal> refusal_in_transaction(StatementKind kind) {
    switch (kind) {
        case StatementKind::begin:
            return Refusal{"opens a transaction inside the step's own",
                           "one BEGIN before and one COMMIT after the whole section are fine; leave this one out, use "
                           "SAVEPOINT, or split the revision"};
        case StatementKind::commit:
        case StatementKind::transaction_control:
            return Refusal{
                "would end the transaction that the step is",
                "leave it out: a step is committed as a whole or not at all; use SAVEPOINT for a part of it, "
                "or split the revision"};
        case StatementKind::outside_transaction:
            return Refusal{"cannot run inside a transaction", add_transaction_false};
        case StatementKind::ordinary:
        case StatementKind::empty:
        case StatementKind::savepoint:
        case StatementKind::pragma:
        case StatementKind::setting:
        case StatementKind::copy_from_stdin:
        case StatementKind::psql_restrict:
        case StatementKind::psql_command:
        case StatementKind::session_advisory_lock:
        case StatementKind::set_client_encoding:
        case StatementKind::set_standard_conforming_strings:
            break;
    }
    return {};
}

// How the build of an index ended is found out by its name.
bool is_nameless_index(std::string_view body, base::DialectId dialect) {
    if (dialect != base::DialectId::postgresql) return false;
    const auto index = sql::read_concurrent_index(body);
    return index && index->name.empty();
}

std::optional<Refusal> refusal_without_transaction(StatementKind kind) {
    const bool is_transaction = kind == StatementKind::begin || kind == StatementKind::commit ||
                                kind == StatementKind::savepoint || kind == StatementKind::transaction_control;
    if (!is_transaction) return {};
    return Refusal{"has no place in a revision with transaction = false",
                   "leave it out: there each statement runs and is recorded by itself, so that a run that was "
                   "interrupted can go on; statements that belong together go into a revision of their own"};
}

std::optional<Refusal> refusal_anywhere(StatementKind kind) {
    switch (kind) {
        case StatementKind::psql_command:
            return Refusal{"is a command of psql, and headgate runs SQL only", "write it as SQL, or leave it out"};
        case StatementKind::session_advisory_lock:
            return Refusal{
                "takes or frees an advisory lock of the session, which a connection pooler would leave behind",
                "use pg_advisory_xact_lock"};
        case StatementKind::set_client_encoding:
            return Refusal{"changes the client encoding; headgate sends UTF-8",
                           "save the file as UTF-8 and leave it out"};
        case StatementKind::set_standard_conforming_strings:
            return Refusal{"changes how the text after it is read",
                           "leave it out, and write backslash escapes as E'...'"};
        case StatementKind::ordinary:
        case StatementKind::empty:
        case StatementKind::begin:
        case StatementKind::commit:
        case StatementKind::savepoint:
        case StatementKind::transaction_control:
        case StatementKind::pragma:
        case StatementKind::setting:
        case StatementKind::copy_from_stdin:
        case StatementKind::psql_restrict:
        case StatementKind::outside_transaction:
            break;
    }
    return {};
}

// The words, numbers and plain strings of a short statement, in lower case, without quotes.
std::vector<std::string> plain_words(std::string_view body, base::DialectId dialect) {
    std::vector<std::string> words;
    sql::Lexer lexer(body, dialect);
    for (sql::Token token = lexer.next(); token.kind != sql::TokenKind::end && words.size() < 20;
         token = lexer.next()) {
        if (sql::is_blank(token.kind)) continue;
        std::string word = base::to_lower(token.text);
        if (word.size() > 1 && (word.front() == '\'' || word.front() == '"')) word = word.substr(1, word.size() - 2);
        words.push_back(std::move(word));
    }
    return words;
}

bool holds_any(std::span<const std::string> words, std::initializer_list<std::string_view> wanted) {
    return std::ranges::any_of(
        words, [&](const std::string& word) { return std::ranges::find(wanted, word) != wanted.end(); });
}

// PRAGMAs that mean something inside a transaction. Of the others, those that are no-ops or refused there, the usual
// case is PRAGMA foreign_keys=OFF around a table rebuild, which the SQLite driver takes care of.
bool works_in_transaction(const Statement& pragma, const SectionText& section) {
    const std::vector<std::string> words = plain_words(pragma.body(section.text), section.dialect);
    return holds_any(words,
                     {"legacy_alter_table", "defer_foreign_keys", "ignore_check_constraints", "recursive_triggers",
                      "writable_schema", "case_sensitive_like", "user_version", "application_id"});
}

// What may stand outside the outermost pair.
bool may_surround(const Statement& statement) {
    return statement.kind == StatementKind::empty || statement.kind == StatementKind::pragma ||
           statement.kind == StatementKind::psql_restrict;
}

// Indexes of BEGIN and COMMIT.
struct OutermostPair {
    std::size_t begin = 0;
    std::size_t commit = 0;
};

std::optional<OutermostPair> find_outermost_pair(const std::vector<Statement>& statements) {
    const auto begin = std::ranges::find_if_not(statements, may_surround);
    if (begin == statements.end() || begin->kind != StatementKind::begin) return {};
    const auto commit = std::find_if_not(statements.rbegin(), statements.rend(), may_surround);
    if (commit->kind != StatementKind::commit) return {};
    return OutermostPair{static_cast<std::size_t>(begin - statements.begin()),
                         static_cast<std::size_t>(statements.rend() - commit) - 1};
}

class Chooser {
public:
    explicit Chooser(const SectionText& section) : section_(section) {}
    StepStatements run();

private:
    std::optional<Refusal> find_refusal(const Statement& statement) const;
    void drop_outermost_pair(std::vector<Statement>& statements);
    void check_modes(const Statement& begin);
    void add(const Statement& statement, const Refusal& refusal);
    void add_faults(const sql::SplitResult& split);

    const SectionText& section_;
    std::vector<base::Problem> problems_;
};

StepStatements Chooser::run() {
    sql::SplitResult split = sql::split(section_.text, section_.dialect);
    add_faults(split);
    std::vector<Statement>& statements = split.statements;
    if (section_.transaction == TransactionMode::one_transaction) drop_outermost_pair(statements);
    std::erase_if(statements, [](const Statement& statement) {
        return statement.kind == StatementKind::empty || statement.kind == StatementKind::psql_restrict;
    });
    for (const Statement& statement : statements) {
        if (const std::optional<Refusal> refusal = find_refusal(statement)) add(statement, *refusal);
    }
    return {std::move(statements), std::move(problems_)};
}

std::optional<Refusal> Chooser::find_refusal(const Statement& statement) const {
    if (statement.kind == StatementKind::ordinary) return {};
    if (const std::optional<Refusal> refusal = refusal_anywhere(statement.kind)) return refusal;
    if (section_.transaction == TransactionMode::one_transaction) return refusal_in_transaction(statement.kind);
    if (is_nameless_index(statement.body(section_.text), section_.dialect)) {
        return Refusal{"builds an index that it does not name", "give it a plain name, so that headgate can find it"};
    }
    return refusal_without_transaction(statement.kind);
}

// Left out are marked as empty.
void Chooser::drop_outermost_pair(std::vector<Statement>& statements) {
    const std::optional<OutermostPair> pair = find_outermost_pair(statements);
    if (!pair) return;
    check_modes(statements[pair->begin]);
    for (std::size_t index = 0; index < statements.size(); ++index) {
        Statement& statement = statements[index];
        if (index > pair->begin && index < pair->commit) continue;
        if (statement.kind == StatementKind::pragma && works_in_transaction(statement, section_)) continue;
        statement.kind = StatementKind::empty;
    }
}

// BEGIN ISOLATION LEVEL SERIALIZABLE asks for something that would be lost with it.
void Chooser::check_modes(const Statement& begin) {
    const std::vector<std::string> words = plain_words(begin.body(section_.text), section_.dialect);
    if (!holds_any(words, {"serializable", "repeatable", "only"})) return;
    add(begin, {"asks for a kind of transaction that a step is not",
                "a step is READ COMMITTED and READ WRITE; leave the modes out"});
}

void Chooser::add(const Statement& statement, const Refusal& refusal) {
    if (problems_.size() >= most_problems) return;
    const std::string_view body = statement.body(section_.text);
    const std::string_view start = body.substr(0, std::min<std::size_t>(body.find_first_of("\r\n"), 60));
    problems_.push_back({{section_.file, section_.first_line + statement.line - 1, 0},
                         std::format("{} {}", start, refusal.reason),
                         std::string(refusal.hint)});
}

void Chooser::add_faults(const sql::SplitResult& split) {
    for (const sql::SplitResult::Fault& fault : split.faults) {
        if (problems_.size() >= most_problems) return;
        problems_.push_back(
            {base::locate(section_.file, section_.text, fault.offset, section_.first_line), fault.message, {}});
    }
}

}  // namespace

StepStatements choose_statements(const SectionText& section) {
    return Chooser(section).run();
}

}  // namespace headgate::revision
