// SPDX-License-Identifier: Apache-2.0
// Knows whether a statement is inside a body whose semicolons do not end it: PostgreSQL's CREATE FUNCTION … BEGIN
// ATOMIC …; END and SQLite's CREATE TRIGGER … BEGIN …; END.
//
// In both grammars the END of a body follows a semicolon (or ATOMIC), and the END of a CASE never does. That tells them
// apart without counting, whatever columns and labels are named "end", "case" or "begin".
#pragma once

#include "base/dialect_id.hpp"
#include "sql/token.hpp"

namespace headgate::sql {

class BodyWatch {
public:
    explicit BodyWatch(base::DialectId dialect) : dialect_(dialect) {}
    // Every token of the statement that is no space, no comment and not inside parentheses.
    void see(const Token& token);
    bool is_inside() const { return place_ == Place::body || place_ == Place::body_statement_start; }

private:
    enum class Place {
        start,
        explain,
        create,
        create_or,
        routine,
        begin,
        body,
        body_statement_start,
        end_of_body,
        elsewhere
    };

    Place after(const Token& token) const;
    Place after_create(const Token& token) const;
    Place after_end(const Token& token) const;

    base::DialectId dialect_;
    Place place_ = Place::start;
};

}  // namespace headgate::sql
