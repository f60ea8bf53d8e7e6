// SPDX-License-Identifier: Apache-2.0
// The SQL dialects that headgate knows by name, in URLs, in section markers and in the drivers' table.
#pragma once

#include <optional>
#include <string_view>

namespace headgate::base {

enum class DialectId { postgresql, sqlite, sqlserver };

// "postgresql", "sqlite", "sqlserver".
std::string_view name_of(DialectId dialect);

// Accepts the names above and "postgres", "mssql"; nothing else.
std::optional<DialectId> find_dialect(std::string_view name);

}  // namespace headgate::base
