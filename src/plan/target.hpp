// SPDX-License-Identifier: Apache-2.0
// The target of a command as a person writes it, in Alembic's grammar: head, heads, base, current, an id or a prefix
// of one, a branch label, +2, -1, id+2, id-1; each with "label@" in front; and ranges a:b of them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace headgate::plan {

struct Target {
    std::string symbol;       // "head", "heads", "base", "current", an id, its prefix or a label; empty: where we are
    int steps = 0;            // "+2" is 2, "-1" is -1
    std::string branch = {};  // what stands before "@": a label or a revision of the branch that is meant

    bool is_relative() const { return symbol.empty() || symbol == "current"; }
    std::string render() const;
    bool operator==(const Target&) const = default;
};

// Throws Error(usage), for a range too.
Target parse_target(std::string_view text);

// "a:b", "a:", ":b" or ":"; what a missing end means is the command's to say.
struct Range {
    std::optional<Target> from;
    std::optional<Target> to;

    std::string render() const;
    bool operator==(const Range&) const = default;
};

bool is_range(std::string_view text);

// Throws Error(usage).
Range parse_range(std::string_view text);

}  // namespace headgate::plan
