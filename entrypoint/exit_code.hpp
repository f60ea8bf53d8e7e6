// SPDX-License-Identifier: Apache-2.0
// The exit codes: one enum, one table. README's table is generated from it; a test compares them.
#pragma once

#include <span>
#include <string_view>

#include "base/error.hpp"

namespace headgate::entrypoint {

enum class ExitCode : int {
    done = 0,
    check_answered_no = 1,
    usage = 64,
    bad_revisions = 65,
    no_migrations = 66,
    database_refused = 69,
    internal = 70,
    cannot_create = 73,
    io_failed = 74,
    busy = 75,
    history_mismatch = 76,
    access_refused = 77,
    bad_configuration = 78,
    step_failed = 79,
    outcome_unknown = 80,
    unreachable = 124,
    server_not_executable = 126,
    server_not_found = 127,
    signal_base = 128,
};

struct ExitCodeMeaning {
    ExitCode code;
    std::string_view shown;    // "128+N" for signal_base
    std::string_view meaning;  // for README and for the last line of a failure
};

std::span<const ExitCodeMeaning> exit_code_meanings();
std::string_view meaning_of(ExitCode code);

// The process's exit status for an error; 128 + N for a signal.
int exit_status_of(const base::Error& error);
ExitCode exit_code_of(const base::Error& error);

}  // namespace headgate::entrypoint
