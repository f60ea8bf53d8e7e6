// SPDX-License-Identifier: Apache-2.0
#include "sql/body_watch.hpp"

namespace headgate::sql {

void BodyWatch::see(const Token& token) {
    if (place_ != Place::elsewhere) place_ = after(token);
}

BodyWatch::Place BodyWatch::after(const Token& token) const {
    switch (place_) {
        case Place::start:
            if (is_word(token, "create")) return Place::create;
            return dialect_ == base::DialectId::sqlite && is_word(token, "explain") ? Place::explain : Place::elsewhere;
        case Place::explain:
            if (is_word(token, "create")) return Place::create;
            return is_word(token, "query") || is_word(token, "plan") ? Place::explain : Place::elsewhere;
        case Place::create:
            return after_create(token);
        case Place::create_or:
            return is_word(token, "replace") ? Place::create : Place::elsewhere;
        case Place::routine:
            return is_word(token, "begin") ? Place::begin : Place::routine;
        case Place::begin:
            if (is_word(token, "begin")) return Place::begin;
            return is_word(token, "atomic") ? Place::body_statement_start : Place::routine;
        case Place::body_statement_start:
            if (is_word(token, "end")) return Place::end_of_body;
            [[fallthrough]];
        case Place::body:
            return token.kind == TokenKind::semicolon ? Place::body_statement_start : Place::body;
        case Place::end_of_body:
            return after_end(token);
        case Place::elsewhere:
            break;
    }
    return Place::elsewhere;
}

BodyWatch::Place BodyWatch::after_create(const Token& token) const {
    switch (dialect_) {
        case base::DialectId::postgresql:
            if (is_word(token, "or")) return Place::create_or;
            return is_word(token, "function") || is_word(token, "procedure") ? Place::routine : Place::elsewhere;
        case base::DialectId::sqlite:
            if (is_word(token, "temp") || is_word(token, "temporary")) return Place::create;
            return is_word(token, "trigger") ? Place::body : Place::elsewhere;
        case base::DialectId::sqlserver:
            break;
    }
    return Place::elsewhere;
}

// A trigger is complete at "; END ;" alone, as sqlite3_complete() has it.
BodyWatch::Place BodyWatch::after_end(const Token& token) const {
    return dialect_ == base::DialectId::sqlite && token.kind != TokenKind::semicolon ? Place::body : Place::elsewhere;
}

}  // namespace headgate::sql
