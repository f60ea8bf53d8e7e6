// SPDX-License-Identifier: Apache-2.0
// run --init: headgate is executed once more, as the server's init. So nothing of the migration is left in it: no
// connection, thread or password, neither in its memory nor in the environment that others may read in /proc.
#pragma once

#include "entrypoint/command.hpp"

namespace headgate::entrypoint {

inline constexpr Option init_option{"--init", "",
                                    "stay as the server's init: pass signals on, reap, end as the server does"};

// headgate's own start that has the server under it.
ServerStart put_under_init(ServerStart server);

// Whether this is such a start, and its work: stays until the server ended. Gives the exit status.
bool is_init(const std::vector<std::string>& argv);
int run_init(const std::vector<std::string>& argv);

}  // namespace headgate::entrypoint
