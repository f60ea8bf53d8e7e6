// SPDX-License-Identifier: Apache-2.0
// What a PostgreSQL database holds, as far as revisions make it: schemas, tables, columns, constraints, indexes, views,
// sequences, functions, types, triggers, rules, policies, extensions, grants on tables, comments.
#pragma once

#include "base/stop.hpp"
#include "database/postgres/handles.hpp"
#include "database/scratch.hpp"

namespace headgate::database::postgres {

// The session's search_path is empty afterwards. headgate's own tables are left out, and what extensions brought.
Catalog read_catalog(PGconn* connection, base::Stop stop);

}  // namespace headgate::database::postgres
