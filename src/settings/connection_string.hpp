// SPDX-License-Identifier: Apache-2.0
// Azure App Service gives a connection string named x as a variable whose prefix is the type that was chosen for it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/dialect_id.hpp"

namespace headgate::settings {

// The variable that names the database: the one that `wanted` names (x, or the whole variable), or the only one there
// is. Throws Error(bad_configuration) where there are several, or none of the wanted name.
std::optional<std::string> find_connection_string(const std::map<std::string, std::string>& environment,
                                                  std::string_view wanted);

// What the prefix says; nothing for CUSTOMCONNSTR_ and for other variables.
std::optional<base::DialectId> dialect_of_variable(std::string_view variable);

}  // namespace headgate::settings
