// SPDX-License-Identifier: Apache-2.0
// The outer form of an ADO.NET connection string: "Key=value;Key='val;ue'", by the rules of DbConnectionStringBuilder.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace headgate::url {

struct AdoNetPair {
    std::string key;  // in lower case, without blanks and underscores: "sslmode" for "SSL Mode"
    std::string value;
};

// In the order of the text. Throws Error(bad_configuration).
std::vector<AdoNetPair> read_ado_net_pairs(std::string_view text);

std::string plain_ado_net_key(std::string_view written);

}  // namespace headgate::url
