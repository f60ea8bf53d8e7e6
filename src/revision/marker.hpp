// SPDX-License-Identifier: Apache-2.0
// What a comment is to headgate: its own marker, somebody's mistake, or nothing. A mistyped marker must never
// pass for an ordinary comment: the statements below it would become part of the section above it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/dialect_id.hpp"
#include "revision/revision.hpp"
#include "sql/lexer.hpp"

namespace headgate::revision {

enum class CommentKind {
    ordinary,
    header,   // -- headgate:revision
    section,  // -- headgate:upgrade [dialect…], -- headgate:downgrade [dialect…]
    todo,     // -- headgate:todo what a person has still to write here
    fault,    // begins with headgate but is no marker, or is another tool's marker
};

struct Comment {
    CommentKind kind = CommentKind::ordinary;
    Direction direction = Direction::upgrade;  // of a section
    std::vector<base::DialectId> dialects;     // that the section names
    std::string message;                       // of a fault, or what is to be done
    std::string hint;
};

// `token` is a line comment or a block comment; any other kind is ordinary.
Comment classify_comment(const sql::Token& token);

}  // namespace headgate::revision
