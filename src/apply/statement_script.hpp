// SPDX-License-Identifier: Apache-2.0
// The script of a revision with `transaction = false`, seen as a list of statements that are run one by one.
#pragma once

#include <cstddef>
#include <string>

#include "base/dialect_id.hpp"
#include "revision/revision.hpp"
#include "sql/script.hpp"

namespace headgate::apply {

// Statements count from 0 here, and from 1 where people read of them.
class StatementScript {
public:
    // Reads the file. Throws what revision::read_script throws.
    StatementScript(const revision::Revision& revision, revision::Direction direction, base::DialectId dialect);

    std::size_t size() const { return whole_.statements.size(); }
    const sql::Script& whole() const { return whole_; }

    // The first one from `index` on that is work. Settings (SET) are none: they are repeated before each statement that
    // follows them, because no statement leaves anything behind in its session.
    std::size_t next_work(std::size_t index) const;
    // Never to be tried inside a transaction.
    bool must_run_alone(std::size_t index) const;
    // The statement behind the settings that hold for it.
    sql::Script script_of(std::size_t index) const;
    // Of the first `count` statements: what they mean, not how they are written.
    std::string fingerprint(std::size_t count) const;

    base::SourceSpot spot_of(std::size_t index) const;
    // For people: "CREATE INDEX CONCURRENTLY a ON b".
    std::string first_line_of(std::size_t index) const;

private:
    base::DialectId dialect_;
    sql::Script whole_;
};

}  // namespace headgate::apply
