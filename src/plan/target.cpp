// SPDX-License-Identifier: Apache-2.0
#include "plan/target.hpp"

#include <charconv>
#include <format>

#include "base/error.hpp"

namespace headgate::plan {

namespace {

constexpr int most_steps = 1'000'000;

int parse_steps(std::string_view digits, std::string_view whole) {
    int steps = 0;
    const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), steps);
    if (failed != std::errc() || digits.starts_with('-') || end != digits.data() + digits.size() ||
        steps > most_steps) {
        throw base::Error(base::ErrorKind::usage, std::format("\"{}\" is no target", whole))
            .with_hint("a target is head, heads, base, a revision id or its first characters, +N, -N, ID+N or ID-N");
    }
    return steps;
}

}  // namespace

std::string Target::render() const {
    if (steps == 0) return symbol;
    return std::format("{}{:+}", symbol, steps);
}

Target parse_target(std::string_view text) {
    const auto sign = text.find_first_of("+-");
    if (sign == std::string_view::npos && !text.empty()) return {std::string(text), 0};
    if (text.empty())
        throw base::Error(base::ErrorKind::usage, "the target is empty").with_hint("give head, base or a revision id");
    const int steps = parse_steps(text.substr(sign + 1), text);
    return {std::string(text.substr(0, sign)), text[sign] == '-' ? -steps : steps};
}

}  // namespace headgate::plan
