// SPDX-License-Identifier: Apache-2.0
// The one error type of the library: a closed kind, and what a person needs to act on it.
// Thrown where a command cannot go on. The entrypoint turns the kind into an exit code
// (entrypoint/exit_code.hpp) and the rest into one failure report.
#pragma once

#include <cstddef>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

namespace headgate::base {

enum class ErrorKind {
    usage,              // the command line is wrong
    bad_revisions,      // revision files or their graph are wrong
    no_migrations,      // there is no migrations folder
    database_refused,   // the database refuses for good: no such database, TLS, too old
    internal,           // a bug in headgate
    cannot_create,      // a file cannot be created
    io_failed,          // reading or writing failed
    busy,               // somebody else holds the lock; trying again is right
    history_mismatch,   // the ledger and the files do not agree
    access_refused,     // login or privilege refused
    bad_configuration,  // DATABASE_URL or headgate.toml is wrong
    step_failed,        // a step failed and was rolled back
    outcome_unknown,    // a human must look
    unreachable,        // no database yet; worth another try until the deadline
    check_failed,       // a check answered no
    not_executable,     // the server program is there but cannot be executed
    not_found,          // the server program is not there
    interrupted,        // a signal asked us to end
};

// A place in a file that a person wrote. Lines and columns count from 1; 0 means "not known".
// Columns count characters (code points), as PostgreSQL does.
struct SourceSpot {
    std::string file;
    std::size_t line = 0;
    std::size_t column = 0;

    bool operator==(const SourceSpot&) const = default;
};

// "file:line:column", leaving out what is not known.
std::string render_spot(const SourceSpot& spot);

// One fault among many: used where all faults are reported together.
struct Problem {
    SourceSpot spot;
    std::string message;
    std::string hint;
};

class Error : public std::exception {
public:
    Error(ErrorKind kind, std::string message);

    Error&& at(SourceSpot where) &&;
    Error&& with_code(std::string sqlstate) &&;
    Error&& with_detail(std::string text) &&;
    Error&& with_hint(std::string text) &&;
    Error&& with_excerpt(std::string line_and_caret) &&;
    Error&& with_problems(std::vector<Problem> faults) &&;
    Error&& with_signal(int number) &&;
    Error&& with_applied(std::vector<std::string> revisions) &&;

    const char* what() const noexcept override { return message.c_str(); }

    ErrorKind kind;
    std::string message;               // one sentence, no full stop, no password
    SourceSpot spot;                   // empty file: nowhere in particular
    std::string code;                  // SQLSTATE, or the driver's own code
    std::string detail;                // the server's words
    std::string hint;                  // what to do
    std::string excerpt;               // the source line and a caret under the column
    std::vector<Problem> problems;     // all faults, where several were looked for
    std::string revision;              // the revision that it happened in
    int signal = 0;                    // for ErrorKind::interrupted
    std::vector<std::string> applied;  // revisions that this run did apply before it failed
    std::vector<std::string> undone;   // the same in a downgrade
};

// The source line that holds `offset` (bytes into `text`), and below it a caret under that place.
std::string render_excerpt(std::string_view text, std::size_t offset);

// Line and column of a byte offset; `first_line` is the number of the text's first line in its file.
SourceSpot locate(std::string_view file, std::string_view text, std::size_t offset, std::size_t first_line);

}  // namespace headgate::base
