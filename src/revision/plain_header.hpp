// SPDX-License-Identifier: Apache-2.0
// The header that nearly every file has (one plain string, boolean or date-time in UTC a line), read without the TOML
// library: it takes longer for such a header than everything else that is done with the file.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "toml/document.hpp"

namespace headgate::revision {

// What toml::parse_document gives for `text`, but for the file in the spots; none where `text` is not that plain.
std::optional<toml::Document> parse_plain_header(std::string_view text, std::size_t first_line);

}  // namespace headgate::revision
