// SPDX-License-Identifier: Apache-2.0
// What sets the dialects apart when text is cut into tokens, as data: a new dialect is a new table here.
#pragma once

#include <string_view>

#include "base/dialect_id.hpp"

namespace headgate::sql {

struct LexicalRules {
    bool nested_comments = false;           // /* /* */ */ is one comment
    bool carriage_return_ends_line = true;  // a bare CR ends "-- …"
    bool dollar_quotes = false;             // $tag$ … $tag$
    bool escape_strings = false;            // E'\'' and U&'', U&"", B''
    bool letter_blobs = false;              // X'1F'
    bool national_strings = false;          // N'a'
    bool backticks = false;                 // `a`
    bool brackets = false;                  // [a]
    bool doubled_brackets = false;          // [a]]b]
    bool psql_input = false;                // backslash lines and COPY data
    bool parentheses_hold_semicolons = false;
    bool byte_order_mark_anywhere = false;       // is white space, not only at the start of the text
    bool call_parameters = false;                // $a::b(c), a variable of SQLite
    std::string_view numbered_parameter = {};    // these characters start a parameter with digits or nothing: "?1"
    std::string_view named_parameter = {};       // these start a parameter with a name: "@a"
    std::string_view more_letters = {};          // characters that may start a bare word, next to letters and "_"
    std::string_view more_word_characters = {};  // characters that may go on a bare word, next to those and digits
};

const LexicalRules& lexical_rules(base::DialectId dialect);

}  // namespace headgate::sql
