// SPDX-License-Identifier: Apache-2.0
#include "sql/lexical_rules.hpp"

namespace headgate::sql {
namespace {

// https://www.postgresql.org/docs/17/sql-syntax-lexical.html; what psql adds: its own manual page.
constexpr LexicalRules postgresql_rules = {
    .nested_comments = true,
    .dollar_quotes = true,
    .escape_strings = true,
    .letter_blobs = true,
    .national_strings = true,
    .psql_input = true,
    .parentheses_hold_semicolons = true,
    .numbered_parameter = "$",
    .more_word_characters = "$",
};

// https://www.sqlite.org/lang_keywords.html, lang_comment.html, lang_expr.html#varparam.
constexpr LexicalRules sqlite_rules = {
    .carriage_return_ends_line = false,
    .letter_blobs = true,
    .backticks = true,
    .brackets = true,
    .byte_order_mark_anywhere = true,
    .call_parameters = true,
    .numbered_parameter = "?",
    .named_parameter = ":@$#",
    .more_word_characters = "$",
};

// Transact-SQL, "Database identifiers" and "Constants".
constexpr LexicalRules sqlserver_rules = {
    .nested_comments = true,
    .national_strings = true,
    .brackets = true,
    .doubled_brackets = true,
    .named_parameter = "@",
    .more_letters = "#",
    .more_word_characters = "@#$",
};

}  // namespace

const LexicalRules& lexical_rules(base::DialectId dialect) {
    switch (dialect) {
        case base::DialectId::postgresql:
            return postgresql_rules;
        case base::DialectId::sqlite:
            return sqlite_rules;
        case base::DialectId::sqlserver:
            return sqlserver_rules;
    }
    return postgresql_rules;
}

}  // namespace headgate::sql
