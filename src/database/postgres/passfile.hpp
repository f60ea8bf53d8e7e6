// SPDX-License-Identifier: Apache-2.0
// The password file that somebody named (passfile=, PGPASSFILE): libpq would pass over one that others can read with a
// line on standard error, and then say that there is no password.
#pragma once

#include "url/database_url.hpp"

namespace headgate::database::postgres {

// Throws Error(bad_configuration). Nothing where the URL has the password, or nobody named a file.
void check_passfile(const url::DatabaseUrl& url);

}  // namespace headgate::database::postgres
