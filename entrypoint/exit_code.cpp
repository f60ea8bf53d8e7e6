// SPDX-License-Identifier: Apache-2.0
#include "entrypoint/exit_code.hpp"

#include <algorithm>
#include <array>

namespace headgate::entrypoint {

namespace {

using base::ErrorKind;

constexpr std::array meanings{
    ExitCodeMeaning{ExitCode::done, "0", "done (the gate itself never returns 0: it becomes the server)"},
    ExitCodeMeaning{ExitCode::check_answered_no, "1", "a check answered no: not at head, or drift"},
    ExitCodeMeaning{ExitCode::usage, "64", "the command line is wrong"},
    ExitCodeMeaning{ExitCode::bad_revisions, "65", "bad revision files, or several heads"},
    ExitCodeMeaning{ExitCode::no_migrations, "66", "there is no migrations folder"},
    ExitCodeMeaning{ExitCode::database_refused, "69", "the database refuses for good: no such database, TLS, too old"},
    ExitCodeMeaning{ExitCode::internal, "70", "a bug in headgate: an internal check failed"},
    ExitCodeMeaning{ExitCode::cannot_create, "73", "a file cannot be created"},
    ExitCodeMeaning{ExitCode::io_failed, "74", "reading or writing failed"},
    ExitCodeMeaning{ExitCode::busy, "75",
                    "busy: another gate past gate_timeout, or locks past retry_timeout; trying again is right"},
    ExitCodeMeaning{ExitCode::history_mismatch, "76",
                    "history mismatch: diverged, ahead and not allowed, an applied file was changed, no ledger where "
                    "there should be one"},
    ExitCodeMeaning{ExitCode::access_refused, "77", "login or privilege refused"},
    ExitCodeMeaning{ExitCode::bad_configuration, "78", "DATABASE_URL or headgate.toml is wrong"},
    ExitCodeMeaning{
        ExitCode::step_failed, "79",
        "a step failed, or met the deadline, and was rolled back: the database is at the last good revision"},
    ExitCodeMeaning{ExitCode::outcome_unknown, "80",
                    "a step without transaction stopped half way, or an outcome is unknown: a human must look"},
    ExitCodeMeaning{ExitCode::unreachable, "124", "the database was not reachable before the deadline"},
    ExitCodeMeaning{ExitCode::server_not_executable, "126", "the server was found but is not executable"},
    ExitCodeMeaning{ExitCode::server_not_found, "127", "the server was not found"},
    ExitCodeMeaning{ExitCode::signal_base, "128+N",
                    "ended by signal N (143: SIGTERM); a running step was cancelled and rolled back"},
};

}  // namespace

std::span<const ExitCodeMeaning> exit_code_meanings() {
    return meanings;
}

std::string_view meaning_of(ExitCode code) {
    return std::ranges::find(meanings, code, &ExitCodeMeaning::code)->meaning;
}

ExitCode exit_code_of(const base::Error& error) {
    switch (error.kind) {
        case ErrorKind::usage:
            return ExitCode::usage;
        case ErrorKind::bad_revisions:
            return ExitCode::bad_revisions;
        case ErrorKind::no_migrations:
            return ExitCode::no_migrations;
        case ErrorKind::database_refused:
            return ExitCode::database_refused;
        case ErrorKind::internal:
            return ExitCode::internal;
        case ErrorKind::cannot_create:
            return ExitCode::cannot_create;
        case ErrorKind::io_failed:
            return ExitCode::io_failed;
        case ErrorKind::busy:
            return ExitCode::busy;
        case ErrorKind::history_mismatch:
            return ExitCode::history_mismatch;
        case ErrorKind::access_refused:
            return ExitCode::access_refused;
        case ErrorKind::bad_configuration:
            return ExitCode::bad_configuration;
        case ErrorKind::step_failed:
            return ExitCode::step_failed;
        case ErrorKind::outcome_unknown:
            return ExitCode::outcome_unknown;
        case ErrorKind::unreachable:
            return ExitCode::unreachable;
        case ErrorKind::check_failed:
            return ExitCode::check_answered_no;
        case ErrorKind::not_executable:
            return ExitCode::server_not_executable;
        case ErrorKind::not_found:
            return ExitCode::server_not_found;
        case ErrorKind::interrupted:
            return ExitCode::signal_base;
    }
    return ExitCode::internal;
}

int exit_status_of(const base::Error& error) {
    const auto code = exit_code_of(error);
    // A step whose outcome is unknown stays so, also where a signal was what it was left for.
    return static_cast<int>(code) + (code == ExitCode::signal_base ? error.signal : 0);
}

}  // namespace headgate::entrypoint
