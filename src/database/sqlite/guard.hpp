// SPDX-License-Identifier: Apache-2.0
// What a step's SQL may not do, asked by SQLite before it prepares each statement (its authorizer), and whether the
// step touched anything that stays with the connection after its transaction.
#pragma once

#include <string>
#include <string_view>

struct sqlite3;

namespace headgate::database::sqlite {

class Guard {
public:
    // Watches what is prepared on `handle`, which must outlive it. One Guard a handle at a time.
    explicit Guard(sqlite3* handle);
    ~Guard();
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;

    // Why the last statement was refused with SQLITE_AUTH; empty if it was not us.
    const std::string& refusal() const { return refusal_; }
    // A pragma with a value, an attached database or something temporary: no COMMIT or ROLLBACK undoes them all.
    bool left_traces() const { return left_traces_; }

private:
    static int on_action(void* guard, int action, const char* first, const char* second, const char* database,
                         const char* trigger);
    int decide(int action, std::string_view first, bool has_second, std::string_view database);
    int decide_pragma(std::string_view name, bool has_value);

    sqlite3* handle_;
    std::string refusal_;
    bool left_traces_ = false;
};

}  // namespace headgate::database::sqlite
