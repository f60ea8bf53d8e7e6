// SPDX-License-Identifier: Apache-2.0
// Who logs in, asked anew at every attempt: the URL's text as its file has it now, and the password from where the
// settings say (the URL, password_command, a managed identity).
#pragma once

#include "apply/options.hpp"
#include "entrypoint/command.hpp"

namespace headgate::entrypoint {

inline constexpr auto local_database = "sqlite:///./local.db";

// Without its password, where a command or an identity has it; nothing is run or asked. `local_database` where no
// database is named. Throws Error(bad_configuration).
url::DatabaseUrl read_database_url(const settings::Sources& sources);

// Fills in how `connector` comes by a login. Throws Error(bad_configuration) for what can be seen without asking.
void give_login(apply::Connector& connector, const Context& context);

}  // namespace headgate::entrypoint
