// SPDX-License-Identifier: Apache-2.0
// Feeds the meaning of SQL text to a hash: tokens only, each with its length before it, so that no two token
// lists give the same bytes. Comments, white space, line ends and the case of bare words are left out.
#pragma once

#include <string_view>

#include "base/dialect_id.hpp"
#include "base/sha256.hpp"

namespace headgate::sql {

void hash_tokens(std::string_view text, base::DialectId dialect, base::Sha256& hash);

}  // namespace headgate::sql
