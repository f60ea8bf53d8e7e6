// SPDX-License-Identifier: Apache-2.0
// What a server does not mind and its shell takes for a word of its own: a script must mean the same to both.
#pragma once

#include <string>
#include <string_view>

#include "base/dialect_id.hpp"

namespace headgate::apply {

// The same statements, with a space or an empty comment where psql would put in a variable (`a[1:PORT]`) or the sqlite3
// shell would end the statement (a line that is only `/` or `go`).
std::string keep_from_client(std::string_view text, base::DialectId dialect);

}  // namespace headgate::apply
