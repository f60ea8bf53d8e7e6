// SPDX-License-Identifier: Apache-2.0
// A script for the sqlite3 shell (database/offline.hpp).
#pragma once

#include <memory>

#include "database/driver.hpp"
#include "database/offline.hpp"

namespace headgate::database::sqlite {

std::unique_ptr<OfflineDialect> make_offline_dialect(const ConnectOptions& options);

}  // namespace headgate::database::sqlite
