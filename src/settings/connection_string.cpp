// SPDX-License-Identifier: Apache-2.0
#include "settings/connection_string.hpp"

#include <algorithm>
#include <array>
#include <format>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "base/text.hpp"

namespace headgate::settings {

namespace {

using Prefix = std::pair<std::string_view, std::optional<base::DialectId>>;

constexpr auto prefixes = std::to_array<Prefix>({
    {"POSTGRESQLCONNSTR_", base::DialectId::postgresql},
    {"CUSTOMCONNSTR_", std::nullopt},
    {"SQLAZURECONNSTR_", base::DialectId::sqlserver},
    {"SQLCONNSTR_", base::DialectId::sqlserver},
});

const Prefix* find_prefix(std::string_view variable) {
    const auto* found =
        std::ranges::find_if(prefixes, [&](const Prefix& prefix) { return variable.starts_with(prefix.first); });
    return found == prefixes.end() ? nullptr : found;
}

bool is_called(std::string_view variable, std::string_view wanted) {
    const auto name = variable.substr(find_prefix(variable)->first.size());
    return wanted.empty() || base::equals_ignoring_case(name, wanted) || base::equals_ignoring_case(variable, wanted);
}

std::vector<std::string> list_variables(const std::map<std::string, std::string>& environment,
                                        std::string_view wanted) {
    std::vector<std::string> found;
    for (const auto& [name, value] : environment)
        if (!value.empty() && find_prefix(name) != nullptr && is_called(name, wanted)) found.push_back(name);
    return found;
}

}  // namespace

std::optional<std::string> find_connection_string(const std::map<std::string, std::string>& environment,
                                                  std::string_view wanted) {
    if (wanted.find_first_of("=;:/@ ") != std::string_view::npos)
        throw base::Error(base::ErrorKind::bad_configuration,
                          "connection_string_name is no name of a connection string")
            .with_hint("it is the name that App Service shows, not the string itself");
    const auto found = list_variables(environment, wanted);
    if (found.size() == 1) return found.front();
    if (found.size() > 1)
        throw base::Error(base::ErrorKind::bad_configuration,
                          std::format("several connection strings may name the database: {}", base::join(found, ", ")))
            .with_hint("HEADGATE_CONNECTION_STRING_NAME=x chooses one of them; DATABASE_URL wins over all");
    if (wanted.empty()) return std::nullopt;
    throw base::Error(base::ErrorKind::bad_configuration, std::format("no connection string is named \"{}\"", wanted))
        .with_hint("App Service gives it as POSTGRESQLCONNSTR_NAME or CUSTOMCONNSTR_NAME");
}

std::optional<base::DialectId> dialect_of_variable(std::string_view variable) {
    const auto* prefix = find_prefix(variable);
    return prefix == nullptr ? std::nullopt : prefix->second;
}

}  // namespace headgate::settings
