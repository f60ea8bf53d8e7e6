// SPDX-License-Identifier: Apache-2.0
// What holds for every text, however broken: checked by the fuzz target and by the property tests.
#pragma once

#include <algorithm>
#include <format>
#include <string>
#include <string_view>

#include "base/dialect_id.hpp"
#include "base/sha256.hpp"
#include "sql/checksum_tokens.hpp"
#include "sql/lexer.hpp"
#include "sql/scan.hpp"
#include "sql/script.hpp"

namespace headgate::fuzz {

inline std::size_t count_lines(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count(text, '\n'));
}

// The tokens' texts, joined, are the text; their places are right. Empty: all is well.
inline std::string find_token_fault(std::string_view text, base::DialectId dialect) {
    sql::Lexer lexer(text, dialect);
    std::size_t offset = 0;
    std::size_t line = 1;
    for (;;) {
        const sql::Token token = lexer.next();
        if (token.offset != offset) return std::format("token at {} says it is at {}", offset, token.offset);
        if (token.line != line) return std::format("token at {} has line {}, not {}", offset, token.line, line);
        if (token.kind == sql::TokenKind::end) break;
        if (token.text.empty()) return std::format("empty token at {}", offset);
        if (token.text != text.substr(offset, token.text.size())) return std::format("wrong text at {}", offset);
        offset += token.text.size();
        line += count_lines(token.text);
    }
    return offset == text.size() ? "" : std::format("the tokens end at {} of {}", offset, text.size());
}

inline std::string find_statement_fault(const sql::Statement& statement, std::string_view text) {
    const std::size_t end = statement.offset + statement.size;
    const std::string_view body = statement.body(text);
    if (statement.size == 0) return "a statement without text";
    if (statement.body_offset < statement.offset || statement.body_offset + body.size() > end) return "body outside";
    const bool is_empty = statement.kind == sql::StatementKind::empty;
    if (is_empty != body.empty()) return "a statement is empty, or has a body";
    if (!body.empty() && sql::is_space(body.front())) return "white space before the body";
    const bool has_data = statement.data_offset != 0;
    if (has_data && (statement.data_offset < statement.body_offset + body.size() ||
                     statement.data_offset + statement.data_size > end)) {
        return "data outside";
    }
    return "";
}

// A statement on its own is that statement again.
inline std::string find_rereading_fault(const sql::Statement& statement, std::string_view text,
                                        base::DialectId dialect) {
    const std::string_view own = text.substr(statement.offset, statement.size);
    if (sql::starts_with_byte_order_mark(own)) return "";  // at the start of a text it is another thing
    const sql::SplitResult again = sql::split(own, dialect);
    if (!again.faults.empty()) return std::format("alone it has a fault: {}", again.faults[0].message);
    if (again.statements.size() != 1) return std::format("alone it is {} statements", again.statements.size());
    if (again.statements[0].kind != statement.kind) return "alone it is of another kind";
    if (again.statements[0].body_size != statement.body_size) return "alone it has another body";
    return "";
}

inline std::string hash_of(std::string_view text, base::DialectId dialect) {
    base::Sha256 hash;
    sql::hash_tokens(text, dialect, hash);
    return hash.finish();
}

inline std::string find_split_fault(std::string_view text, base::DialectId dialect) {
    const sql::SplitResult result = sql::split(text, dialect);
    std::size_t offset = 0;
    std::size_t line = 1;
    std::size_t counted = 0;
    bool has_command = false;
    for (const sql::Statement& statement : result.statements) {
        if (statement.offset != offset) return std::format("statement at {} says {}", offset, statement.offset);
        offset += statement.size;
        if (offset > text.size()) return "a statement ends behind the text";
        if (std::string fault = find_statement_fault(statement, text); !fault.empty()) return fault;
        line += count_lines(text.substr(counted, statement.body_offset - counted));
        counted = statement.body_offset;
        if (line != statement.line) return std::format("body at {} has line {}", counted, statement.line);
        has_command = has_command || statement.kind == sql::StatementKind::psql_command;
    }
    if (offset != text.size()) return std::format("the statements end at {} of {}", offset, text.size());
    for (const sql::SplitResult::Fault& fault : result.faults) {
        if (fault.offset > text.size() || fault.message.empty()) return "a fault without a place or a message";
    }
    if (!result.faults.empty() || has_command) return "";
    for (const sql::Statement& statement : result.statements) {
        if (std::string fault = find_rereading_fault(statement, text, dialect); !fault.empty()) return fault;
    }
    const bool is_same = hash_of(text, dialect) == hash_of(std::string(text) + "\n; -- c", dialect);
    return is_same ? "" : "a final semicolon changes the checksum";
}

inline std::string find_fault(std::string_view text, base::DialectId dialect) {
    std::string fault = find_token_fault(text, dialect);
    return fault.empty() ? find_split_fault(text, dialect) : fault;
}

}  // namespace headgate::fuzz
