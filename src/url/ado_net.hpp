// SPDX-License-Identifier: Apache-2.0
// ADO.NET connection strings, as .NET applications and Azure's portal write them:
//   Host=db;Port=5432;Username=app;Password="a;b";Database=app;SSL Mode=VerifyFull        Npgsql: PostgreSQL
//   Server=tcp:db.database.windows.net,1433;Initial Catalog=app;User ID=app;Password=…    SqlClient: SQL Server
// Keywords are compared without case and without blanks; a quote inside a quoted value is doubled.
#pragma once

#include <optional>
#include <string_view>

#include "base/dialect_id.hpp"
#include "url/database_url.hpp"

namespace headgate::url {

bool looks_like_ado_net(std::string_view text);

// `meant` decides where it is known from elsewhere for which database the string is; else its keywords do. Throws
// Error(bad_configuration), also for a string that could be for either.
DatabaseUrl parse_ado_net(std::string_view text, std::optional<base::DialectId> meant);

}  // namespace headgate::url
