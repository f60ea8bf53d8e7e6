// SPDX-License-Identifier: Apache-2.0
// Percent-escapes of RFC 3986, read leniently: people paste passwords as they are.
#pragma once

#include <string>
#include <string_view>

namespace headgate::url {

enum class Plus { is_itself, is_space };

// A '%' that two hexadecimal digits do not follow stands for itself. Throws Error(bad_configuration) for "%00".
std::string decode_percent(std::string_view text, Plus plus = Plus::is_itself);

// Escapes everything but letters, digits and "-._~", and what `also_plain` lists.
std::string encode_percent(std::string_view text, std::string_view also_plain = {});

}  // namespace headgate::url
