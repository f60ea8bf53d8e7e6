// SPDX-License-Identifier: Apache-2.0
// The drivers that this program has: the only place that knows them all.
#pragma once

#include <span>

#include "database/driver.hpp"

namespace headgate::entrypoint {

std::span<const database::Driver* const> drivers();

// Throws Error(bad_configuration) for a dialect without driver.
const database::Driver& driver_for(base::DialectId dialect);

}  // namespace headgate::entrypoint
