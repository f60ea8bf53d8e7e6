// SPDX-License-Identifier: Apache-2.0
#include "database/postgres/step_message.hpp"

#include <algorithm>
#include <format>
#include <utility>

#include "sql/quote.hpp"

namespace headgate::database::postgres {

namespace {

// Between two statements. A line of its own, so that a line comment at a statement's end stays one.
constexpr std::string_view separator = "\n;\n";

bool starts_character(char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0) != 0x80;
}

std::size_t count_characters(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(text, starts_character));
}

std::size_t offset_of_character(std::string_view text, std::size_t character) {
    for (std::size_t offset = 0; offset < text.size(); ++offset) {
        if (starts_character(text[offset]) && character-- == 0) return offset;
    }
    return text.size();
}

// Time-outs of the role or the database must not end a step half way; a lost client must not leave it running.
std::vector<std::string> settings(const StepScript& step, const StepFrame& frame) {
    std::vector<std::string> all{
        "SET LOCAL statement_timeout = 0",
        "SET LOCAL idle_in_transaction_session_timeout = '5min'",
        std::format("SET LOCAL lock_timeout = {}", step.lock_timeout.count()),
    };
    if (frame.server_version >= 170000) all.emplace_back("SET LOCAL transaction_timeout = 0");
    if (frame.server_version >= 140000) {
        // Elsewhere than on Linux servers may refuse any value but 0.
        all.emplace_back(
            "SELECT pg_catalog.set_config('client_connection_check_interval', "
            "CASE WHEN pg_catalog.version() LIKE '%linux%' THEN '2s' ELSE '0' END, true)");
    }
    if (!frame.role.empty()) all.push_back(std::format("SET LOCAL ROLE {}", sql::quote_identifier(frame.role)));
    return all;
}

// Cursors first: one that is open on a temporary table keeps it from being dropped.
constexpr std::string_view resets[] = {
    "CLOSE ALL",    "RESET SESSION AUTHORIZATION", "RESET ROLE", "RESET ALL",
    "DISCARD TEMP", "DISCARD SEQUENCES",           "UNLISTEN *", "DEALLOCATE ALL",
};

class Writer {
public:
    explicit Writer(StepMessage& message) : message_(message) {}

    void add_before(Section section, std::string_view sql) { add(message_.before, section, sql); }
    void add_after(Section section, std::string_view sql) { add(message_.after, section, sql); }

    void add_script(const sql::Script& script) {
        for (const auto& statement : script.statements) {
            message_.text += statement.body(script.text);
            message_.text += separator;
        }
    }

private:
    void add(std::vector<OwnStatement>& list, Section section, std::string_view sql) {
        message_.text += sql;
        message_.text += separator;
        list.push_back({section, count_characters(sql) + separator.size()});
    }

    StepMessage& message_;
};

std::size_t size_of_script(const sql::Script& script) {
    std::size_t size = 0;
    for (const auto& statement : script.statements) size += statement.body_size + separator.size();
    return size;
}

std::size_t sum_of_characters(const std::vector<OwnStatement>& statements) {
    std::size_t sum = 0;
    for (const auto& each : statements) sum += each.characters;
    return sum;
}

}  // namespace

Section StepMessage::section_of(std::size_t statement, std::size_t script_statements) const {
    if (statement < before.size()) return before[statement].section;
    statement -= before.size();
    if (statement < script_statements) return Section::script;
    statement -= script_statements;
    return statement < after.size() ? after[statement].section : Section::commit;
}

StepMessage make_step_message(const StepScript& step, const StepFrame& frame, const ledger::Expectation& expected) {
    const PostgresDialect dialect;
    const auto ledger = qualify_ledger(frame.schema);
    const auto local_settings = settings(step, frame);
    StepMessage message;
    message.text.reserve(size_of_script(step.script) + 8192);
    Writer writer(message);

    // A role's default may be REPEATABLE READ, where the guard would see the ledger as it was before the lock.
    writer.add_before(Section::opening, "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE");
    for (const auto& sql : local_settings) writer.add_before(Section::opening, sql);
    writer.add_before(Section::opening,
                      std::format("SET LOCAL application_name = {}",
                                  sql::quote_literal(std::format("{} {}", frame.application_name, step.label))));
    for (const auto& sql : guard_statements(ledger, frame.schema, expected, frame.language)) {
        writer.add_before(Section::guard, sql);
    }
    for (const auto& role : frame.reader_roles) {
        writer.add_before(Section::guard, grant_reading(ledger, role, frame.language));
    }
    writer.add_script(step.script);
    if (!step.script.statements.empty()) {
        for (const auto sql : resets) writer.add_after(Section::reset, sql);
        for (const auto& sql : local_settings) writer.add_after(Section::reset, sql);
    }
    for (const auto& change : step.changes) writer.add_after(Section::change, dialect.change_ledger(ledger, change));
    writer.add_after(Section::expectation, select_expectation(ledger));
    writer.add_after(Section::commit, "COMMIT");
    return message;
}

std::optional<std::size_t> find_script_offset(const StepMessage& message, const sql::Script& script,
                                              std::size_t position) {
    const auto before = sum_of_characters(message.before);
    if (position == 0 || position - 1 < before) return std::nullopt;
    auto left = position - 1 - before;
    for (const auto& statement : script.statements) {
        const auto body = statement.body(script.text);
        const auto characters = count_characters(body);
        if (left < characters) return statement.body_offset + offset_of_character(body, left);
        // The separator: the statement ended too early.
        if (left < characters + separator.size()) return statement.body_offset + statement.body_size;
        left -= characters + separator.size();
    }
    return std::nullopt;
}

}  // namespace headgate::database::postgres
