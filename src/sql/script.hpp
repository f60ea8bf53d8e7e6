// SPDX-License-Identifier: Apache-2.0
// A piece of SQL text, cut into statements that are classified by what they would do to a step.
// This is the heart of headgate: where a statement ends is decided here and nowhere else.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/dialect_id.hpp"
#include "base/error.hpp"

namespace headgate::sql {

enum class StatementKind {
    ordinary,
    empty,                  // only comments or white space, with or without a semicolon
    begin,                  // BEGIN, START TRANSACTION
    commit,                 // COMMIT, END
    savepoint,              // SAVEPOINT, RELEASE, ROLLBACK TO
    transaction_control,    // ROLLBACK, ABORT, PREPARE TRANSACTION, COMMIT AND CHAIN …: anything else of the kind
    pragma,                 // SQLite's PRAGMA
    setting,                // SET and RESET of the session, which hold for what comes after them
    copy_from_stdin,        // its data follows it
    psql_restrict,          // \restrict, \unrestrict
    psql_command,           // any other backslash line
    outside_transaction,    // the server refuses it inside a transaction: CREATE INDEX CONCURRENTLY, VACUUM …
    session_advisory_lock,  // pg_advisory_lock(…) and its relatives without "xact"
    set_client_encoding,
    set_standard_conforming_strings,
};

// Offsets are bytes into the script's text. Statements touch: the first starts at 0, each starts where the one
// before ends, the last ends with the text. So joining them gives back the text.
struct Statement {
    StatementKind kind = StatementKind::ordinary;
    std::size_t offset = 0;
    std::size_t size = 0;         // leading white space and comments, the semicolon and COPY data included
    std::size_t body_offset = 0;  // of the first token that is neither space nor comment
    std::size_t body_size = 0;    // up to the last such token before the semicolon; 0 for an empty statement
    std::size_t data_offset = 0;  // COPY data, without the line that ends it
    std::size_t data_size = 0;
    std::size_t line = 1;  // of body_offset, counting the text's first line as 1

    std::string_view body(std::string_view text) const { return text.substr(body_offset, body_size); }
};

struct SplitResult {
    std::vector<Statement> statements;
    // Something left open at the end of the text: its message, and the offset where it was opened.
    struct Fault {
        std::size_t offset = 0;
        std::string message;
    };
    std::vector<Fault> faults;
};

SplitResult split(std::string_view text, base::DialectId dialect);

// What a driver runs: one section of a revision file, with its place in that file.
struct Script {
    std::string file;            // as a person wrote or sees it
    std::size_t first_line = 1;  // of `text` in that file
    std::string text;
    std::vector<Statement> statements;  // those to run; the ones a step leaves out are not among them
    // Line, column and excerpt of a byte offset into `text`.
    base::SourceSpot spot_of(std::size_t offset) const { return base::locate(file, text, offset, first_line); }
};

}  // namespace headgate::sql
