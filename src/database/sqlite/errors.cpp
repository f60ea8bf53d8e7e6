// SPDX-License-Identifier: Apache-2.0
#include "database/sqlite/errors.hpp"

#include <format>
#include <utility>

#include <sqlite3.h>

#include "database/sqlite/result_codes.hpp"

namespace headgate::database::sqlite {

namespace {

using base::ErrorKind;

// A reader cannot undo what a crashed writer left half done; the next writer does it.
bool waits_for_a_writer(int code) {
    return code == SQLITE_READONLY_ROLLBACK || code == SQLITE_READONLY_RECOVERY || code == SQLITE_READONLY_CANTINIT;
}

ErrorKind kind_of(int code) {
    if (waits_for_a_writer(code)) return ErrorKind::unreachable;
    switch (primary_code(code)) {
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return ErrorKind::unreachable;
        case SQLITE_PERM:
        case SQLITE_AUTH:
        case SQLITE_READONLY:
            return ErrorKind::access_refused;
        case SQLITE_IOERR:
        case SQLITE_FULL:
        case SQLITE_NOLFS:
        case SQLITE_NOMEM:
            return ErrorKind::io_failed;
        case SQLITE_MISUSE:
        case SQLITE_INTERNAL:
        case SQLITE_RANGE:
            return ErrorKind::internal;
        default:
            return ErrorKind::database_refused;
    }
}

std::string hint_for(int code) {
    if (waits_for_a_writer(code))
        return "a writer ended in the middle of its work; the next one that opens it repairs it";
    switch (primary_code(code)) {
        case SQLITE_CANTOPEN:
            return "SQLite needs to read the file and, for its journal, to write to the folder around it";
        case SQLITE_IOERR:
            return code == SQLITE_IOERR_SHMSIZE ? "there is no room for the write-ahead log's index: is the disk full?"
                                                : "";
        case SQLITE_NOTADB:
            return "the path names a file that is no SQLite database, or an encrypted one";
        case SQLITE_CORRUPT:
            return "restore it from a backup, or see what `sqlite3 FILE .recover` can save";
        default:
            return {};
    }
}

ErrorKind step_kind_of(sqlite3* handle, int code) {
    if (primary_code(code) == SQLITE_BUSY) return ErrorKind::busy;
    // A step can also meet a read-only database that it attached itself: that is the step's own fault.
    const bool cannot_write = primary_code(code) == SQLITE_READONLY && sqlite3_db_readonly(handle, "main") == 1;
    if (cannot_write || code == SQLITE_READONLY_DIRECTORY) return ErrorKind::access_refused;
    return ErrorKind::step_failed;
}

std::string step_hint_for(int code) {
    switch (primary_code(code)) {
        case SQLITE_FULL:
            return "the disk (or the database's max_page_count) is full; make room, then start again";
        case SQLITE_READONLY:
            return "a step writes the file and, for its journal, the folder around it";
        default:
            return {};
    }
}

}  // namespace

bool is_busy(const SQLite::Exception& failure) {
    return primary_code(failure.getExtendedErrorCode()) == SQLITE_BUSY;
}

base::Error translate(const SQLite::Exception& failure, const std::filesystem::path& file) {
    const int code = failure.getExtendedErrorCode();
    return base::Error(kind_of(code), std::format("SQLite database {}: {}", file.string(), failure.what()))
        .with_code(name_of_result(code))
        .with_hint(hint_for(code));
}

base::Error step_error(sqlite3* handle, int extended_code, std::string message) {
    return base::Error(step_kind_of(handle, extended_code), std::move(message))
        .with_code(name_of_result(extended_code))
        .with_hint(step_hint_for(extended_code));
}

base::Error stopped_step(const base::Stop& stop) {
    auto error = stopped(stop, ErrorKind::step_failed, "the deadline passed while the step ran");
    if (error.kind == ErrorKind::step_failed) error.hint = base::deadline_hint;
    return error;
}

base::Error stopped(const base::Stop& stop, ErrorKind at_deadline, std::string sentence) {
    try {
        stop.throw_if_interrupted();
    } catch (base::Error& interrupted) {
        return std::move(interrupted);
    }
    return base::Error(at_deadline, std::move(sentence));
}

}  // namespace headgate::database::sqlite
