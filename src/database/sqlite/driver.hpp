// SPDX-License-Identifier: Apache-2.0
// The SQLite driver: a database is a file, its lock is SQLite's own write lock (BEGIN IMMEDIATE), a step's statements
// run one by one in this process. What a connection promises is said in database/connection.hpp.
#pragma once

#include "database/dialect.hpp"
#include "database/driver.hpp"

namespace headgate::database::sqlite {

const Driver& driver();
const Dialect& dialect();

}  // namespace headgate::database::sqlite
