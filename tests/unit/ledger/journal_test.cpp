// SPDX-License-Identifier: Apache-2.0
#include "ledger/journal.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "base/error.hpp"

using namespace headgate;
using ledger::Course;
using ledger::Journal;

TEST_CASE("a journal reads back as it was written") {
    const Journal journal =
        GENERATE(Journal{Course::upgrade, "5f3a", false, ""}, Journal{Course::upgrade, "5f3a", true, ""},
                 Journal{Course::downgrade, "", true, "index of table 16402 a b"});
    CHECK(ledger::parse_journal(ledger::render(journal)) == journal);
}

TEST_CASE("a journal of a newer version is refused, not guessed") {
    const char* text = GENERATE("", "sideways 5f3a idle", "upgrade 5f3a", "upgrade 5f3a paused", "upgrade");
    try {
        ledger::parse_journal(text);
        FAIL("was accepted: " << text);
    } catch (const base::Error& error) {
        CHECK(error.kind == base::ErrorKind::history_mismatch);
    }
}
