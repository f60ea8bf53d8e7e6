// SPDX-License-Identifier: Apache-2.0
#include "database/sqlite/guard.hpp"

#include <format>

#include <sqlite3.h>

#include "base/text.hpp"

namespace headgate::database::sqlite {

namespace {

std::string_view text_or_nothing(const char* text) {
    return text == nullptr ? std::string_view() : std::string_view(text);
}

}  // namespace

Guard::Guard(sqlite3* handle) : handle_(handle) {
    sqlite3_set_authorizer(handle_, &Guard::on_action, this);
}

Guard::~Guard() {
    sqlite3_set_authorizer(handle_, nullptr, nullptr);
}

int Guard::on_action(void* guard, int action, const char* first, const char* second, const char* database,
                     const char* /*trigger*/) {
    return static_cast<Guard*>(guard)->decide(action, text_or_nothing(first), second != nullptr,
                                              text_or_nothing(database));
}

int Guard::decide(int action, std::string_view first, bool has_second, std::string_view database) {
    if (action == SQLITE_TRANSACTION) {
        refusal_ = std::format("{} is not allowed inside a step: the step is the transaction", first);
        return SQLITE_DENY;
    }
    if (action == SQLITE_PRAGMA) return decide_pragma(first, has_second);
    if (action == SQLITE_ATTACH || action == SQLITE_DETACH || database == "temp") left_traces_ = true;
    return SQLITE_OK;
}

int Guard::decide_pragma(std::string_view name, bool has_value) {
    // In the middle of a transaction SQLite accepts some of its values, and a crash would leave half a step.
    if (has_value && base::equals_ignoring_case(name, "journal_mode")) {
        refusal_ = "PRAGMA journal_mode cannot be changed inside a step: it decides whether the step can be undone";
        return SQLITE_DENY;
    }
    left_traces_ = left_traces_ || has_value;
    return SQLITE_OK;
}

}  // namespace headgate::database::sqlite
