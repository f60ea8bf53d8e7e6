// SPDX-License-Identifier: Apache-2.0
// PostgreSQL 13 and newer, by libpq and libpqxx.
#pragma once

#include "database/dialect.hpp"
#include "database/driver.hpp"

namespace headgate::database::postgres {

const Driver& driver();
const Dialect& dialect();

}  // namespace headgate::database::postgres
