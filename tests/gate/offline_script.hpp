// SPDX-License-Identifier: Apache-2.0
// Scripts that `--sql` wrote, run with psql or sqlite3 as the guide says; and all that two databases have to agree in.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "gate/project.hpp"

namespace headgate::gate {

// As docs/offline.md has it.
Program script_program(const Database& database, const std::filesystem::path& script);
Outcome run_script(const Database& database, std::string_view script);

void run_well(const Database& database, const std::string& script);
// It fails, says so with these words, and changes nothing.
void check_refused(const Database& database, const std::string& script, std::string_view words);

// What `--sql` prints; fails the test case where it fails.
std::string write_script(const Project& project, std::vector<std::string> arguments);

// The project's own database goes there online, `offline` by the script of `range`.
void go_both_ways(const Project& project, const Database& offline, const std::string& command,
                  const std::string& target, const std::string& range);

// Schema and rows, and the ledger but for who, where and when.
std::string state_of(const Database& database);

}  // namespace headgate::gate
