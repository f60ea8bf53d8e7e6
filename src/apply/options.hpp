// SPDX-License-Identifier: Apache-2.0
// What the entrypoint decides for a run. The apply layer does not see settings: it is told.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/phase.hpp"
#include "base/stop.hpp"
#include "database/driver.hpp"
#include "url/database_url.hpp"

namespace headgate::apply {

// How to reach the database.
struct Connector {
    const database::Driver* driver = nullptr;
    // Asked at every attempt, because a password may have been rotated; may wait for a command or a service. Throws
    // Error(unreachable) for what is worth another try.
    std::function<url::DatabaseUrl(base::Stop)> url;
    // Told that the database refused that login.
    std::function<void()> refused = [] {};
    // How long a refused login is tried again, as its password can be read again. 0: the first refusal is final.
    base::Milliseconds login_timeout{0};
    database::ConnectOptions options;
};

// Who does it: goes into every ledger row.
struct Author {
    std::string user;
    std::string host;
    std::string run_id;
    std::string image_label;
    std::string headgate_version;
};

enum class Verdict { allow, warn, fail };
enum class ExistingTables { refuse, accept };
// Whether a step that has just failed elsewhere is left alone for a minute: gates do, people and jobs do not.
enum class FailureMemory { heed, ignore };

struct Options {
    Author author;
    std::function<void(base::Phase)> enter = [](base::Phase) {};  // told where the run is
    base::Milliseconds wait_timeout{60'000};                      // for the database
    base::Milliseconds gate_timeout{480'000};                     // for another gate
    base::Milliseconds lock_timeout{2'000};                       // of the tables a step wants; 0: none
    base::Milliseconds retry_timeout{300'000};                    // for whole steps that met lock_timeout
    Verdict changed_file = Verdict::fail;  // an applied file was changed, and something is pending
    Verdict database_ahead = Verdict::warn;
    ExistingTables existing_tables = ExistingTables::refuse;  // --onto-existing accepts
    FailureMemory failure_memory = FailureMemory::ignore;
    std::vector<std::string> allowed_diverged;  // --allow-diverged REV
};

}  // namespace headgate::apply
