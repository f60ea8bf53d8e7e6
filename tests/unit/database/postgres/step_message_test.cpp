// SPDX-License-Identifier: Apache-2.0
#include "database/postgres/step_message.hpp"

#include <catch2/catch_test_macros.hpp>

#include "database/postgres/step_verdict.hpp"

namespace headgate::database::postgres {

namespace {

const StepFrame frame{"public", "headgate", "", 170000, Language::plpgsql};

StepScript make_step(std::string text) {
    StepScript step;
    step.label = "a1";
    step.script.file = "a1.sql";
    step.script.statements = sql::split(text, base::DialectId::postgresql).statements;
    step.script.text = std::move(text);
    step.changes.emplace_back(DeleteRow{"a1"});
    return step;
}

// The server's way to count: characters, from 1.
std::size_t position_of(const std::string& message, const std::string& part) {
    std::size_t characters = 1;
    for (const char byte : message.substr(0, message.find(part))) {
        if ((static_cast<unsigned char>(byte) & 0xC0) != 0x80) ++characters;
    }
    return characters;
}

ServerError error_with(std::string code, std::size_t position = 0) {
    ServerError error;
    error.code = std::move(code);
    error.message = "words";
    error.position = position;
    return error;
}

}  // namespace

TEST_CASE("a step is one message: BEGIN, guard, script, resets, ledger, COMMIT") {
    const auto message =
        make_step_message(make_step("SELECT 1;\n-- note\nSELECT 2"), frame, ledger::Expectation{true, 3, 7});
    const auto& text = message.text;
    std::size_t at = 0;
    for (const std::string part :
         {"BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE", "lock_timeout = 2000", "transaction_timeout = 0",
          "application_name = 'headgate a1'", "pg_try_advisory_xact_lock", "count(*) = 3", "HG002", "SELECT 1\n;",
          "SELECT 2\n;", "RESET ROLE", "RESET ALL", "DISCARD TEMP", "UNLISTEN *", "DEALLOCATE ALL",
          "statement_timeout = 0", "DELETE FROM \"public\".\"headgate_ledger\"", "max(sequence)", "COMMIT"}) {
        INFO(part);
        at = text.find(part, at);
        REQUIRE(at != std::string::npos);
    }
    CHECK_FALSE(text.contains("-- note"));
}

TEST_CASE("settings that an older server does not know are left out") {
    auto old = frame;
    old.server_version = 130000;
    const auto text = make_step_message(make_step("SELECT 1"), old, {}).text;
    CHECK_FALSE(text.contains("transaction_timeout = 0\n;\nSET LOCAL transaction_timeout"));
    CHECK_FALSE(text.contains("SET LOCAL transaction_timeout"));
    CHECK_FALSE(text.contains("client_connection_check_interval"));
}

TEST_CASE("a step without SQL has nothing to reset") {
    CHECK_FALSE(make_step_message(make_step(""), frame, {}).text.contains("RESET ALL"));
}

TEST_CASE("the role is taken before the guard and again after the resets") {
    auto with_role = frame;
    with_role.role = "owner \"x\"";
    const auto text = make_step_message(make_step("SELECT 1"), with_role, {}).text;
    const std::string set_role = "SET LOCAL ROLE \"owner \"\"x\"\"\"";
    const auto first = text.find(set_role);
    REQUIRE(first < text.find("pg_try_advisory_xact_lock"));
    CHECK(text.find(set_role, first + 1) > text.find("RESET ROLE"));
}

TEST_CASE("COPY data is not in the message") {
    const auto message = make_step_message(make_step("COPY t FROM stdin;\nsecret words\n\\.\nSELECT 1;"), frame, {});
    CHECK_FALSE(message.text.contains("secret words"));
    CHECK(message.text.contains("COPY t FROM stdin\n;"));
}

TEST_CASE("every position in the script is found again, whatever the characters around it") {
    const auto step = make_step("-- ünï\nSELECT 'äöü😀', aaa;\n\n/* 世界 */ SELECT bbb, 'é';SELECT ccc");
    auto framed = frame;
    framed.application_name = "hëadgate 😀";
    const auto message = make_step_message(step, framed, {});
    for (const std::string part : {"SELECT 'äöü", "aaa", "SELECT bbb", "bbb", "'é'", "ccc"}) {
        INFO(part);
        CHECK(find_script_offset(message, step.script, position_of(message.text, part)) == step.script.text.find(part));
    }
}

TEST_CASE("positions outside the script are in no file") {
    const auto step = make_step("SELECT 1;");
    const auto message = make_step_message(step, frame, {});
    for (const std::string part : {"BEGIN", "DO LANGUAGE", "RESET ALL", "COMMIT"}) {
        INFO(part);
        CHECK_FALSE(find_script_offset(message, step.script, position_of(message.text, part)));
    }
    CHECK_FALSE(find_script_offset(message, step.script, 0));
    CHECK_FALSE(find_script_offset(message, step.script, 1'000'000));
}

TEST_CASE("a statement that ends too early points at its end") {
    const auto step = make_step("SELECT 1 +;SELECT 2;");
    const auto message = make_step_message(step, frame, {});
    const auto semicolon = position_of(message.text, "SELECT 1 +") + std::string("SELECT 1 +\n").size();
    CHECK(find_script_offset(message, step.script, semicolon) == std::string("SELECT 1 +").size());
}

TEST_CASE("an error without a position belongs to the statement without a result") {
    const auto step = make_step("SELECT 1;\nSELECT 2;");
    const auto message = make_step_message(step, frame, {});
    const auto verdict = judge_failure(error_with("22012"), message, step, message.before.size() + 1);
    CHECK(verdict.end == StepEnd::rolled_back);
    CHECK(verdict.error.spot == base::SourceSpot{"a1.sql", 2, 1});
}

TEST_CASE("the guard's own errors are no failures of the step") {
    const auto step = make_step("SELECT 1;");
    const auto message = make_step_message(step, frame, {});
    const auto guard = message.before.size() - 1;
    REQUIRE(message.section_of(guard, 1) == Section::guard);
    const auto end = [&](const std::string& code, std::size_t at) {
        return judge_failure(error_with(code), message, step, at).end;
    };
    CHECK(end("HG001", guard) == StepEnd::lock_busy);
    CHECK(end("HG002", guard) == StepEnd::ledger_moved);
    CHECK(end("42P01", guard) == StepEnd::ledger_moved);
    CHECK(end("42P07", guard) == StepEnd::ledger_moved);
    CHECK(end("42501", guard) == StepEnd::rolled_back);
    // The same from the step's own SQL.
    for (const std::string code : {"HG001", "HG002", "42P01", "42P07"})
        CHECK(end(code, guard + 1) == StepEnd::rolled_back);
}

TEST_CASE("a duplicate key means plan again on the ledger, and a failure elsewhere") {
    const auto step = make_step("SELECT 1;");
    const auto message = make_step_message(step, frame, {});
    std::size_t change = message.before.size() + 1;
    while (message.section_of(change, 1) != Section::change) ++change;
    auto duplicate = error_with("23505");
    duplicate.table = "headgate_ledger";
    CHECK(judge_failure(duplicate, message, step, change).end == StepEnd::ledger_moved);
    CHECK(judge_failure(duplicate, message, step, message.before.size()).end == StepEnd::rolled_back);
    duplicate.table = "users";
    CHECK(judge_failure(duplicate, message, step, change).end == StepEnd::rolled_back);
}

namespace {

StepScript make_upgrade(const std::string& revision, const std::string& sql) {
    auto step = make_step(sql);
    InsertRow insert;
    insert.row.revision = revision;
    insert.row.run_id = "12ab";
    step.label = revision;
    step.changes = {insert};
    return step;
}

}  // namespace

TEST_CASE("steps that are sent together are one text; each looks for the row of the one before it") {
    const std::vector steps{make_upgrade("a", "SELECT 'ä'"), make_upgrade("b", "SELECT 2"), make_upgrade("c", "")};
    const auto messages = make_step_messages(steps, frame, ledger::Expectation{true, 3, 7});
    REQUIRE(messages.size() == 3);
    const auto& text = messages.front().text;
    CHECK(messages[1].text.empty());
    const auto second = text.find("last.revision = 'a' AND last.run_id = '12ab'");
    const auto third = text.find("last.revision = 'b' AND last.run_id = '12ab'");
    CHECK(text.find("count(*) = 3") < second);
    CHECK(text.find("count(*) = 4", text.find("count(*) = 3")) < second);
    CHECK(second < third);
    CHECK(third != std::string::npos);

    // Characters, as the server counts them, and the text has one of two bytes before this place.
    const auto place = text.find("SELECT 2") - 1 + 7;
    CHECK(find_script_offset(messages[1], steps[1].script, place + 1) == 7);
    CHECK_FALSE(find_script_offset(messages[0], steps[0].script, place + 1));
}

TEST_CASE("what has no place in a common text is sent alone") {
    const auto plain = make_upgrade("a", "SELECT 1");
    auto undo = make_step("SELECT 1");
    const auto large = make_upgrade("b", "SELECT '" + std::string(200'000, 'x') + "'");
    const std::vector many(5, plain);
    CHECK(count_sent_together(many, Language::plpgsql) == 5);
    CHECK(count_sent_together(many, Language::plain) == 1);
    CHECK(count_sent_together(std::vector{plain, plain, undo, plain}, Language::plpgsql) == 2);
    CHECK(count_sent_together(std::vector{undo, plain}, Language::plpgsql) == 1);
    CHECK(count_sent_together(std::vector{plain, large, plain}, Language::plpgsql) == 1);
    const auto copy = make_upgrade("c", "COPY a FROM stdin;\n1\n\\.\n");
    CHECK(count_sent_together(std::vector{plain, copy, plain}, Language::plpgsql) == 1);
}

}  // namespace headgate::database::postgres
