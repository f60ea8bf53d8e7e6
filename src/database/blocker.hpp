// SPDX-License-Identifier: Apache-2.0
// Why a step takes long, as far as the database tells: who holds what it wants, or how far its index build is.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/stop.hpp"

namespace headgate::database {

// The session that a step waits for. What the server does not show to our role is empty.
struct Blocker {
    std::int64_t pid = 0;     // 0: a prepared transaction, which has no session
    std::string application;  // or what kind of server process it is
    std::string client;       // its address; "local" for a Unix socket
    std::string state;        // "active", "idle in transaction"
    std::string since;        // when its transaction began: 2026-11-23T12:00:03Z
    std::string query;        // the beginning of its last statement, without comments and literals
    std::string holds;        // "AccessShareLock"; empty where it only stands before us in the queue
    std::int64_t others = 0;  // further sessions in the way
    std::string wanted;       // "AccessExclusiveLock on public.users"
    base::Milliseconds waited{0};

    bool operator==(const Blocker&) const = default;
};

// "pid 4711, reports, 10.0.0.7, idle in transaction since …, holds AccessShareLock, SELECT …": for people.
std::string render_holder(const Blocker& blocker);

// One of the server's phases of building an index.
struct BuildPhase {
    std::string name;            // "building index: scanning table"
    std::optional<int> percent;  // of this phase, where the server counts

    bool operator==(const BuildPhase&) const = default;
};

}  // namespace headgate::database
