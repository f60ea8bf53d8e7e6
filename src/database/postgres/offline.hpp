// SPDX-License-Identifier: Apache-2.0
// A script for psql (database/offline.hpp).
#pragma once

#include <memory>

#include "database/driver.hpp"
#include "database/offline.hpp"

namespace headgate::database::postgres {

// Where the options name no schema, "public" is meant, and the script makes sure that it is.
std::unique_ptr<OfflineDialect> make_offline_dialect(const ConnectOptions& options);

}  // namespace headgate::database::postgres
