// SPDX-License-Identifier: Apache-2.0
// The JSON log of a headgate that has ended.
#pragma once

#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "support/program.hpp"

namespace headgate::gate {

// Every line of standard error; fails the running case where one is no JSON object.
std::vector<nlohmann::json> events_of(const support::Outcome& outcome);
std::vector<nlohmann::json> events_named(std::string_view name, const support::Outcome& outcome);

}  // namespace headgate::gate
