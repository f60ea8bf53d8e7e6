// SPDX-License-Identifier: Apache-2.0
// A history of three steps whose second takes as long as a row of the database says: for everything that is to happen
// in the middle of a step.
#pragma once

#include "gate/project.hpp"

namespace headgate::gate {

// Step 2 takes as long as the only row of `brake` says: seconds on PostgreSQL, millions of rows on SQLite.
void add_steps_with_brake(Project& project, int brake);
// So long that no test waits for its end: more than ten minutes.
void add_steps_that_never_end(Project& project);
void release_brake(const Project& project);

// Inside of step 2, as PostgreSQL says; on SQLite as good as sure some time after step 1 was recorded.
bool wait_for_step_two(const Project& project);
void check_only_step_one(const Project& project);
void check_each_step_once(const Project& project);

// PostgreSQL's own word on it: a session of this database sleeps; how many sessions of headgate there are.
bool is_sleeping(const Project& project);
int count_sessions(const Project& project);

}  // namespace headgate::gate
