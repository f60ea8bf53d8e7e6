// SPDX-License-Identifier: Apache-2.0
// The drivers that this program has: the only place that knows them all.
#pragma once

#include <span>
#include <string_view>

#include "database/driver.hpp"

namespace headgate::entrypoint {

std::span<const database::Driver* const> drivers();

// By the dialect's name, as base::find_dialect takes it; null where there is none.
const database::Driver* find_driver(std::string_view name);

// Throws Error(bad_configuration) for a dialect without driver.
const database::Driver& driver_for(base::DialectId dialect);

}  // namespace headgate::entrypoint
