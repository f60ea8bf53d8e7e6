// SPDX-License-Identifier: Apache-2.0
#include "revision/toml_text.hpp"

#include <format>

namespace headgate::revision {

std::string quote_toml(std::string_view text) {
    std::string quoted = "\"";
    for (const char byte : text) {
        const auto code = static_cast<unsigned char>(byte);
        if (byte == '"' || byte == '\\') {
            quoted += std::format("\\{}", byte);
        } else if (code < 0x20 || code == 0x7f) {
            quoted += std::format("\\u{:04X}", static_cast<unsigned>(code));
        } else {
            quoted += byte;
        }
    }
    return quoted + "\"";
}

std::string render_ids(const std::vector<std::string>& ids) {
    if (ids.size() == 1) return quote_toml(ids.front());
    std::string array;
    for (const std::string& id : ids) array += (array.empty() ? "" : ", ") + quote_toml(id);
    return "[" + array + "]";
}

}  // namespace headgate::revision
