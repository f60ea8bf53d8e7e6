// SPDX-License-Identifier: Apache-2.0
// mssql+pyodbc://user:password@host:1433/database?driver=…: understood, so that whoever has no driver for it can say
// so.
#pragma once

#include <string_view>

#include "url/database_url.hpp"

namespace headgate::url {

// `rest` is what follows "mssql://". Throws Error(bad_configuration).
DatabaseUrl parse_sqlserver_url(std::string_view rest);

}  // namespace headgate::url
