// SPDX-License-Identifier: Apache-2.0
// --sql: upgrade, downgrade and stamp write their plan to stdout as a script, and connect to nothing.
#pragma once

#include "entrypoint/command.hpp"

namespace headgate::entrypoint {

inline constexpr Option sql_option{"--sql", "", "print the plan as an SQL script; connects to nothing"};
inline constexpr Option dialect_option{"--dialect", "NAME",
                                       "of --sql: postgresql or sqlite; else as the database's URL"};

bool is_offline(const Context& context);

// The targets are a range "a:b", or `b`, which begins at base.
Outcome print_upgrade(const Context& context);
Outcome print_downgrade(const Context& context);
Outcome print_stamp(const Context& context);

}  // namespace headgate::entrypoint
