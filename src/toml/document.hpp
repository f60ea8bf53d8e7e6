// SPDX-License-Identifier: Apache-2.0
// TOML values with their places in the file. The only layer that includes toml11 (it costs seconds to compile).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/error.hpp"

namespace headgate::toml {

// A date-time is given as the text that the file has.
struct DateTime {
    std::string text;
};

using Array = std::vector<std::string>;  // of strings: the only arrays headgate's files know

struct Entry {
    std::string key;  // dotted for nested tables: "alembic.version_table"
    std::variant<std::string, std::int64_t, double, bool, DateTime, Array> value;
    base::SourceSpot spot;  // of the value
};

struct Document {
    std::vector<Entry> entries;  // in the order of the file
    const Entry* find(std::string_view key) const;
};

// The name of a value's type, for messages: "a string", "an integer", …
std::string_view type_name(const Entry& entry);

// Parses `text`; `first_line` is the number of its first line in `file`, so that spots are right for a header that
// stands inside another file. Throws Error(bad_configuration) with spot and excerpt; callers change the kind.
Document parse_document(std::string_view text, std::string_view file, std::size_t first_line = 1);

}  // namespace headgate::toml
