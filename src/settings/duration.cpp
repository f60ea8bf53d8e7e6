// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <charconv>
#include <cstdint>
#include <format>
#include <optional>
#include <utility>

#include "base/error.hpp"
#include "base/text.hpp"
#include "settings/settings.hpp"

namespace headgate::settings {

namespace {

// A month: no wait of a gate is longer, and no sum of durations overflows.
constexpr std::int64_t longest = 31LL * 24 * 60 * 60 * 1000;

constexpr auto units = std::to_array<std::pair<std::string_view, std::int64_t>>({
    {"ms", 1},
    {"", 1000},
    {"s", 1000},
    {"m", 60'000},
    {"min", 60'000},
    {"h", 3'600'000},
    {"d", 86'400'000},
});

std::optional<std::int64_t> find_unit(std::string_view word) {
    for (const auto& [name, milliseconds] : units)
        if (name == word) return milliseconds;
    return std::nullopt;
}

base::Error no_duration(std::string_view text, std::string_view setting) {
    return base::Error(base::ErrorKind::bad_configuration, std::format("{}: \"{}\" is no duration", setting, text))
        .with_hint("write a whole number and ms, s, min, h or d (at most 31d); without a unit it means seconds");
}

}  // namespace

base::Milliseconds parse_duration(std::string_view text, std::string_view setting) {
    const auto trimmed = base::trim(text);
    std::uint32_t number = 0;
    const auto [end, fault] = std::from_chars(trimmed.data(), trimmed.data() + trimmed.size(), number);
    const auto digits = static_cast<std::size_t>(end - trimmed.data());
    const auto unit = find_unit(base::trim(trimmed.substr(digits)));
    if (fault != std::errc{} || !unit || number > longest / *unit) throw no_duration(text, setting);
    return base::Milliseconds(number * *unit);
}

}  // namespace headgate::settings
