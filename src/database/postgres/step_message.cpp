// SPDX-License-Identifier: Apache-2.0
#include "database/postgres/step_message.hpp"

#include <algorithm>
#include <format>
#include <iterator>
#include <utility>

#include "database/postgres/tag.hpp"
#include "database/postgres/version_sql.hpp"
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
    std::ranges::copy(set_variables(frame, Scope::transaction), std::back_inserter(all));
    if (!frame.role.empty()) all.push_back(std::format("SET LOCAL ROLE {}", sql::quote_identifier(frame.role)));
    return all;
}

// The server reads a message as a whole before it begins, and we keep it.
constexpr std::size_t most_bytes_together = 128 * 1024;

// One row is added, so that the step after it knows what to look for; nobody waits for data.
bool may_be_joined(const StepScript& step) {
    const auto wants_data = [](const sql::Statement& statement) {
        return statement.kind == sql::StatementKind::copy_from_stdin;
    };
    return step.statement == 0 && step.changes.size() == 1 && std::holds_alternative<InsertRow>(step.changes.front()) &&
           std::ranges::none_of(step.script.statements, wants_data);
}

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

std::vector<std::string> set_variables(const StepFrame& frame, Scope scope) {
    std::vector<std::string> all;
    for (const auto& [key, value] : frame.variables) {
        all.push_back(std::format("SELECT pg_catalog.set_config({}, {}, {})", sql::quote_literal("headgate." + key),
                                  sql::quote_literal(value), scope == Scope::transaction));
    }
    return all;
}

std::string tag_of(const StepScript& step, const StepFrame& frame) {
    return make_tag({qualify_ledger(frame.schema), step.label, step.statement, frame.application_name});
}

StepMessage make_step_message(const StepScript& step, const StepFrame& frame, const AssumedLedger& assumed) {
    const PostgresDialect dialect;
    const auto ledger = qualify_ledger(frame.schema);
    const auto local_settings = settings(step, frame);
    StepMessage message;
    message.text.reserve(size_of_script(step.script) + 8192);
    Writer writer(message);

    // A role's default may be REPEATABLE READ, where the guard would see the ledger as it was before the lock.
    writer.add_before(Section::opening, tag_of(step, frame) + "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE");
    for (const auto& sql : local_settings) writer.add_before(Section::opening, sql);
    writer.add_before(Section::opening,
                      std::format("SET LOCAL application_name = {}",
                                  sql::quote_literal(std::format("{} {}", frame.application_name, step.label))));
    for (const auto& sql : guard_statements(ledger, frame.schema, assumed, frame.language, frame.locking)) {
        writer.add_before(Section::guard, sql);
    }
    const bool is_first = std::holds_alternative<ledger::Expectation>(assumed);
    for (const auto& role : is_first ? frame.reader_roles : std::vector<std::string>()) {
        writer.add_before(Section::guard, grant_reading(ledger, role, frame.language));
    }
    if (step.versions) {
        writer.add_before(Section::guard, guard_versions(frame.versions, frame.version_table, *step.versions));
    }
    writer.add_script(step.script);
    if (!step.script.statements.empty()) {
        for (const auto sql : reset_statements()) writer.add_after(Section::reset, sql);
        for (const auto& sql : local_settings) writer.add_after(Section::reset, sql);
    }
    for (const auto& change : step.changes) writer.add_after(Section::change, dialect.change_ledger(ledger, change));
    for (const auto& change : step.versions ? step.versions->changes : std::vector<ledger::VersionChange>()) {
        writer.add_after(Section::change, change_one_version(frame.versions, change));
    }
    writer.add_after(Section::expectation, select_expectation(ledger));
    writer.add_after(Section::commit, "COMMIT");
    return message;
}

std::vector<StepMessage> make_step_messages(std::span<const StepScript> steps, const StepFrame& frame,
                                            const ledger::Expectation& expected) {
    std::vector<StepMessage> messages;
    AssumedLedger assumed = expected;
    std::string text;
    std::size_t characters = 0;
    for (const auto& step : steps) {
        auto& message = messages.emplace_back(make_step_message(step, frame, assumed));
        message.characters_before = characters;
        if (steps.size() == 1) return messages;
        characters += count_characters(message.text);
        text += std::exchange(message.text, {});
        const auto rows = expected.rows + static_cast<std::int64_t>(messages.size());
        assumed = Foregoing{rows, step.label, std::get<InsertRow>(step.changes.front()).row.run_id};
    }
    messages.front().text = std::move(text);
    return messages;
}

std::size_t count_sent_together(std::span<const StepScript> steps, Language language) {
    std::size_t count = 1;
    auto bytes = steps.front().script.text.size();
    if (language == Language::plain || !may_be_joined(steps.front())) return count;
    while (count < steps.size() && may_be_joined(steps[count])) {
        bytes += steps[count].script.text.size();
        if (bytes > most_bytes_together) break;
        ++count;
    }
    return count;
}

StepMessage make_alone_message(const StepScript& step, const StepFrame& frame) {
    StepMessage message;
    message.is_alone = true;
    message.text = tag_of(step, frame);
    message.characters_before = count_characters(message.text);
    message.text += step.script.statements.back().body(step.script.text);
    return message;
}

std::span<const std::string_view> reset_statements() {
    // Cursors first: one that is open on a temporary table keeps it from being dropped.
    static constexpr std::string_view resets[] = {
        "CLOSE ALL",    "RESET SESSION AUTHORIZATION", "RESET ROLE", "RESET ALL",
        "DISCARD TEMP", "DISCARD SEQUENCES",           "UNLISTEN *", "DEALLOCATE ALL",
    };
    return resets;
}

std::string make_reset_message() {
    std::string message;
    for (const auto sql : reset_statements()) message += std::format("{}; ", sql);
    return message;
}

std::optional<std::size_t> find_script_offset(const StepMessage& message, const sql::Script& script,
                                              std::size_t position) {
    const auto before = sum_of_characters(message.before) + message.characters_before;
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
