// SPDX-License-Identifier: Apache-2.0
// How far a revision with `transaction = false` has come. Its ledger row carries this text from the first statement to
// the last one, and is `partial` as long; how many statements are done is a column of its own.
#pragma once

#include <string>
#include <string_view>

namespace headgate::ledger {

enum class Course { upgrade, downgrade };

struct Journal {
    Course course = Course::upgrade;
    std::string fingerprint;  // of the statements that are done: those must not have changed when a run goes on
    bool has_begun = false;   // the next statement was begun outside any transaction; its end is not recorded yet
    std::string note;         // what the driver wants to know of that statement, should nobody record its end

    bool operator==(const Journal&) const = default;
};

// "upgrade 5f3a… begun index 16402". `note` must not hold a line break.
std::string render(const Journal& journal);
// Throws Error(history_mismatch) for what this version does not understand.
Journal parse_journal(std::string_view text);

}  // namespace headgate::ledger
