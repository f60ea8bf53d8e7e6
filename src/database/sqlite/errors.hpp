// SPDX-License-Identifier: Apache-2.0
// From what SQLite says to what a person needs: the one place where SQLite's errors become ours.
#pragma once

#include <filesystem>
#include <string>

#include <SQLiteCpp/Exception.h>

#include "base/error.hpp"
#include "base/stop.hpp"

struct sqlite3;

namespace headgate::database::sqlite {

// Somebody else's lock is in the way; also while a crashed writer's log is recovered.
bool is_busy(const SQLite::Exception& failure);

// For whatever is no step: connecting, reading. A locked database is unreachable, which is worth another try.
base::Error translate(const SQLite::Exception& failure, const std::filesystem::path& file);

// For a step, after any call that failed: busy (worth another try) for somebody else's lock, access_refused for a file
// that cannot be written, step_failed for the rest. The message is SQLite's own.
base::Error step_error(sqlite3* handle, int extended_code, std::string message);

// Why work was stopped: Error(interrupted) for a signal, else `at_deadline` with `sentence`.
base::Error stopped(const base::Stop& stop, base::ErrorKind at_deadline, std::string sentence);
base::Error stopped_step(const base::Stop& stop);

}  // namespace headgate::database::sqlite
