// SPDX-License-Identifier: Apache-2.0
// The target of an upgrade or downgrade as a person writes it: head, heads, base, an id or a prefix,
// +2, -1, id+2, id-1.
#pragma once

#include <string>
#include <string_view>

namespace headgate::plan {

struct Target {
    std::string symbol;  // "head", "heads", "base", an id or its prefix; empty for a purely relative target
    int steps = 0;       // "+2" is 2, "-1" is -1

    bool is_relative() const { return symbol.empty(); }
    std::string render() const;
    bool operator==(const Target&) const = default;
};

// Throws Error(usage).
Target parse_target(std::string_view text);

}  // namespace headgate::plan
