// SPDX-License-Identifier: Apache-2.0
#include "database/postgres/step_verdict.hpp"

#include <catch2/catch_test_macros.hpp>

namespace headgate::database::postgres {

namespace {

const StepFrame frame{"public", "headgate", "", 170000, Language::plpgsql};

StepScript make_step() {
    StepScript step;
    step.label = "a1";
    step.script.text = "SELECT 1";
    step.script.statements = sql::split(step.script.text, base::DialectId::postgresql).statements;
    step.changes.emplace_back(DeleteRow{"a1"});
    return step;
}

enum class Where { script, commit };

StepEnd judge(const char* severity, const char* code, Where where) {
    const auto step = make_step();
    const auto message = make_step_message(step, frame, ledger::Expectation{true, 3, 7});
    auto completed = message.before.size();
    if (where == Where::commit) completed += step.script.statements.size() + message.after.size() - 1;
    ServerError failure;
    failure.code = code;
    failure.severity = severity;
    return judge_failure(failure, message, step, completed).end;
}

StepEnd judge_alone(const char* severity) {
    const auto step = make_step();
    ServerError failure;
    failure.code = "53200";
    failure.severity = severity;
    return judge_failure(failure, make_alone_message(step, frame), step, 0).end;
}

}  // namespace

TEST_CASE("a server that panics at COMMIT may have written it: how the step ended is not known") {
    CHECK(judge("PANIC", "58030", Where::commit) == StepEnd::unknown);
    CHECK(judge("PANIC", "53100", Where::commit) == StepEnd::unknown);
    CHECK(judge("FATAL", "58030", Where::commit) == StepEnd::unknown);
}

TEST_CASE("a constraint that fails at COMMIT rolled the step back") {
    CHECK(judge("ERROR", "23503", Where::commit) == StepEnd::rolled_back);
}

TEST_CASE("a session that the server ends before COMMIT rolled the step back, and a server that goes down is asked") {
    CHECK(judge("FATAL", "25P04", Where::script) == StepEnd::rolled_back);
    CHECK(judge("PANIC", "53100", Where::script) == StepEnd::unknown);
}

TEST_CASE("a statement that runs alone commits by itself: a FATAL in it leaves open how it ended") {
    CHECK(judge_alone("FATAL") == StepEnd::unknown);
    CHECK(judge_alone("PANIC") == StepEnd::unknown);
    CHECK(judge_alone("ERROR") == StepEnd::rolled_back);
}

}  // namespace headgate::database::postgres
