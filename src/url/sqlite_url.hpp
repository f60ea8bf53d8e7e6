// SPDX-License-Identifier: Apache-2.0
// sqlite:///relative.db, sqlite:////absolute.db, sqlite://, sqlite:///file:x.db?mode=ro&uri=true: by SQLAlchemy's
// rules.
#pragma once

#include <string>
#include <string_view>

#include "url/database_url.hpp"

namespace headgate::url {

// `rest` is what follows "sqlite://". Throws Error(bad_configuration).
DatabaseUrl parse_sqlite_url(std::string_view rest);

std::string render_sqlite_url(const DatabaseUrl& url);

}  // namespace headgate::url
