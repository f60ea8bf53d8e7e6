// SPDX-License-Identifier: Apache-2.0
// Where a run is; a failure says where it was.
#pragma once

#include <string_view>

namespace headgate::base {

enum class Phase {
    arguments,  // the command line is read
    settings,   // flags, environment and headgate.toml become settings
    command,    // the command is at work, in none of the places below
    server,     // the server program is looked up, or started
    files,      // the revision files are read
    connect,    // the database is waited for
    ledger,     // the ledger is read
    plan,       // files and ledger are compared, what to do is decided
    step,       // a step runs, or waits for its turn
};

constexpr std::string_view name_of(Phase phase) {
    switch (phase) {
        case Phase::arguments:
            return "arguments";
        case Phase::settings:
            return "settings";
        case Phase::command:
            return "command";
        case Phase::server:
            return "server";
        case Phase::files:
            return "files";
        case Phase::connect:
            return "connect";
        case Phase::ledger:
            return "ledger";
        case Phase::plan:
            return "plan";
        case Phase::step:
            return "step";
    }
    return "command";
}

}  // namespace headgate::base
