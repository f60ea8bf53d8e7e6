// SPDX-License-Identifier: Apache-2.0
// A failure, told once: what failed, where, why, what was done before it, what to do. To stderr as one event, and in
// short to the platform's termination log.
#pragma once

#include <string>

#include "base/error.hpp"
#include "base/event.hpp"
#include "base/phase.hpp"

namespace headgate::entrypoint {

// For people: several lines, no password.
std::string render_failure(const base::Error& error);

// Writes the event "failed" and /dev/termination-log where that is there and writable.
void report_failure(const base::Error& error, base::Phase phase, base::EventLog& log);

}  // namespace headgate::entrypoint
