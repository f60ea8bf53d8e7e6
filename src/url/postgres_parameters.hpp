// SPDX-License-Identifier: Apache-2.0
// Which parameters of a PostgreSQL URL libpq knows, and which belong to the application's own driver alone.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace headgate::url {

enum class ParameterUse {
    libpq,        // handed to libpq as it is
    translated,   // says the same to libpq in other words, or names a part of the URL (host, user, …)
    application,  // for a driver or a pool of the application: left out
    unknown,
};

ParameterUse use_of_postgres_parameter(std::string_view name);

// libpq's parameter that `name` is probably a mistyped form of.
std::optional<std::string> find_similar_postgres_parameter(std::string_view name);

// libpq's sslmode for what is written in `sslmode` or `ssl`; "true" and "1" are "require".
std::optional<std::string_view> find_sslmode(std::string_view written);

}  // namespace headgate::url
