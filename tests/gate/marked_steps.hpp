// SPDX-License-Identifier: Apache-2.0
// A straight history whose steps each leave one row in the table `marks`: what was applied, how often, can be asked of
// the database itself, and compared with what the ledger says.
#pragma once

#include <optional>
#include <string>

#include "gate/project.hpp"

namespace headgate::gate {

// Step 1 makes the table; every step adds its number to it, and runs `extra` (of step `slow`, if one is named).
void add_marked_steps(Project& project, int count, int slow = 0, const std::string& extra = "");

// What is wrong with the database, if anything is: a step that is lost, doubled, half there, or that the ledger does
// not know. None: it is at step `count`, exactly.
std::optional<std::string> find_fault(const Project& project, int count);
// The same where any number of steps may be done: each whole, in the ledger, in order, and once.
std::optional<std::string> find_fault(const Project& project);

// Inside of a slow step: its pg_sleep is what a session of the database does at this moment.
bool wait_for_slow_step(const Project& project);
bool is_in_slow_step(const Project& project);

// How often a random or long test does what it does; HEADGATE_TEST_ROUNDS replaces `usual`.
int rounds(int usual);
// HEADGATE_TEST_SEED, else a random one. Tests print it.
unsigned test_seed();

}  // namespace headgate::gate
