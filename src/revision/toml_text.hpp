// SPDX-License-Identifier: Apache-2.0
// Values of a header that headgate writes itself.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace headgate::revision {

// A TOML basic string: in one line whatever it holds.
std::string quote_toml(std::string_view text);
// One string, or an array where there are several.
std::string render_ids(const std::vector<std::string>& ids);

}  // namespace headgate::revision
