// SPDX-License-Identifier: Apache-2.0
// What people who know Alembic type, and headgate does not have or calls otherwise.
#pragma once

#include <optional>
#include <string_view>

namespace headgate::entrypoint {

// What to do instead of `word`, an option or an argument of `command`; `command` is empty before any.
std::optional<std::string_view> find_instead(std::string_view command, std::string_view word);

}  // namespace headgate::entrypoint
