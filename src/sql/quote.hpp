// SPDX-License-Identifier: Apache-2.0
// Quoting for the SQL that headgate writes itself. The result is safe whatever the input holds.
// Literals assume standard_conforming_strings, which every driver makes sure of.
#pragma once

#include <string>
#include <string_view>

#include "base/dialect_id.hpp"

namespace headgate::sql {

// "name" with inner quotes doubled.
std::string quote_identifier(std::string_view name);
// 'text' with inner quotes doubled. Throws Error(internal) for a NUL byte.
std::string quote_literal(std::string_view text);
// $tag$text$tag$ with a tag that the text does not hold. PostgreSQL only.
std::string quote_dollar(std::string_view text);

}  // namespace headgate::sql
