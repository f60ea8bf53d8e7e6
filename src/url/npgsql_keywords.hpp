// SPDX-License-Identifier: Apache-2.0
// The keywords of Npgsql's connection strings (npgsql.org, "Connection String Parameters"), written as
// plain_ado_net_key() gives them.
#pragma once

#include <optional>
#include <string_view>

namespace headgate::url {

// libpq's parameter that says the same; empty where there is none.
std::optional<std::string_view> find_libpq_name(std::string_view key);

// About Npgsql's pool, its commands or its types: nothing that libpq would want to know.
bool is_for_npgsql_alone(std::string_view key);

}  // namespace headgate::url
